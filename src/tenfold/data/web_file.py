"""Published files: downloaded into the cache, resumed after a break, and verified."""

import hashlib
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from tenfold.data import web
from tenfold.data.cache import cache_folder
from tenfold.data.events import OnEvent
from tenfold.errors import DataError, FetchError

LEAST_S = 300.0  # time limit of a small file;
SLOWEST_BYTES_PER_S = 100_000  # a large one may take as long as at this speed
_LARGE_BYTES = 50_000_000  # above this, progress is reported in tenths


@dataclass(frozen=True)
class WebFile:
    """One published file, with its size and checksum."""

    name: str
    url: str
    size_bytes: int
    checksum: str  # "sha256:" or "md5:", then the digest in hex

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc


@contextmanager
def downloads(name: str, notify: OnEvent) -> Iterator[Path]:
    """The folder for unfinished downloads of `name`, locked to one process at a time.

    It is removed at the end, but kept on any error, so that the next attempt resumes.
    Raises OSError from the file system.
    """
    folder = cache_folder() / "downloads" / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f"{name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        notify(f"another process is fetching {name}; waiting for it")
        lock.acquire()
    try:
        folder.mkdir(exist_ok=True)
        yield folder
        shutil.rmtree(folder)
    finally:
        lock.release()


def fetch_files(name: str, files: Sequence[WebFile], folder: Path, notify: OnEvent) -> list[Path]:
    """The `files` of `name` in `folder`, verified.

    Raises FetchError if one cannot be downloaded, OSError from the file system.
    """
    paths = []
    for file in files:
        try:
            paths.append(_fetch(file, folder, notify))
        except DataError as error:
            raise not_fetched(name, [file.url for file in files], error) from error
    return paths


def verify(file: WebFile, path: Path) -> None:
    """Raise DataError unless `path` holds `file`; OSError from the file system."""
    algorithm, expected = file.checksum.split(":")
    size = path.stat().st_size
    if size != file.size_bytes:
        raise DataError(f"expected {path} to have {file.size_bytes:,} bytes, received {size:,}")
    with path.open("rb") as stream:
        received = hashlib.file_digest(
            stream, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()
    if received != expected:
        raise DataError(
            f"expected {path} to have the {algorithm} {expected[:12]}… of {file.name} as published, "
            f"received {received[:12]}…"
        )


def not_fetched(name: str, urls: Sequence[str], error: DataError) -> FetchError:
    """The error for a failed download of `name`, with what to do without a network."""
    base_url = urls[0].rpartition("/")[0]
    names = ", ".join(url.rpartition("/")[2] for url in urls)
    files = urls[0] if len(urls) == 1 else f"{names} from {base_url}/"
    return FetchError(
        f"{name} could not be downloaded ({urlsplit(base_url).netloc}: {error}); get {files} "
        f"on another machine, copy it here, and run tenfold fetch {name} --from PATH"
    )


def _fetch(file: WebFile, folder: Path, notify: OnEvent) -> Path:
    path, part = folder / file.name, folder / f"{file.name}.part"
    if path.exists():
        return path
    start = time.monotonic()
    begun = part.stat().st_size if part.exists() else 0
    if begun < file.size_bytes:
        _receive(file, part, begun, notify)
    try:
        verify(file, part)
    except DataError:
        part.unlink()
        raise
    part.replace(path)
    notify(f"fetched {file.name} from {file.host} in {time.monotonic() - start:.1f} s and verified it")
    return path


def _receive(file: WebFile, part: Path, begun: int, notify: OnEvent) -> None:
    """Append the missing bytes to the `begun` ones at `part`."""
    deadline = web.Deadline(max(LEAST_S, file.size_bytes / SLOWEST_BYTES_PER_S))
    received = begun
    try:
        with part.open("ab") as stream:
            received, body = web.receive(file.url, file.size_bytes, deadline, first_byte=begun)
            stream.truncate(received)
            notify(f"fetching {file.name} from {file.host}{_progress(received, file)}")
            for chunk in body:
                stream.write(chunk)
                tenths = 10 * received // file.size_bytes
                received += len(chunk)
                if file.size_bytes >= _LARGE_BYTES and 10 * received // file.size_bytes > tenths:
                    notify(f"{file.name}{_progress(received, file)}")
    except FetchError as error:
        if not received:
            part.unlink()
            raise
        kept = _progress(received, file).removeprefix(", ")
        raise FetchError(f"{error}; {kept} have arrived, and the next call continues from there") from error


def _progress(received: int, file: WebFile) -> str:
    return f", {received / 1e6:.1f} of {file.size_bytes / 1e6:.1f} MB"
