"""Networks as Keras and tf2onnx write them, made in a second: random layers, and the last one solved for."""

import re
from collections.abc import Callable, Sequence

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from tenfold.data import Dataset

Arrays = dict[str, NDArray[np.generic]]
MakeNetwork = Callable[[str], bytes]
_random = np.random.default_rng(3)


@pytest.fixture(scope="session")
def make_network(few_digits: Dataset) -> MakeNetwork:
    """The ONNX file of a network that reads many digits: "dense", "convolutional", "normalised", "moved"."""

    def make(kind: str) -> bytes:
        shape, nodes, constants = {
            "dense": _dense,
            "convolutional": _convolutional,
            "normalised": _normalised,
            "moved": _moved,
        }[kind]()
        return _solved(shape, nodes, constants, few_digits)

    return make


def _dense() -> tuple[list[int], list[NodeProto], Arrays]:
    nodes = [*_matmul("image", "features", "hidden", relu=True)]
    return [784], nodes, {"hidden": _drawn(784, 64), "hidden bias": _drawn(64)}


def _convolutional() -> tuple[list[int], list[NodeProto], Arrays]:
    nodes = [
        helper.make_node("Reshape", ["image", "channels first"], ["x"]),
        helper.make_node(
            "Conv", ["x", "filters", "filters bias"], ["c"], pads=[1, 1, 1, 1], kernel_shape=[3, 3]
        ),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Transpose", ["p"], ["t"], perm=[0, 2, 3, 1]),
        helper.make_node("Reshape", ["t", "flat"], ["f"]),
        *_matmul("f", "features", "hidden", relu=True),
    ]
    constants = {
        "channels first": np.array([-1, 1, 28, 28]), "flat": np.array([-1, 14 * 14 * 8]),
        "filters": _drawn(8, 1, 3, 3), "filters bias": _drawn(8), "hidden": _drawn(14 * 14 * 8, 64),
        "hidden bias": _drawn(64),
    }  # fmt: skip
    return [28, 28, 1], nodes, constants


def _normalised(image: str = "image", name: str = "") -> tuple[list[int], list[NodeProto], Arrays]:
    """Steps of two pixels; normalised after pooling, where it cannot be folded, and after a convolution."""

    def node(op: str, inputs: Sequence[str], output: str, **attributes: object) -> NodeProto:
        return helper.make_node(op, inputs, [f"{output}{name}"], **attributes)

    nodes = [
        node("Reshape", [image, "channels first"], "x"),
        node("Conv", [f"x{name}", "first"], "c", strides=[2, 2], kernel_shape=[5, 5]),
        node("MaxPool", [f"c{name}"], "p", kernel_shape=[2, 2], strides=[2, 2]),
        node("Mul", [f"p{name}", "factor"], "m"),
        node("Add", [f"m{name}", "shift"], "s"),
        node("Relu", [f"s{name}"], "r"),
        node("Conv", [f"r{name}", "second"], "c2", kernel_shape=[3, 3]),
        node("BatchNormalization", [f"c2{name}", "gamma", "beta", "mean", "variance"], "b", epsilon=1e-3),
        node("Relu", [f"b{name}"], "r2"),
        node("Flatten", [f"r2{name}"], "features", axis=1),
    ]
    constants = {
        "channels first": np.array([-1, 1, 28, 28]), "first": _drawn(16, 1, 5, 5),
        "second": _drawn(24, 16, 3, 3), "factor": _drawn(1, 16, 1, 1), "shift": _drawn(1, 16, 1, 1),
        "gamma": _drawn(24), "beta": _drawn(24), "mean": _drawn(24), "variance": np.abs(_drawn(24)) + 1,
    }  # fmt: skip
    return [28, 28, 1], nodes, constants


def _moved() -> tuple[list[int], list[NodeProto], Arrays]:
    """`_normalised` for the image and for it moved by a pixel; `_solved` takes the mean of the answers."""
    moves = [(1, 1), (0, 1), (2, 1)]
    shape, _, constants = _normalised()
    nodes = [helper.make_node("Pad", ["image", "frame"], ["framed"])]
    constants |= {"frame": np.array([0, 1, 1, 0, 0, 1, 1, 0]), "axes": np.arange(4)}
    for number, (top, left) in enumerate(moves):
        ends = [np.iinfo(np.int64).max, top + 28, left + 28, np.iinfo(np.int64).max]
        constants |= {f"starts{number}": np.array([0, top, left, 0]), f"ends{number}": np.array(ends)}
        nodes += [
            helper.make_node(
                "Slice", ["framed", f"starts{number}", f"ends{number}", "axes"], [f"cut{number}"]
            ),
            *_normalised(f"cut{number}", str(number))[1],
        ]
    return shape, nodes, constants


def _solved(shape: list[int], nodes: list[NodeProto], constants: Arrays, digits: Dataset) -> bytes:
    """With an output: the softmax of a least-squares fit to the features."""
    branches = [name for node in nodes for name in node.output if re.fullmatch(r"features\d*", name)]
    inputs = {"image": digits.x_train.reshape(-1, *shape).astype(np.float32) / 255}
    session = onnxruntime.InferenceSession(_model(shape, nodes, branches[0], constants))
    x = session.run(None, inputs)[0].astype(np.float64)
    y = 8 * np.eye(10)[digits.y_train]
    mean = x.mean(axis=0)
    products = (x - mean).T @ (x - mean)
    ridge = 0.01 * np.trace(products) * np.eye(len(products)) / len(products)
    weights = np.linalg.solve(products + ridge, (x - mean).T @ y)
    bias = y.mean(axis=0) - mean @ weights
    constants = {**constants, "last": weights.astype(np.float32), "last bias": bias.astype(np.float32)}
    answers = [f"answer {branch}" for branch in branches]
    for branch, answer in zip(branches, answers, strict=True):
        nodes = [
            *nodes,
            *_matmul(branch, f"logits {branch}", "last"),
            _node("Softmax", [f"logits {branch}"], answer),
        ]
    if len(answers) == 1:
        return _model(shape, nodes, answers[0], constants)
    sums = [answers[0]]
    for number, answer in enumerate(answers[1:]):
        nodes.append(_node("Add", [sums[-1], answer], f"sum {number}"))
        sums.append(f"sum {number}")
    nodes.append(_node("Mul", [sums[-1], "share"], "mean answer"))
    constants["share"] = np.array(1 / len(answers), np.float32)
    return _model(shape, nodes, "mean answer", constants)


def _model(shape: list[int], nodes: Sequence[NodeProto], output: str, constants: Arrays) -> bytes:
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", *shape])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model: onnx.ModelProto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9
    )
    content: bytes = model.SerializeToString()
    return content


def _matmul(value: str, output: str, weights: str, *, relu: bool = False) -> list[NodeProto]:
    product, total = f"{output} product", f"{output} sum" if relu else output
    nodes = [_node("MatMul", [value, weights], product), _node("Add", [product, f"{weights} bias"], total)]
    return [*nodes, _node("Relu", [total], output)] if relu else nodes


def _node(op: str, inputs: list[str], output: str) -> NodeProto:
    return helper.make_node(op, inputs, [output])


def _drawn(*shape: int) -> NDArray[np.float32]:
    """Of about the size that keeps values of one size through a layer."""
    inputs = shape[0] if len(shape) == 2 else int(np.prod(shape[1:])) or 1
    values: NDArray[np.float32] = (_random.normal(size=shape) / np.sqrt(inputs)).astype(np.float32)
    return values
