"""Pictures in a Parquet table: a column of bytes, of paths, or of both as in Hugging Face's datasets."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tenfold.bulk.pictures import Entry, fetch, is_damage, limited, lost
from tenfold.errors import ImageError, InputError
from tenfold.places import absolute, is_local, open_filesystem

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

# A column is chosen by its type, and by its name if several have that type.
BYTES_NAMES = ("image", "picture", "bytes", "content", "image_bytes", "png", "jpg", "jpeg")
PATH_NAMES = (
    "path",
    "file",
    "image",
    "picture",
    "image_path",
    "file_path",
    "file_name",
    "filename",
    "url",
    "uri",
)

_ROWS = 16  # pictures in memory at a time
_BUFFER_BYTES = 2**20


def find_column(schema: "pa.Schema", place: str) -> str:
    """The column of a table that holds pictures. Raises InputError if there is none, or it is ambiguous."""
    import pyarrow as pa

    def is_bytes(kind: "pa.DataType") -> bool:
        if pa.types.is_struct(kind):
            return "bytes" in [field.name for field in kind]
        return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))

    def is_path(kind: "pa.DataType") -> bool:
        return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))

    with_bytes = [field.name for field in schema if is_bytes(field.type)]
    named = [name for name in BYTES_NAMES if name in with_bytes]
    paths = [field.name for field in schema if is_path(field.type)]
    named_paths = [name for name in PATH_NAMES if name in paths]
    if named or len(with_bytes) == 1:
        return (named or with_bytes)[0]
    if named_paths and not with_bytes:
        return named_paths[0]
    received = ", ".join(f"{field.name} ({field.type})" for field in schema)
    raise InputError(
        f"expected in {place} one column of bytes, or one of paths called {', '.join(PATH_NAMES[:-1])} or "
        f"{PATH_NAMES[-1]}, received {received or 'none'}"
    )


def check_table(place: str) -> None:
    """Raise InputError if a table has no column of pictures; damaged tables are reported when read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    filesystem, path = open_filesystem(place)
    with filesystem.open(path, "rb") as stream:
        try:
            schema = pq.read_schema(stream)
        except (pa.ArrowException, OSError) as error:
            if not is_damage(error):
                raise
            return
    find_column(schema, place)


def list_table(place: str) -> Iterator[Entry]:
    """The pictures in a table, one after the other; pictures in bytes are named by table and row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    filesystem, path = open_filesystem(place)
    with filesystem.open(path, "rb") as stream:
        try:
            table = pq.ParquetFile(stream, buffer_size=_BUFFER_BYTES)
        except (pa.ArrowException, OSError) as error:
            if not is_damage(error):
                raise
            yield lost(place, error)
            return
        column = find_column(table.schema_arrow, place)
        start = 0
        for group in range(table.num_row_groups):
            yield from _list_group(table, group, column, place, start)
            start += table.metadata.row_group(group).num_rows


def _list_group(table: "pq.ParquetFile", group: int, column: str, place: str, start: int) -> Iterator[Entry]:
    """The pictures of a row group; damage in one does not affect the next."""
    import pyarrow as pa

    row = start
    try:
        for batch in table.iter_batches(_ROWS, row_groups=[group], columns=[column], use_threads=False):
            for value in batch.column(0).to_pylist():
                yield _entry(value, place, row)
                row += 1
    except (pa.ArrowException, OSError) as error:
        if not is_damage(error):
            raise
        last = start + table.metadata.row_group(group).num_rows - 1
        yield lost(f"{place}/{row}", error, f"rows {row} to {last} are lost")


def _entry(value: Any, place: str, row: int) -> Entry:
    if isinstance(value, dict):
        value = value.get("bytes") or value.get("path")
    name = f"{place}/{row}"
    match value:
        case bytes():
            return Entry(name, limited(value))
        case str() if value:
            picture = _relative_to(place, value)
            return Entry(picture, fetch(picture))
    return Entry(name, ImageError("expected a picture, received an empty field"))


def _relative_to(table: str, path: str) -> str:
    """Paths in a table are absolute or relative to its folder."""
    if not is_local(path) or path.startswith("/"):
        return path
    folder = table.rpartition("/")[0]
    return f"{folder}/{path}" if not is_local(table) else absolute(f"{folder}/{path}")
