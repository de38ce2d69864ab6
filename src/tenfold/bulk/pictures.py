"""Pictures from files and tars, one after the other: only a few are in memory at a time."""

import lzma
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, Self

from tenfold.errors import ImageError, InputError
from tenfold.imaging.formats import SUFFIXES
from tenfold.places import is_local, open_filesystem

# The size of the largest picture a reader accepts, uncompressed.
MAX_BYTES = 256 * 2**20


class Entry(NamedTuple):
    """A picture: its name, and its path, its bytes, or an error."""

    name: str
    content: Path | bytes | ImageError


def fetch(place: str) -> Path | bytes | ImageError:
    """A picture's local path, or its bytes from elsewhere. Raises OSError if the network fails."""
    if is_local(place):
        return Path(place)
    try:
        filesystem, path = open_filesystem(place)
        return limited(filesystem.cat_file(path, start=0, end=MAX_BYTES + 1))
    except FileNotFoundError:
        return ImageError(f"{place} cannot be opened: No such file or directory")
    except InputError as error:
        return ImageError(str(error))


def limited(content: bytes) -> bytes | ImageError:
    """The bytes of a picture, or an error if there are too many."""
    return content if len(content) <= MAX_BYTES else too_large()


def too_large() -> ImageError:
    return ImageError(f"the picture has more than the {MAX_BYTES:,} bytes one may have here")


def lost(name: str, error: Exception, what: str = "what follows is lost") -> Entry:
    """Placeholder for pictures lost to damage."""
    return Entry(name, ImageError(f"the file is damaged, {what}: {' '.join(str(error).split())}"))


def is_damage(error: Exception) -> bool:
    """Whether `error` is about a file's content; disk and network errors have an errno."""
    return not isinstance(error, OSError) or error.errno is None


class _Member(tarfile.TarInfo):
    """A member that raises on a damaged header, which `tarfile` takes for the end of the archive."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"{error} at byte {tarfile_.offset:,}") from error


def list_tar(place: str) -> Iterator[Entry]:
    """The pictures in a tar; labels and other members are skipped by suffix, as in WebDataset."""
    filesystem, path = open_filesystem(place)
    empty = True
    with filesystem.open(path, "rb") as stream:
        try:
            for entry in _list_members(stream, place):
                empty = False
                yield entry
        except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError) as error:
            if not is_damage(error):
                raise
            yield lost(place, error)
            return
    if empty:
        yield Entry(place, ImageError(f"expected pictures in {place}, received none"))


def _list_members(stream: IO[bytes], place: str) -> Iterator[Entry]:
    # Read as a stream, so that it need not be here as a whole.
    with tarfile.open(fileobj=stream, mode="r|*", tarinfo=_Member) as archive:
        while (member := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined] # or it would keep all members
            if member.name.lower().endswith(tuple(SUFFIXES)) and not member.isdir():
                yield Entry(f"{place}/{member.name}", _content(archive, member))


def _content(archive: tarfile.TarFile, member: Any) -> bytes | ImageError:
    if not member.isfile():
        return ImageError("expected a picture, received a link to another member")
    if member.size > MAX_BYTES:
        return too_large()
    file = archive.extractfile(member)
    return file.read() if file else b""
