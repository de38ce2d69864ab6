"""Predictions of a trained network with ONNX Runtime, without the training stack."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from tenfold.data.preprocess import network_input
from tenfold.errors import ModelError, RunError
from tenfold.onnx_models.session import open_onnx, read_onnx, run_onnx
from tenfold.symbols import N_DIGITS

_BATCH = 100  # larger ones leave the processor's cache and take longer per image


def open_session(model: Path | bytes) -> onnxruntime.InferenceSession:
    """The network in an ONNX file, or its content, for any number of threads that run it on a core each.

    Raises RunError where it cannot be read.
    """
    path = model if isinstance(model, Path) else Path("the ONNX model")
    try:
        return open_onnx(read_onnx(model) if isinstance(model, Path) else model, path, cores=1)
    except ModelError as error:
        raise RunError(f"{path} is missing or damaged ({error}); train the run again") from error


def predict(
    session: onnxruntime.InferenceSession, images: NDArray[np.uint8], cores: int
) -> NDArray[np.float32]:
    """The probabilities of the ten classes, (N, 10), that the network gives `images`, uint8 (N, 28, 28)."""
    return among_digits(run_network(session, images, cores))


def run_network(
    session: onnxruntime.InferenceSession, images: NDArray[np.uint8], cores: int
) -> NDArray[np.float32]:
    """All that the network says of `images`, uint8 (N, h, w), each batch of them on one of the `cores`."""
    (network,) = session.get_inputs()

    def run(start: int) -> NDArray[np.float32]:
        x = network_input(images[start : start + _BATCH], network.shape)
        (output,) = run_onnx(session, None, {network.name: x})
        return output  # type: ignore[no-any-return]

    with ThreadPoolExecutor(cores) as pool:
        return np.concatenate(list(pool.map(run, range(0, len(images), _BATCH))))


def among_digits(outputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """The probabilities of the ten classes, (N, 10), given that each image shows one of them.

    Of a network's `outputs`, (N, 10 or 11), an eleventh is "no digit".
    """
    digits = outputs[:, :N_DIGITS]
    return digits if outputs.shape[1] == N_DIGITS else digits / digits.sum(axis=1, keepdims=True)
