"""UNIPEN's and Pendigits' published files, downloaded or local: read, verified, and put into the cache.

A download is compared with its publisher's checksum; the arrays read from any file, with the constant in
`tenfold.data.pens`.
"""

import gzip
import json
import tarfile
import tempfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from numpy.typing import NDArray

from tenfold.data import pens, web
from tenfold.data.cache import cache_folder, not_kept
from tenfold.data.events import OnEvent, ignore_event
from tenfold.data.pendigits import read_pendigits
from tenfold.data.unipen import CATEGORIES, read_archive
from tenfold.data.web_file import LEAST_S, WebFile, downloads, fetch_files, not_fetched
from tenfold.errors import DataError, FetchError, InputError

PENDIGITS = WebFile(
    name="pendigits.zip",
    url="https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip",
    size_bytes=1_668_118,
    checksum="sha256:1e02bea023613c2b11c9492f6f34caf975420455934f3527d270cee9a1f03b64",
)
UNIPEN_RECORD = "https://zenodo.org/api/records/1195803"  # has the archive's URL and checksum
_UNIPEN_ARCHIVE = "unipen-CDROM-train_r01_v07.tgz"

_LARGEST_RECORD_BYTES = 1_000_000
_LARGEST_ARCHIVE_BYTES = 2_000_000_000
_LARGEST_UNPACKED_BYTES = 8_000_000_000


def fetch_characters(name: str, path: Path | None = None, *, on_event: OnEvent | None = None) -> Path:
    """`tenfold.data.fetch` for "unipen" or "pendigits"; `path` may also be an .npz from a cache."""
    if path is not None:
        return keep(name, path)
    notify = on_event or ignore_event
    kept = pens.cache_path(name)
    try:
        if not _is_kept(name, notify):
            with downloads(name, notify) as folder:
                if not _is_kept(name, ignore_event):  # another process may have fetched it meanwhile
                    file = PENDIGITS if name == "pendigits" else _find_unipen()
                    archive = fetch_files(name, [file], folder, notify)[0]
                    pens.write(name, _read(name, archive))
    except OSError as error:
        raise not_kept(name, kept, error) from error
    return kept


def keep(name: str, path: Path) -> Path:
    """Verify the collection `name` at `path` and put it into the cache; return its path there.

    `path` is an .npz from a cache, or the published archive, unpacked or not. Raises InputError if
    it is missing or holds something else, DataError if the cache cannot be written.
    """
    try:
        arrays = _read(name, path)
    except (OSError, DataError) as error:
        raise InputError(f"{error}; download it again") from error
    return pens.write(name, arrays)


def _is_kept(name: str, notify: OnEvent) -> bool:
    path = pens.cache_path(name)
    if not path.exists():
        return False
    try:
        pens.read(name, path)
    except DataError as error:
        notify(f"{error}; it will be replaced")
        return False
    return True


def _find_unipen() -> WebFile:
    """UNIPEN's archive, from its Zenodo record. Raises FetchError."""
    try:
        record = json.loads(web.read(UNIPEN_RECORD, _LARGEST_RECORD_BYTES, web.Deadline(LEAST_S)))
        files = [
            WebFile(
                name=_UNIPEN_ARCHIVE,
                url=str(file["links"]["self"]),
                size_bytes=int(file["size"]),
                checksum=str(file["checksum"]),
            )
            for file in record["files"]
            if "train_r01_v07" in file["key"]
        ]
    except FetchError as error:
        raise not_fetched("unipen", [_page_of_unipen()], error) from error
    except (ValueError, KeyError, TypeError) as error:
        unknown = DataError("its record is not as expected")
        raise not_fetched("unipen", [_page_of_unipen()], unknown) from error
    if not files or not 0 < files[0].size_bytes <= _LARGEST_ARCHIVE_BYTES:
        raise not_fetched("unipen", [_page_of_unipen()], DataError("its record has no such archive"))
    return files[0]


def _page_of_unipen() -> str:
    return f"{UNIPEN_RECORD.replace('/api', '')}/files/{_UNIPEN_ARCHIVE}"


def _read(name: str, path: Path) -> dict[str, NDArray[Any]]:
    """The verified arrays of a collection. Raises OSError from the file system, DataError."""
    if path.suffix == ".npz":
        return pens.read(name, path)
    if name == "pendigits":
        return pens.verify(name, read_pendigits(path), path)
    if path.is_dir():
        return pens.verify(name, read_archive(path), path)
    cache_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unipen.", suffix=".part", dir=cache_folder()) as folder:
        _unpack(path, Path(folder))
        return pens.verify(name, read_archive(Path(folder)), path)


def _unpack(path: Path, folder: Path) -> None:
    """Unpack the needed members of UNIPEN's archive, a tar file, compressed or not. Raises DataError."""
    n_bytes = 0
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                n_bytes += member.size
                if n_bytes > _LARGEST_UNPACKED_BYTES:
                    raise DataError(f"{path} holds more than UNIPEN's archive can")
                place = _place(member.name)
                content = archive.extractfile(member) if place else None  # follows links
                if place and content:
                    (folder / place).parent.mkdir(parents=True, exist_ok=True)
                    (folder / place).write_bytes(content.read())
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, KeyError) as error:
        reason = str(error).partition("\n")[0].rstrip(":")
        raise DataError(f"{path} is not a tar file, or damaged: {reason}") from error


def _place(name: str) -> PurePosixPath | None:
    """A member's path from data or include on; None for members that are not needed."""
    parts = PurePosixPath(name).parts
    tops = [number for number, part in enumerate(parts) if part in ("data", "include")]
    if not tops or ".." in parts:
        return None
    top, *below = parts[tops[0] :]
    is_read = top == "include" or below[:1] in [[category] for category in CATEGORIES]
    return PurePosixPath(top, *below) if is_read else None
