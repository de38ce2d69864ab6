"""Where tenfold keeps what it fetched."""

import os
import sys
from pathlib import Path


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
