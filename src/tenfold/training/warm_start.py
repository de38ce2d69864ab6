"""Begin with the weights of a reader's model: out of its ONNX file, into the Keras model that was exported.

An export folds much of batch normalisation into convolutions, and keeps its scale and shift as a product and
a sum where it cannot. What remains of each layer is a kernel, a scale and a shift; these are read here.
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
    """A layer: its `kernel` as Keras has it, (h, w, in, out) or (in, out); then times `scale`, plus `shift`,
    both (out,)."""

    kernel: NDArray[np.float32]
    scale: NDArray[np.float32]
    shift: NDArray[np.float32]


def begin_with(model: keras.Model, path: Path, expected_sha256: str) -> None:
    """Put the weights of the reader's model at `path`, with its manifest beside it, into `model`.

    `model` ends in a softmax, the file in the logits. Its batch normalisation keeps, from now on, the
    statistics, the scales and the shifts that it has. Raises ModelError if the file is missing, damaged or
    another network's, RunError if it is not the one with the checksum expected.
    """
    if load_manifest(path).sha256 != expected_sha256:
        raise RunError(f"the model {path} changed since the run began; start a new run")
    content = read_verified(path, expected_sha256)
    foreign = ModelError(
        f"expected {path} to hold the network of the recipe reader, as tenfold export writes it, "
        "received another one"
    )
    try:
        _put_into(model, _read_layers(content))
    except ValueError:
        raise foreign from None
    if not _difference(model, content) <= _TOLERANCE:
        raise foreign


def _read_layers(content: bytes) -> list[Affine]:
    """The layers of an ONNX file that is one chain of them. Raises ValueError if it is none."""
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
    """The weights by name, also by that of the float32 which a float16 becomes."""
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
    """Raises ValueError if the layers are others than the model's."""
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
        # A mean of 0, and a variance that is 1 with what is added to it.
        mean, variance = np.zeros_like(affine.shift), np.ones_like(affine.scale) - following.epsilon
        following.set_weights([affine.scale, affine.shift, mean, variance])
        # A batch has other statistics, with which the network would compute something else.
        following.trainable = False


def _difference(model: keras.Model, content: bytes) -> float:
    """The largest between the probabilities of `model` and of the file, for images of grey noise."""
    images = np.random.default_rng(0).integers(
        0, 256, (_TRIED_IMAGES, *model.input_shape[1:3]), dtype=np.uint8
    )
    expected = softmax(run_network(open_session(content), images, 1))
    received = np.asarray(model(network_input(images, model.input_shape), training=False))
    if expected.shape != received.shape:
        return float("inf")
    return float(np.abs(expected - received).max())
