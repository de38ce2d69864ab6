"""keras.Model to ONNX, with the parity proved."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from tenfold.errors import TenfoldError
from tenfold.files import write_atomically

# Opset 17 is understood by every ONNX Runtime since 1.12 (2022).
_OPSET, _IR_VERSION = 17, 8
_TOLERANCE = 1e-4


def export_onnx(model: keras.Model, path: Path, sample: NDArray[np.float32]) -> float:
    """Write `model` to `path` as ONNX, and prove on `sample` that it computes the same.

    The file takes "input", float32 of the model's input shape, and returns "probabilities", float32 (N, 10).
    `sample` is network input, float32 (N, ...) in [0, 1]. Returns the largest absolute difference between the
    probabilities of Keras and of ONNX Runtime. Raises TenfoldError, and writes nothing, where it is above
    1e-4 or where the model has a layer that tenfold cannot export.
    """
    content = to_onnx(model).SerializeToString()
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (exported,) = session.run(None, {"input": sample})
    expected = model.predict(sample, batch_size=len(sample), verbose=0)
    difference = float(np.abs(exported - expected).max())
    if not difference <= _TOLERANCE:
        raise TenfoldError(
            f"the ONNX model's probabilities differ from Keras' by up to {difference:.2g}, "
            f"more than {_TOLERANCE:g}"
        )
    write_atomically(path, lambda file: file.write(content))
    return difference


def to_onnx(model: keras.Model) -> onnx.ModelProto:
    """The model as ONNX. Raises TenfoldError for a layer other than those that tenfold's models have."""
    graph = _Graph()
    tensor = "input"
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        write = _WRITERS.get(type(layer))
        if write is None:
            raise TenfoldError(
                f"tenfold cannot export the layer {layer.name} ({type(layer).__name__}) to ONNX"
            )
        tensor = write(graph, layer, tensor)
    graph.add("Identity", [tensor], output="probabilities")
    onnx_model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "tenfold",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", *model.input_shape[1:]])],
            [
                helper.make_tensor_value_info(
                    "probabilities", TensorProto.FLOAT, ["N", *model.output_shape[1:]]
                )
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
        producer_name="tenfold",
    )
    onnx.checker.check_model(onnx_model, full_check=True)
    return onnx_model


@dataclass
class _Graph:
    """The nodes and constants written so far. Images travel as (N, H, W, C), as in Keras, between layers."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def add(self, operator: str, inputs: list[str], *, output: str = "", **attributes: Any) -> str:
        output = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, array: NDArray[np.generic]) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def channels_first(self, tensor: str, operate: Callable[[str], str]) -> str:
        """ONNX's image operators want (N, C, H, W); ONNX Runtime cancels the transpositions between them."""
        tensor = self.add("Transpose", [tensor], perm=[0, 3, 1, 2])
        return self.add("Transpose", [operate(tensor)], perm=[0, 2, 3, 1])


def _write_conv(graph: _Graph, layer: keras.layers.Conv2D, tensor: str) -> str:
    kernel = graph.constant(np.asarray(layer.kernel).transpose(3, 2, 0, 1))
    bias = graph.constant(np.asarray(layer.bias))
    padding = "SAME_UPPER" if layer.padding == "same" else "VALID"
    strides = list(layer.strides)
    tensor = graph.channels_first(
        tensor, lambda x: graph.add("Conv", [x, kernel, bias], auto_pad=padding, strides=strides)
    )
    return _write_activation(graph, layer, tensor)


def _write_pool(graph: _Graph, layer: keras.layers.MaxPooling2D, tensor: str) -> str:
    window, strides = list(layer.pool_size), list(layer.strides)
    return graph.channels_first(
        tensor, lambda x: graph.add("MaxPool", [x], kernel_shape=window, strides=strides, auto_pad="VALID")
    )


def _write_flatten(graph: _Graph, _layer: keras.layers.Flatten, tensor: str) -> str:
    return graph.add("Flatten", [tensor])


def _write_dense(graph: _Graph, layer: keras.layers.Dense, tensor: str) -> str:
    kernel, bias = graph.constant(np.asarray(layer.kernel)), graph.constant(np.asarray(layer.bias))
    return _write_activation(graph, layer, graph.add("Gemm", [tensor, kernel, bias]))


def _write_nothing(_graph: _Graph, _layer: keras.layers.Layer, tensor: str) -> str:
    return tensor


def _write_activation(graph: _Graph, layer: keras.layers.Layer, tensor: str) -> str:
    match layer.activation.__name__:
        case "linear":
            return tensor
        case "relu":
            return graph.add("Relu", [tensor])
        case "softmax":
            return graph.add("Softmax", [tensor], axis=-1)
    raise TenfoldError(f"tenfold cannot export the activation {layer.activation.__name__} to ONNX")


_WRITERS: dict[type, Callable[[_Graph, keras.layers.Layer, str], str]] = {
    keras.layers.Conv2D: _write_conv,
    keras.layers.MaxPooling2D: _write_pool,
    keras.layers.Flatten: _write_flatten,
    keras.layers.Dense: _write_dense,
    keras.layers.Dropout: _write_nothing,
}
