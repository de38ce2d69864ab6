"""Atomic writes: a file is complete or absent."""

import json
import os
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Call `write` with a file that becomes `path` only once it is completely on disk.

    The temporary file is in the same folder under a unique name, so readers never see half a file and two
    processes writing the same path do not interfere: the last one wins.

    Raises OSError about `path` as the file system does (full, read-only, no such folder).
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError) and error.errno:
            # Name the file the user knows, not the temporary one.
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    _sync_folder(path.parent)


@contextmanager
def drafts_beside(path: Path) -> Iterator[Path]:
    """A temporary folder next to `path`: on exit, its entries replace those of the same name there.

    Entries may be files or folders. On any error nothing is replaced. Raises OSError about `path` from the
    file system.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        yield folder
        drafts = sorted(folder.iterdir())
        for file in (file for draft in drafts for file in (draft, *draft.rglob("*")) if file.is_file()):
            _sync(file)
        for draft in drafts:
            _replace(path.parent / draft.name, draft, kept=folder / f"former-{draft.name}")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _sync_folder(path.parent)


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content`, atomically."""
    write_atomically(path, lambda file: file.write(content))


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, atomically."""
    write_bytes(path, text.encode())


def write_json(path: Path, content: Any) -> None:
    """Write `content` as readable JSON, atomically. Raises ValueError for NaN or infinity: JSON has none."""
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def expand_home(path: str | os.PathLike[str]) -> Path:
    """`path` with ~ expanded; unchanged if the user has no home folder, as may happen in containers."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def as_typed(path: str | Path) -> str:
    """`path` as typed in a command, quoted if necessary."""
    if sys.platform == "win32":
        return subprocess.list2cmdline([str(path)])
    return shlex.quote(str(path))


def remove_partial_files(folder: Path) -> None:
    """Delete a killed process's temporary files; only for a folder that no other process writes to."""
    for leftover in folder.glob(".*.part"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
        else:
            leftover.unlink(missing_ok=True)


def _replace(path: Path, draft: Path, kept: Path) -> None:
    """Move `draft` to `path`. A folder cannot replace another, so the old one is moved to `kept` first."""
    if not (draft.is_dir() and path.is_dir()):
        draft.replace(path)
        return
    path.replace(kept)
    try:
        draft.replace(path)
    except OSError:
        kept.replace(path)
        raise


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the rename survive a power cut, if the platform can."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
