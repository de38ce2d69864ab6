"""Files and folders on this machine or elsewhere: a place is a path, or a URL that fsspec knows as s3://…"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from tenfold.errors import InputError, TenfoldError
from tenfold.files import write_atomically


def is_local(place: str) -> bool:
    """Whether `place` is a path on this machine."""
    return "://" not in place


def open_filesystem(place: str) -> tuple[Any, str]:
    """The file system that `place` is in, an fsspec.AbstractFileSystem, and what it calls it there.

    Raises InputError where there is none of that kind, TenfoldError where its package is missing.
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
    """The same place in the one spelling that all machines and folders of work understand."""
    local = place.removeprefix("file://")
    if is_local(local):
        return Path(os.path.abspath(local)).as_posix()  # noqa: PTH100 - pathlib leaves .. where it is
    filesystem, path = open_filesystem(place)
    return str(filesystem.unstrip_protocol(path)).rstrip("/")


def list_names(folder: str) -> set[str]:
    """What lies in a folder; nothing where there is none. Raises InputError where it is a file."""
    filesystem, path = open_filesystem(folder)
    filesystem.invalidate_cache()
    if filesystem.isfile(path):
        raise InputError(f"expected a folder for what was read, received the file {folder}")
    if not filesystem.exists(path):
        return set()
    return {name.rstrip("/").rpartition("/")[2] for name in filesystem.ls(path, detail=False)}


def write_place(place: str, write: Callable[[BinaryIO], object]) -> None:
    """Call `write` with a file that appears as `place` only when it is whole. Raises OSError.

    Elsewhere this holds for object stores, which show no file before it has been sent.
    """
    if is_local(place):
        write_atomically(Path(place), write)
        return
    filesystem, path = open_filesystem(place)
    with tempfile.NamedTemporaryFile() as file:
        write(file)  # type: ignore[arg-type]
        file.flush()
        filesystem.put_file(file.name, path)


def printable(name: str) -> str:
    """A file's name may be any bytes; JSON and Parquet take only text."""
    return name.encode(errors="backslashreplace").decode()
