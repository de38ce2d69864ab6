"""A reader that is ready at once, and the proof that another network can be one."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tenfold.errors import ModelError
from tenfold.onnx_models.isolation import call_isolated
from tenfold.reader.manifest import load_manifest
from tenfold.reader.reader import Reader

_STARTING_S = 10.0  # for the process, on a busy machine


def open_reader(model: Path | None, *, max_pixels: int, patience_s: float) -> Reader:
    """A reader for one core whose networks are open: nobody's first picture waits for them.

    `model` is tried first in a process of its own, for which it may take `patience_s` and the time to start:
    a graph may never end, when it is opened or when it computes. Raises ModelError as Reader does, and where
    the model takes longer.
    """
    if model is None:
        return _warmed_up(Reader(max_pixels=max_pixels, cores=1))
    load_manifest(model)  # without it, who replaces both files may be half done
    tried = call_isolated(try_model, str(model), patience_s=patience_s + _STARTING_S, model=model)
    reader = Reader(model, max_pixels=max_pixels, cores=1)
    if reader.manifest.sha256 != tried.decode():
        raise ModelError(f"the model {model} was replaced while it was tried")
    return _warmed_up(reader)


def try_model(_: bytes, model: str) -> Iterator[bytes]:
    """Read with a model; then its checksum."""
    reader = _warmed_up(Reader(model, cores=1))
    reader.feature_maps(np.zeros((28, 28), dtype=np.uint8))
    yield reader.manifest.sha256.encode()


def _warmed_up(reader: Reader) -> Reader:
    stroke = np.full((40, 40), 255, dtype=np.uint8)
    stroke[10:30, 18:22] = 0
    reader.read(stroke)
    reader.read_digits([stroke])
    return reader
