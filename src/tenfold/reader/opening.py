"""Open a reader that is ready to read at once, after trying its model in a separate process."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tenfold.errors import ModelError
from tenfold.onnx_models.isolation import call_isolated
from tenfold.reader.manifest import load_manifest
from tenfold.reader.reader import Reader

_STARTUP_S = 10.0  # of the process, on a busy machine


def open_reader(model: Path | None, *, max_pixels: int, patience_s: float) -> Reader:
    """A reader for one core with its networks loaded, so that the first picture does not wait for them.

    `model` is first tried in a separate process, which may take `patience_s` plus the time to start: a graph
    may never end when it is loaded or computed. Raises ModelError as `Reader` does, and if the model takes
    too long.
    """
    if model is None:
        return _warm_up(Reader(max_pixels=max_pixels, cores=1))
    load_manifest(model)  # missing while both files are being replaced
    tried = call_isolated(try_model, str(model), patience_s=patience_s + _STARTUP_S, model=model)
    reader = Reader(model, max_pixels=max_pixels, cores=1)
    if reader.manifest.sha256 != tried.decode():
        raise ModelError(f"the model {model} was replaced while it was being tried")
    return _warm_up(reader)


def try_model(_: bytes, model: str) -> Iterator[bytes]:
    """Read with a model, then yield its checksum. Runs in the separate process."""
    reader = _warm_up(Reader(model, cores=1))
    reader.feature_maps(np.zeros((28, 28), dtype=np.uint8))
    yield reader.manifest.sha256.encode()


def _warm_up(reader: Reader) -> Reader:
    stroke = np.full((40, 40), 255, dtype=np.uint8)
    stroke[10:30, 18:22] = 0
    reader.read(stroke)
    reader.read_digits([stroke])
    return reader
