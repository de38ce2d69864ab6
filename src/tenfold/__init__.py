"""tenfold trains handwritten-digit classifiers, compares them, and reads real handwriting.

Importing it costs nothing: each public name is loaded when it is first used.
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenfold.api.reading import read, read_pages
    from tenfold.api.runs import compare, evaluate, report, study
    from tenfold.api.training import fine_tune, train
    from tenfold.data import Dataset, fetch, load_data, load_fashion_mnist, load_mnist
    from tenfold.errors import (
        DataError,
        FetchError,
        ImageError,
        InputError,
        ModelError,
        ReadingTimeoutError,
        RunError,
        RunLockedError,
        TenfoldError,
    )
    from tenfold.reader import Box, Cell, Digit, Line, Reader, Reading, Sign, Table
    from tenfold.recipes import Recipe, load_recipe
    from tenfold.runs import Run, open_run

__version__ = "0.2.0"

# ONNX Runtime, MLflow and Ray send telemetry unless switched off. ONNX Runtime begins on import: it writes an
# identifier into the home folder and looks up a host. Set here, the switches precede every import and reach
# the processes tenfold starts. The user's own settings take precedence.
# TensorFlow's log is for its developers, even its errors: users get exceptions.
for _switch, _off in (
    ("MLFLOW_DISABLE_TELEMETRY", "true"),
    ("ORT_DISABLE_TELEMETRY", "1"),
    ("RAY_USAGE_STATS_ENABLED", "0"),
    ("TF_CPP_MIN_LOG_LEVEL", "3"),
):
    os.environ.setdefault(_switch, _off)

_HOMES = {
    "tenfold.api.reading": ("read", "read_pages"),
    "tenfold.api.runs": ("compare", "evaluate", "report", "study"),
    "tenfold.api.training": ("fine_tune", "train"),
    "tenfold.data": ("Dataset", "fetch", "load_data", "load_fashion_mnist", "load_mnist"),
    "tenfold.errors": (
        "DataError",
        "FetchError",
        "ImageError",
        "InputError",
        "ModelError",
        "ReadingTimeoutError",
        "RunError",
        "RunLockedError",
        "TenfoldError",
    ),
    "tenfold.reader": ("Box", "Cell", "Digit", "Line", "Reader", "Reading", "Sign", "Table"),
    "tenfold.recipes": ("Recipe", "load_recipe"),
    "tenfold.runs": ("Run", "open_run"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Box",
    "Cell",
    "DataError",
    "Dataset",
    "Digit",
    "FetchError",
    "ImageError",
    "InputError",
    "Line",
    "ModelError",
    "Reader",
    "Reading",
    "ReadingTimeoutError",
    "Recipe",
    "Run",
    "RunError",
    "RunLockedError",
    "Sign",
    "Table",
    "TenfoldError",
    "compare",
    "evaluate",
    "fetch",
    "fine_tune",
    "load_data",
    "load_fashion_mnist",
    "load_mnist",
    "load_recipe",
    "open_run",
    "read",
    "read_pages",
    "report",
    "study",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'tenfold' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
