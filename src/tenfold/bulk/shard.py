"""One shard read into one Parquet file, a row per picture in the order of the input.

image        string           the picture's path; a tar's or table's followed by the member or row
text         string           what was read, lines joined by \\n, ? where it is not sure; null if an error
digits       list of int8     the most likely digits, of all lines one after the other
confidences  list of float32  how likely each of them is right, 0 to 1
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
from tenfold.reader.reader import Prepared

_BATCH = 100  # what the network for single digits is fastest with
_ROWS_PER_GROUP = 10_000
_ERRORS = b"tenfold.errors"  # in a file's metadata: how many of its rows are errors


class Done(NamedTuple):
    """What came of a shard: how many images it holds, and how many of these could not be read."""

    number: int
    images: int
    errors: int


class Row(NamedTuple):
    """A picture and what was read."""

    image: str
    text: str | None
    digits: list[int]
    confidences: list[float]
    error: str | None


def read_shard(shard: Shard, job: Job, reader: Reader) -> Done:
    """Read all pictures of `shard` into its file, unless a worker that then fell has done so.

    Raises InputError, for a table without a column of pictures, and OSError if a disk or a network fails.
    """
    place = f"{job.output}/{shard.part}"
    filesystem, path = open_filesystem(place)
    if not filesystem.exists(path):
        write_place(place, partial(_write, read_rows(_list_pictures(shard), reader, single=job.single)))
        filesystem.invalidate_cache()
    return _count(shard.number, place)


def _list_pictures(shard: Shard) -> Iterator[Entry]:
    """The pictures of `shard` in their order; what is lost of a damaged tar or table is one with an error."""
    match shard.kind:
        case "pictures":
            return (Entry(place, fetch(place)) for place in shard.places)
        case "tar":
            return list_tar(*shard.places)
        case "table":
            return list_table(*shard.places)


def read_rows(pictures: Iterable[Entry], reader: Reader, *, single: bool) -> Iterator[Row]:
    """The rows of `pictures` in their order; with `single` each picture holds one digit."""
    return _read_digits(pictures, reader) if single else _read_lines(pictures, reader)


def _read_lines(pictures: Iterable[Entry], reader: Reader) -> Iterator[Row]:
    for entry in pictures:
        reading = _try(reader.read, entry)
        if isinstance(reading, ImageError):
            yield _failed(entry.name, reading)
        else:
            yield _row(entry.name, reading.text, [digit for line in reading.lines for digit in line.digits])


def _read_digits(pictures: Iterable[Entry], reader: Reader) -> Iterator[Row]:
    """The network sees a batch at a time, of which only what it is shown is kept until then."""
    prepared = ((entry.name, _try(reader.prepare, entry)) for entry in pictures)
    for batch in _batched(prepared, _BATCH):
        digits = iter(reader.classify([one for _, one in batch if isinstance(one, Prepared)]))
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
    """Lists of `size` items, the last one perhaps shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
