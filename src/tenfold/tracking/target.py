"""Where runs are sent: mlflow, mlflow:URI, tensorboard or tensorboard:DIR."""

import os
from dataclasses import dataclass
from importlib.util import find_spec

from tenfold.errors import InputError, TrackingError

_NEEDED = {"mlflow": ("mlflow", "onnx", "pandas"), "tensorboard": ("tensorboard",)}
_OVER_HTTP = ("http://", "https://", "databricks")


@dataclass(frozen=True)
class Target:
    """One tracker. `place` is MLflow's tracking URI or TensorBoard's folder; empty for the default."""

    tracker: str  # "mlflow" or "tensorboard"
    place: str

    def __str__(self) -> str:
        return f"{self.tracker}:{self.place}" if self.place else self.tracker


def parse_target(text: str) -> Target:
    """The target that `text` names.

    Raises InputError for any other text, TrackingError if a required package is missing.
    """
    tracker, colon, place = text.partition(":")
    if tracker not in _NEEDED or bool(colon) != bool(place):
        raise InputError(
            f"expected mlflow, mlflow:URI, tensorboard or tensorboard:DIR as a tracker, received {text!r}"
        )
    for package in _NEEDED[tracker]:
        if find_spec(package) is None:
            raise TrackingError(f"{tracker} needs the package {package}: pip install 'tenfold[track]'")
    uri = place or os.environ.get("MLFLOW_TRACKING_URI", "")
    if tracker == "mlflow" and not uri.startswith(_OVER_HTTP) and find_spec("sqlalchemy") is None:
        raise TrackingError(
            f"{text} needs MLflow's full package: pip install mlflow; or name a server: mlflow:http://HOST:PORT"
        )
    return Target(tracker, place)
