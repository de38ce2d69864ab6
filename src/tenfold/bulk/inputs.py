"""The input as a list of shards: a folder, a glob, WebDataset tars, Parquet tables.

The list is the same on every call, so a shard's number identifies its output permanently.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Literal

from tenfold.errors import InputError
from tenfold.imaging.formats import SUFFIXES
from tenfold.places import absolute, is_local, open_filesystem

FILES_PER_SHARD = 500

_TARS = (".tar", ".tar.gz", ".tgz")
_TABLES = (".parquet",)


@dataclass(frozen=True, slots=True)
class Shard:
    """A unit of input with one output file: loose pictures, or one whole tar or table."""

    number: int
    kind: Literal["pictures", "tar", "table"]
    places: tuple[str, ...]

    @property
    def part(self) -> str:
        """The name of its output file."""
        return f"part-{self.number:05d}.parquet"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; `Shard(**values)` restores the shard."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Listing:
    """The whole input; `sha256` covers the files' names and sizes."""

    place: str
    shards: Sequence[Shard]
    files: int
    sha256: str


def find_shards(given: str, *, output: str) -> Listing:
    """List the shards of `given`: a folder, a glob or a file, local or on any file system fsspec supports.

    A folder is searched recursively for pictures, tars (.tar, .tar.gz, .tgz) and Parquet tables; hidden files
    are skipped, links to folders are not followed. Files named by a glob or path are read whatever their
    suffix. Files in `output` are not input.

    Raises InputError if there is nothing to read.
    """
    here, out = absolute(given), absolute(output)
    if here == out:
        raise InputError(
            f"expected another folder for the output than the input's, received {output} for both"
        )
    sizes = {place: size for place, size in _list_files(here) if not place.startswith(f"{out}/")}
    places = sorted(sizes)
    if not places:
        raise InputError(
            f"expected pictures, .tar or .parquet files in {given}, received none"
            if _exists(here)
            else f"expected a folder, a glob or a file to read, received {given}, which matches nothing"
        )
    digest = sha256()
    for place in places:
        digest.update(f"{place}\0{sizes[place]}\n".encode(errors="surrogateescape"))
    return Listing(here, list(_group(places)), len(places), digest.hexdigest())


def _group(places: Sequence[str]) -> Iterator[Shard]:
    """Each tar and each table is a shard, then every 500 loose pictures."""
    number = 0
    loose = []
    for place in places:
        kind = _kind(place)
        if kind == "pictures":
            loose.append(place)
            continue
        yield Shard(number, kind, (place,))
        number += 1
    for start in range(0, len(loose), FILES_PER_SHARD):
        yield Shard(number, "pictures", tuple(loose[start : start + FILES_PER_SHARD]))
        number += 1


def _kind(place: str) -> Literal["pictures", "tar", "table"]:
    name = place.lower()
    if name.endswith(_TARS):
        return "tar"
    return "table" if name.endswith(_TABLES) else "pictures"


def _exists(given: str) -> bool:
    filesystem, path = open_filesystem(given)
    return bool(filesystem.exists(path))


def _list_files(given: str) -> Iterator[tuple[str, int]]:
    """Places and sizes in bytes; a place may occur twice."""
    filesystem, path = open_filesystem(given)
    if filesystem.isfile(path):
        matches = {path: filesystem.info(path)}
    elif filesystem.isdir(path):
        matches = {path: {"type": "directory"}}
    else:
        matches = filesystem.glob(path, detail=True)
    for match, facts in matches.items():
        if facts["type"] != "directory":
            yield _place(filesystem, given, match), facts["size"] or 0
            continue
        for name, inner in filesystem.find(match, detail=True).items():
            if _is_readable(name):
                yield _place(filesystem, given, name), inner["size"] or 0


def _is_readable(name: str) -> bool:
    last = name.rpartition("/")[2].lower()
    return not last.startswith(".") and last.endswith((*SUFFIXES, *_TARS, *_TABLES))


def _place(filesystem: Any, given: str, name: str) -> str:
    return name if is_local(given) else str(filesystem.unstrip_protocol(name))
