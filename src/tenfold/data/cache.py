"""Where tenfold keeps downloaded data."""

import os
import sys
import tempfile
from pathlib import Path

from tenfold.errors import DataError
from tenfold.files import expand_home


def cache_folder() -> Path:
    """tenfold's cache: $TENFOLD_CACHE if set, else the platform's usual place. It may not exist yet."""
    chosen = os.environ.get("TENFOLD_CACHE")
    if chosen:
        return expand_home(chosen)
    if xdg := os.environ.get("XDG_CACHE_HOME"):
        return expand_home(xdg) / "tenfold"
    if sys.platform == "darwin":
        return _home() / "Library" / "Caches" / "tenfold"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else _home() / "AppData" / "Local") / "tenfold"
    return _home() / ".cache" / "tenfold"


def keras_cache_folder() -> Path:
    """Where Keras keeps data sets: $KERAS_HOME/datasets, by default ~/.keras/datasets."""
    home = os.environ.get("KERAS_HOME")
    return (expand_home(home) if home else _home() / ".keras") / "datasets"


def not_kept(name: str, path: Path, error: OSError) -> DataError:
    """The error for a `name` that could not be written to `path` in the cache."""
    return DataError(
        f"{name} could not be written to {path}: {error.strerror or error}; "
        "make room or set TENFOLD_CACHE to a folder that can be written"
    )


def _home() -> Path:
    """The user's home folder, or the folder for temporary files if there is none, as in Keras."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(tempfile.gettempdir())
