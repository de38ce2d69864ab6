"""The graph of an ONNX file, parsed without the onnx package.

Field numbers are ONNX's (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), the encoding is Protocol
Buffers' (https://protobuf.dev/programming-guides/encoding).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import ModelError

_VARINT, _BYTES = 0, 2  # wire types; the others have a fixed size
_SIZES = {1: 8, 5: 4}
_DTYPES = {1: "<f4", 6: "<i4", 7: "<i8", 10: "<f2", 11: "<f8"}  # by ONNX's number

Fields = dict[int, list[Any]]  # by number: integers, or bytes for everything else


@dataclass(frozen=True)
class Node:
    """One operator."""

    op: str  # "Conv", "MatMul", ...
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]  # numbers, lists of integers, text or arrays


@dataclass(frozen=True)
class Graph:
    """Operators, constants and the names of the first input and output."""

    input: str
    output: str
    nodes: tuple[Node, ...]
    constants: dict[str, NDArray[Any]]

    def producer(self, value: str) -> Node:
        """The operator that computes `value`. Raises ModelError if none does."""
        for node in self.nodes:
            if value in node.outputs:
                return node
        raise ModelError(f"nothing in the model computes {value}")


def read_graph(model: bytes) -> Graph:
    """The graph in an ONNX file's content. Raises ModelError if it cannot be read."""
    try:
        return _graph(_fields(_fields(model)[7][0]))
    # TypeError and AttributeError: a value of another type than its field should have.
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, struct.error) as error:
        raise ModelError(f"the model is damaged: {type(error).__name__} {error}") from error


def _graph(fields: Fields) -> Graph:
    constants = dict(_tensor(content) for content in fields.get(5, ()))
    nodes = [_node(_fields(content)) for content in fields[1]]
    constants |= {
        node.outputs[0]: node.attributes["value"]
        for node in nodes
        if node.op == "Constant" and "value" in node.attributes
    }
    # Older files list constants among the inputs, too.
    names = (_text(_fields(content)[1][0]) for content in fields[11])
    image, *_ = [name for name in names if name not in constants]
    return Graph(
        input=image,
        output=_text(_fields(fields[12][0])[1][0]),
        nodes=tuple(nodes),
        constants=constants,
    )


def _node(fields: Fields) -> Node:
    return Node(
        op=_text(fields[4][0]),
        inputs=tuple(map(_text, fields.get(1, ()))),
        outputs=tuple(map(_text, fields.get(2, ()))),
        attributes=dict(_attribute(_fields(content)) for content in fields.get(5, ())),
    )


def _attribute(fields: Fields) -> tuple[str, Any]:
    value: Any = None
    if 2 in fields:
        (value,) = struct.unpack("<f", fields[2][0])
    elif 3 in fields:
        value = fields[3][0]
    elif 4 in fields:
        value = _text(fields[4][0])
    elif 5 in fields:
        _, value = _tensor(fields[5][0])
    elif 8 in fields:
        value = _integers(fields[8])
    return _text(fields[1][0]), value


def _tensor(content: bytes) -> tuple[str, NDArray[Any]]:
    """A tensor's name and values; empty for types that are not numeric."""
    fields = _fields(content)
    name, shape = _text(fields.get(8, [b""])[0]), _integers(fields.get(1, []))
    dtype = _DTYPES.get(fields[2][0])
    if dtype is None:
        return name, np.empty(0)
    if 9 in fields:
        values = np.frombuffer(fields[9][0], dtype)
    elif 4 in fields:
        values = np.frombuffer(b"".join(fields[4]), "<f4")
    else:
        values = np.array(_integers(fields.get(7, fields.get(5, []))), dtype)
    return name, values.reshape(shape)


def _fields(message: bytes) -> Fields:
    fields: Fields = {}
    for number, value in _each(message):
        fields.setdefault(number, []).append(value)
    return fields


def _each(message: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, encoding = key >> 3, key & 7
        if encoding == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        size, at = _varint(message, at) if encoding == _BYTES else (_SIZES[encoding], at)
        if at + size > len(message):
            raise ValueError("it ends too early")
        yield number, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """The signed 64-bit number at a position, and the position after it."""
    number = shift = 0
    while True:
        byte = message[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number - (1 << 64) if number >> 63 else number, at
        if shift > 63:
            raise ValueError("a number has no end")


def _integers(values: list[Any]) -> list[int]:
    """Repeated integers, one by one or packed."""
    numbers = []
    for value in values:
        if isinstance(value, int):
            numbers.append(value)
            continue
        at = 0
        while at < len(value):
            number, at = _varint(value, at)
            numbers.append(number)
    return numbers


def _text(content: bytes) -> str:
    return content.decode()
