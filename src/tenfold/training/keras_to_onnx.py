"""Export a keras.Model to ONNX, and verify that outputs agree."""

import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from tenfold.errors import TenfoldError
from tenfold.files import write_bytes

_TOLERANCE = 1e-4


def export_onnx(model: keras.Model, path: Path, sample: NDArray[np.float32]) -> float:
    """Write `model` to `path` as ONNX, after verifying on `sample` that it computes the same.

    The file has one input, float32 of the model's input shape with any number of images, and one output, the
    model's. `sample` is network input, float32 (N, ...) in [0, 1]. Returns the largest absolute difference
    between the outputs of Keras and ONNX Runtime. Raises TenfoldError, and writes nothing, if it exceeds
    1e-4.
    """
    expected = np.asarray(model(sample, training=False))
    content = _convert(model)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (exported,) = session.run(None, {session.get_inputs()[0].name: sample})
    difference = float(np.abs(exported - expected).max())
    if not difference <= _TOLERANCE:
        raise TenfoldError(
            f"the ONNX model's output differs from Keras' by up to {difference:.2g}, more than {_TOLERANCE:g}"
        )
    write_bytes(path, content)
    return difference


def _convert(model: keras.Model) -> bytes:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # tf2onnx uses a deprecated NumPy name.
        warnings.filterwarnings("ignore", message="In the future `np.object`", category=FutureWarning)
        file = Path(folder) / "model.onnx"
        model.export(file, format="onnx", verbose=False)
        return file.read_bytes()
