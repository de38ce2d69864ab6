"""Where tenfold keeps what it fetched, and how a file gets there whole or not at all."""

import os
import secrets
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


def cache_folder() -> Path:
    """tenfold's own cache: $TENFOLD_CACHE if set, else the platform's usual place. It may not exist yet."""
    chosen = os.environ.get("TENFOLD_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    if xdg := os.environ.get("XDG_CACHE_HOME"):
        return Path(xdg).expanduser() / "tenfold"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "tenfold"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "tenfold"
    return Path.home() / ".cache" / "tenfold"


def keras_cache_folder() -> Path:
    """Where Keras keeps data sets: $KERAS_HOME/datasets, by default ~/.keras/datasets."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home).expanduser() if home else Path.home() / ".keras") / "datasets"


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Call `write` with a file that becomes `path` only when all of it is on the disk.

    The temporary file lies in the same folder and carries a name of its own, so that a reader never sees half
    a file and two processes writing the same path cannot mix: the last one wins, whole.

    Raises OSError as the file system does (full, read-only, no such folder).
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut, where the platform can."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
