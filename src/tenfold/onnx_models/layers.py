"""A digit classifier's ONNX graph as a sequence of layers with their weights.

Batch normalisation right after a convolution or dense layer is folded into its weights, which does not change
the result. Values are in the order channel, row, column throughout.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import ModelError
from tenfold.imaging.normalize import SIDE_PX
from tenfold.onnx_models.graph import Graph, Node, read_graph

Weights = NDArray[np.float32]
_SAME_VALUES = ("Identity", "Dropout", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze")
_MAX_OPERATORS, _MAX_MOVES = 1_000, 100  # a tiny graph may reuse values endlessly
_CHANNELS_LAST, _CHANNELS_FIRST = [0, 2, 3, 1], [0, 3, 1, 2]


@dataclass(frozen=True)
class Layer:
    """One layer. Sizes are (rows, columns), `pads` (top, left, bottom, right)."""

    kind: Literal["convolution", "max pooling", "scale", "dense", "relu", "softmax"]
    weights: Weights | None = (
        None  # (filters, channels, rows, columns), (inputs, units) or, to scale, (channels,)
    )
    bias: Weights | None = None  # (filters,), (units,) or (channels,)
    size: tuple[int, int] = (1, 1)  # of a pool
    strides: tuple[int, int] = (1, 1)
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)


@dataclass(frozen=True)
class Layers:
    """A classifier of (1, 28, 28) in [0, 1]: its layers' mean answer over shifts of the image."""

    layers: tuple[Layer, ...]
    moves: tuple[tuple[int, int, int], ...] = ((0, 0, 1),)  # (down, right) in pixels, and the weight


def layers_of(model: bytes) -> Layers:
    """The layers in an ONNX file's content.

    Raises ModelError if they are not a sequence, not covered by `Layer`, or damaged.
    """
    graph = read_graph(model)
    if len(graph.nodes) > _MAX_OPERATORS:
        raise ModelError(f"the model has {len(graph.nodes):,} operators, more than {_MAX_OPERATORS:,}")
    try:
        chains = [_chain(graph, value) for value in _averaged(graph)]
        layers = _translate(chains[0].nodes, graph)
    except (KeyError, IndexError, ValueError, TypeError, ArithmeticError) as error:
        raise ModelError(
            f"the model has layers of an unknown form: {type(error).__name__} {error}"
        ) from error
    if any(chain.signature != chains[0].signature for chain in chains):
        raise ModelError("the model averages different networks")
    moves = Counter(chain.move for chain in chains)
    return Layers(tuple(layers), tuple((*move, times) for move, times in moves.items()))


@dataclass(frozen=True)
class _Chain:
    """Operators in order, and the shift of the image before them."""

    nodes: tuple[Node, ...]
    constants: tuple[str, ...]
    move: tuple[int, int]

    @property
    def signature(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return tuple(node.op for node in self.nodes), self.constants


def _averaged(graph: Graph) -> list[str]:
    """The values whose mean the model returns; usually one."""
    last = graph.producer(graph.output)
    if last.op != "Mul":
        return [graph.output]
    (value,), (share,) = _split(last, graph)
    summands = _summands(value, graph)
    if not np.allclose(share * len(summands), 1):
        raise ModelError("the model ends in a product that is not a mean")
    return summands


def _summands(value: str, graph: Graph) -> list[str]:
    """The summands of `value`: the leaves of a tree of additions."""
    waiting, ends = [value], list[str]()
    while waiting:
        if len(waiting) + len(ends) > _MAX_MOVES:
            raise ModelError(f"the model averages more than {_MAX_MOVES} answers")
        each = waiting.pop(0)
        node = graph.producer(each)
        values, constants = _split(node, graph)
        if node.op == "Add" and not constants:
            waiting = [*values, *waiting]
        else:
            ends.append(each)
    return ends


def _split(node: Node, graph: Graph) -> tuple[list[str], list[NDArray[Any]]]:
    """The names of a node's computed inputs, and its constants."""
    names = [name for name in node.inputs if name]
    return (
        [name for name in names if name not in graph.constants],
        [graph.constants[name] for name in names if name in graph.constants],
    )


def _chain(graph: Graph, value: str) -> _Chain:
    """The operators from the image to `value`."""
    nodes: list[Node] = []
    names: list[str] = []
    move = (0, 0)
    while value != graph.input:
        if len(nodes) > len(graph.nodes):
            raise ModelError("the model's operators form a cycle")
        node = graph.producer(value)
        values, _ = _split(node, graph)
        if len(values) != 1 and node.op != "Reshape":  # whose shape may be computed
            raise ModelError(f"the model has a {node.op} of several values")
        value = node.inputs[0] if node.op == "Reshape" else values[0]
        if node.op == "Slice" and graph.producer(value).op == "Pad":
            pad = graph.producer(value)
            move, value = _move(node, pad, graph), pad.inputs[0]
            continue
        nodes.insert(0, node)
        if node.op != "Reshape":
            names[:0] = [name for name in node.inputs if name in graph.constants]
    return _Chain(tuple(nodes), tuple(names), move)


def _move(cut: Node, pad: Node, graph: Graph) -> tuple[int, int]:
    """The shift, down and right, of an image (N, 28, 28, 1) by padding and then cropping."""
    before = graph.constants[pad.inputs[1]][: len(_CHANNELS_LAST)]
    starts = dict.fromkeys(range(len(before)), 0)
    starts |= dict(
        zip(graph.constants[cut.inputs[3]].tolist(), graph.constants[cut.inputs[1]].tolist(), strict=True)
    )
    return int(before[1] - starts[1]), int(before[2] - starts[2])


def _translate(nodes: Sequence[Node], graph: Graph) -> list[Layer]:
    layers: list[Layer] = []
    shape: tuple[int, ...] = (1, SIDE_PX, SIDE_PX)
    channels_last = False
    for node in nodes:
        _, constants = _split(node, graph)
        match node.op:
            case op if op in _SAME_VALUES:
                pass
            case "Transpose" if node.attributes["perm"] in (_CHANNELS_LAST, _CHANNELS_FIRST):
                channels_last = node.attributes["perm"] == _CHANNELS_LAST
            case "Conv":
                layers.append(_convolution(node, constants))
                shape = (len(constants[0]), *_size_after(shape, layers[-1], constants[0].shape[2:]))
            case "MaxPool":
                layers.append(_pool(node))
                shape = (shape[0], *_size_after(shape, layers[-1], layers[-1].size))
            case "MatMul" | "Gemm":
                layers.append(_dense(node, constants, shape if channels_last else ()))
                shape, channels_last = layers[-1].weights.shape[1:], False  # type: ignore[union-attr]
            case "Add" | "Mul" | "BatchNormalization":
                _scale(layers, *_affine(node, constants, shape[0]))
            case "Relu":
                layers.append(Layer("relu"))
            case "Softmax":
                layers.append(Layer("softmax"))
            case _:
                raise ModelError(f"the model has the operator {node.op}")
    return layers


def _convolution(node: Node, constants: Sequence[NDArray[Any]]) -> Layer:
    weights = constants[0]
    _require(node, group=1, dilations=[1, 1], auto_pad="NOTSET")
    bias = constants[1] if len(constants) > 1 else np.zeros(len(weights))
    return Layer(
        "convolution",
        _floats(weights),
        _floats(bias),
        strides=tuple(node.attributes.get("strides", (1, 1))),
        pads=tuple(node.attributes.get("pads", (0, 0, 0, 0))),
    )


def _pool(node: Node) -> Layer:
    _require(node, dilations=[1, 1], auto_pad="NOTSET", ceil_mode=0, pads=[0, 0, 0, 0])
    size = tuple(node.attributes["kernel_shape"])
    return Layer("max pooling", size=size, strides=tuple(node.attributes.get("strides", (1, 1))))


def _dense(node: Node, constants: Sequence[NDArray[Any]], channels_last: Sequence[int]) -> Layer:
    """`channels_last` is the input's (channels, rows, columns) if its channels come last."""
    _require(node, alpha=1.0, beta=1.0, transA=0)
    weights = _floats(constants[0].T if node.attributes.get("transB") else constants[0])
    if channels_last:
        channels, rows, columns = channels_last
        weights = weights.reshape(rows, columns, channels, -1).transpose(2, 0, 1, 3).reshape(weights.shape)
    bias = constants[1] if len(constants) > 1 else np.zeros(weights.shape[1])
    return Layer("dense", weights, _floats(bias))


def _affine(node: Node, constants: Sequence[NDArray[Any]], channels: int) -> tuple[Weights, Weights]:
    """Each channel's factor and offset."""
    ones, zeros = np.ones(channels), np.zeros(channels)
    if node.op == "BatchNormalization":
        scale, shift, mean, variance = constants
        factor = scale / np.sqrt(variance + node.attributes.get("epsilon", 1e-5))
        return _floats(factor), _floats(shift - factor * mean)
    (constant,) = constants
    if constant.size not in (1, channels):
        raise ModelError(f"the model has an {node.op} of {constant.shape}")
    each = constant.ravel()
    return (
        (_floats(ones), _floats(zeros + each)) if node.op == "Add" else (_floats(ones * each), _floats(zeros))
    )


def _scale(layers: list[Layer], factor: Weights, shift: Weights) -> None:
    """Fold a scaling into the previous layer if that has weights, or append it."""
    before = layers[-1] if layers else Layer("relu")
    if before.weights is None or before.bias is None:
        layers.append(Layer("scale", factor, shift))
        return
    # Channels are the first axis of filters, and the last of dense weights.
    across = factor[:, None, None, None] if before.kind == "convolution" else factor
    layers[-1] = replace(before, weights=before.weights * across, bias=before.bias * factor + shift)


def _size_after(shape: Sequence[int], layer: Layer, size: Sequence[int]) -> tuple[int, int]:
    top, left, bottom, right = layer.pads
    return (
        (shape[1] + top + bottom - size[0]) // layer.strides[0] + 1,
        (shape[2] + left + right - size[1]) // layer.strides[1] + 1,
    )


def _require(node: Node, **only: Any) -> None:
    for name, value in only.items():
        if node.attributes.get(name, value) != value:
            raise ModelError(f"the model has a {node.op} with {name} {node.attributes[name]}")


def _floats(values: NDArray[Any]) -> Weights:
    return np.ascontiguousarray(values, dtype=np.float32)
