"""One shard read into one Parquet file, a row per picture in the order of the input.

image        string           the picture's path; a tar's or table's followed by the member or row
text         string           the text, lines joined by \\n, ? for uncertain digits; null on error
digits       list of int8     the most likely digits of all lines, concatenated
confidences  list of float32  the probability that each digit is right, 0 to 1
error        string           why the picture could not be read, else null
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar

from tenfold.bulk.inputs import Shard
from tenfold.bulk.job import Job
from tenfold.bulk.pictures import Entry, fetch, list_tar
from tenfold.bulk.table import list_table
from tenfold.errors import ImageError
from tenfold.places import as_text, open_filesystem, write_place
from tenfold.reader import Digit, Reader
from tenfold.reader.reader import PreparedDigit

_BATCH = 100  # fastest for the network for single digits
_ROWS_PER_GROUP = 10_000
_ERRORS = b"tenfold.errors"  # the metadata key for a file's number of errors


class Done(NamedTuple):
    """A finished shard: its number of images, and how many of them could not be read."""

    number: int
    images: int
    errors: int


class Row(NamedTuple):
    """A picture and its reading."""

    image: str
    text: str | None
    digits: list[int]
    confidences: list[float]
    error: str | None


def read_shard(shard: Shard, job: Job, reader: Reader) -> Done:
    """Read all pictures of `shard` into its file, unless a worker that later died has done so.

    Raises InputError for a table without a column of pictures, OSError if a disk or network fails.
    """
    place = f"{job.output}/{shard.part}"
    filesystem, path = open_filesystem(place)
    if not filesystem.exists(path):
        write_place(place, partial(_write, read_rows(_list_pictures(shard), reader, single=job.single)))
        filesystem.invalidate_cache()
    return _count(shard.number, place)


def _list_pictures(shard: Shard) -> Iterator[Entry]:
    """The pictures of `shard` in order; the lost part of a damaged file is one entry with an error."""
    match shard.kind:
        case "pictures":
            return (Entry(place, fetch(place)) for place in shard.places)
        case "tar":
            return list_tar(*shard.places)
        case "table":
            return list_table(*shard.places)


def read_rows(pictures: Iterable[Entry], reader: Reader, *, single: bool) -> Iterator[Row]:
    """The rows of `pictures` in order; with `single`, each picture holds one digit."""
    return _read_digits(pictures, reader) if single else _read_lines(pictures, reader)


def _read_lines(pictures: Iterable[Entry], reader: Reader) -> Iterator[Row]:
    for entry in pictures:
        reading = _try(reader.read, entry)
        if isinstance(reading, ImageError):
            yield _failed(entry.name, reading)
        else:
            yield _row(entry.name, reading.text, [digit for line in reading.lines for digit in line.digits])


def _read_digits(pictures: Iterable[Entry], reader: Reader) -> Iterator[Row]:
    """The network reads batches; until then only its input is kept of each picture."""
    prepared = ((entry.name, _try(reader.prepare, entry)) for entry in pictures)
    for batch in _batched(prepared, _BATCH):
        digits = iter(reader.classify([one for _, one in batch if isinstance(one, PreparedDigit)]))
        for name, one in batch:
            if isinstance(one, ImageError):
                yield _failed(name, one)
            else:
                digit = next(digits)
                yield _row(name, str(digit.value) if digit.accepted else "?", [digit])


T = TypeVar("T")


def _try(read: Callable[[Path | bytes], T], entry: Entry) -> T | ImageError:
    if isinstance(entry.content, ImageError):
        return entry.content
    try:
        return read(entry.content)
    except ImageError as error:
        return error


def _row(name: str, text: str, digits: Sequence[Digit]) -> Row:
    values, confidences = [digit.value for digit in digits], [digit.confidence for digit in digits]
    return Row(as_text(name), text, values, confidences, None)


def _failed(name: str, error: ImageError) -> Row:
    return Row(as_text(name), None, [], [], as_text(str(error)))


def _write(rows: Iterable[Row], file: BinaryIO) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        {
            "image": pa.string(),
            "text": pa.string(),
            "digits": pa.list_(pa.int8()),
            "confidences": pa.list_(pa.float32()),
            "error": pa.string(),
        }
    )
    errors = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _batched(rows, _ROWS_PER_GROUP):
            columns = [list(column) for column in zip(*group, strict=True)]
            writer.write_batch(pa.record_batch(columns, schema=schema))
            errors += sum(row.error is not None for row in group)
        writer.add_key_value_metadata({_ERRORS: str(errors)})


def _count(number: int, place: str) -> Done:
    import pyarrow.parquet as pq

    filesystem, path = open_filesystem(place)
    with filesystem.open(path, "rb") as file:
        facts = pq.read_metadata(file)
    return Done(number, facts.num_rows, int((facts.metadata or {}).get(_ERRORS, 0)))


def _batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` items; the last may be shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
