"""Where tenfold keeps what it fetched."""

import os
import sys
import tempfile
from pathlib import Path

from tenfold.files import expand_home


def cache_folder() -> Path:
    """tenfold's own cache: $TENFOLD_CACHE if set, else the platform's usual place. It may not exist yet."""
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


def _home() -> Path:
    """The user's home folder; the folder for temporary files for one who has none, as Keras does."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(tempfile.gettempdir())
