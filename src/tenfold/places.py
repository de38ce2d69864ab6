"""Local and remote files: a place is a path, or a URL that fsspec knows, e.g. s3://bucket/tenfold.

Writes are atomic.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from tenfold.errors import InputError, TenfoldError
from tenfold.files import write_atomically, write_bytes


def is_local(place: str) -> bool:
    """Whether `place` is a path on this machine."""
    return "://" not in place


def open_filesystem(place: str) -> tuple[Any, str]:
    """The file system of `place`, an fsspec.AbstractFileSystem, and the path in it.

    Raises InputError for an unknown kind of URL, TenfoldError if its package is missing.
    """
    import fsspec

    try:
        filesystem, path = fsspec.core.url_to_fs(place)
    except ValueError as error:
        raise InputError(f"{place} cannot be opened: {error}") from error
    except ImportError as error:
        raise TenfoldError(f"{place} needs a package that is not installed: {error}") from error
    return filesystem, str(path)


def absolute(place: str) -> str:
    """The same place, spelled independently of machine and working directory."""
    local = place.removeprefix("file://")
    if is_local(local):
        return Path(os.path.abspath(local)).as_posix()  # noqa: PTH100 - pathlib leaves .. where it is
    filesystem, path = open_filesystem(place)
    return str(filesystem.unstrip_protocol(path)).rstrip("/")


def list_names(folder: str) -> set[str]:
    """The names of complete files in a folder; empty if it is missing. Raises InputError if it is a file."""
    filesystem, path = open_filesystem(folder)
    filesystem.invalidate_cache()
    if filesystem.isfile(path):
        raise InputError(f"expected a folder for the output, received the file {folder}")
    if not filesystem.exists(path):
        return set()
    names = {name.rstrip("/").rpartition("/")[2] for name in filesystem.ls(path, detail=False)}
    return {name for name in names if not name.endswith(".part")}


def write_place(place: str, write: Callable[[BinaryIO], object]) -> None:
    """Call `write` with a file that becomes `place`, in an existing folder, only once it is complete.

    Raises OSError, or the file system's own errors.
    """
    if is_local(place):
        write_atomically(Path(place), write)
        return
    filesystem, path = open_filesystem(place)
    folder, _, name = path.rpartition("/")
    part = f"{folder}/.{name}.{secrets.token_hex(4)}.part"
    with tempfile.NamedTemporaryFile() as file:
        write(file)  # type: ignore[arg-type]
        file.flush()
        try:
            filesystem.put_file(file.name, part)
            filesystem.mv(part, path)
        except BaseException:
            with suppress(OSError):
                filesystem.rm(part)
            raise


def put_files(paths: Iterable[Path], folder: str) -> None:
    """Copy files into `folder`, created if missing, one after the other."""
    filesystem, there = open_filesystem(folder)
    filesystem.makedirs(there, exist_ok=True)
    for path in paths:
        with path.open("rb") as file:
            write_place(f"{folder}/{path.name}", partial(shutil.copyfileobj, file))


def get_files(folder: str, names: Iterable[str], into: Path) -> None:
    """Copy the files `names` from `folder`, one after the other."""
    filesystem, path = open_filesystem(folder)
    into.mkdir(parents=True, exist_ok=True)
    for name in names:
        write_bytes(into / name, filesystem.cat_file(f"{path}/{name}"))


def remove_folder(folder: str) -> None:
    """Delete `folder` and everything in it."""
    filesystem, path = open_filesystem(folder)
    filesystem.invalidate_cache()
    if filesystem.exists(path):
        filesystem.rm(path, recursive=True)


def check_writable(folder: str) -> None:
    """Raise InputError if no file can be stored in `folder`."""
    probe = f"{folder}/.probe-{secrets.token_hex(4)}"
    try:
        put_files([Path(__file__)], probe)
        remove_folder(probe)
    except Exception as error:  # every file system has its own errors
        raise InputError(f"cannot keep checkpoints at {folder}: {error}") from error


def as_text(name: str) -> str:
    """Escape undecodable bytes in a file's name: JSON and Parquet take only text."""
    return name.encode(errors="backslashreplace").decode()
