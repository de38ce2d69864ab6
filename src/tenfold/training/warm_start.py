"""Start from a reader's weights: from its ONNX file into the Keras model that was exported.

The export folds most batch normalisation into convolutions, and keeps the rest as a multiplication and an
addition. So each layer is a kernel, a scale and a shift, which are read here.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np
from numpy.typing import NDArray

from tenfold.data.preprocess import network_input
from tenfold.errors import ModelError, RunError
from tenfold.onnx_models.answers import softmax
from tenfold.reader.manifest import load_manifest
from tenfold.reader.network import read_verified
from tenfold.runs.inference import open_session, run_network

if TYPE_CHECKING:
    import onnx

_TOLERANCE = 1e-4  # of a probability
_TRIED_IMAGES = 64


@dataclass(frozen=True)
class Affine:
    """A layer: a `kernel` in Keras' layout, (h, w, in, out) or (in, out), followed by `scale` and `shift`,
    both (out,)."""

    kernel: NDArray[np.float32]
    scale: NDArray[np.float32]
    shift: NDArray[np.float32]


def begin_with(model: keras.Model, path: Path, expected_sha256: str) -> None:
    """Load the weights of the reader's model at `path`, with its manifest next to it, into `model`.

    `model` ends in a softmax, the file in logits. Batch normalisation is frozen: statistics, scales and
    shifts. Raises ModelError if the file is missing, damaged or another network's, RunError if its checksum
    is not the expected one.
    """
    if load_manifest(path).sha256 != expected_sha256:
        raise RunError(f"the model {path} changed since the run began; start a new run")
    content = read_verified(path, expected_sha256)
    foreign = ModelError(
        f"expected {path} to contain the network of the recipe reader, as tenfold export writes it, "
        "received another one"
    )
    try:
        _put_into(model, _read_layers(content))
    except ValueError:
        raise foreign from None
    if not _difference(model, content) <= _TOLERANCE:
        raise foreign


def _read_layers(content: bytes) -> list[Affine]:
    """The layers of an ONNX file that is a sequence of layers. Raises ValueError if it is not."""
    import onnx

    try:
        graph = onnx.load_model_from_string(content).graph
    except Exception as error:  # Protocol Buffers' own
        raise ValueError(str(error)) from error
    constants = _constants(graph)
    layers: list[Affine] = []
    for node in graph.node:
        arrays = [constants[name] for name in node.input if name in constants]
        match node.op_type, arrays:
            case "Conv", [kernel, *bias]:
                layers.append(_layer(kernel.transpose(2, 3, 1, 0), *bias))
            case "MatMul", [kernel]:
                layers.append(_layer(kernel))
            case "Mul", [factor] if layers:
                last = layers[-1]
                layers[-1] = Affine(last.kernel, last.scale * factor.ravel(), last.shift * factor.ravel())
            case "Add", [term] if layers:
                last = layers[-1]
                layers[-1] = Affine(last.kernel, last.scale, last.shift + term.ravel())
    return layers


def _constants(graph: "onnx.GraphProto") -> dict[str, NDArray[np.float32]]:
    """The weights by name; float16 ones also under the name of their conversion to float32."""
    from onnx import numpy_helper

    constants = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    casts = {
        node.output[0]: constants[node.input[0]].astype(np.float32)
        for node in graph.node
        if node.op_type == "Cast" and node.input[0] in constants
    }
    return constants | casts


def _layer(kernel: NDArray[np.float32], *bias: NDArray[np.float32]) -> Affine:
    n_out = kernel.shape[-1]
    return Affine(kernel, np.ones(n_out, np.float32), sum(bias, start=np.zeros(n_out, np.float32)))


def _put_into(model: keras.Model, layers: list[Affine]) -> None:
    """Raises ValueError if the layers do not match the model's."""
    normalizations = (layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization))
    weighted = [
        layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D | keras.layers.Dense)
    ]
    for layer, affine in zip(weighted, layers, strict=True):
        if layer.use_bias:
            layer.set_weights([affine.kernel * affine.scale, affine.shift])
            continue
        layer.set_weights([affine.kernel])
        following = next(normalizations)
        # A mean of 0, and a variance that is 1 including epsilon.
        mean, variance = np.zeros_like(affine.shift), np.ones_like(affine.scale) - following.epsilon
        following.set_weights([affine.scale, affine.shift, mean, variance])
        # Batch statistics would change the network's output.
        following.trainable = False


def _difference(model: keras.Model, content: bytes) -> float:
    """The largest difference between the probabilities of `model` and the file, on grey noise."""
    images = np.random.default_rng(0).integers(
        0, 256, (_TRIED_IMAGES, *model.input_shape[1:3]), dtype=np.uint8
    )
    expected = softmax(run_network(open_session(content), images, 1))
    received = np.asarray(model(network_input(images, model.input_shape), training=False))
    if expected.shape != received.shape:
        return float("inf")
    return float(np.abs(expected - received).max())
