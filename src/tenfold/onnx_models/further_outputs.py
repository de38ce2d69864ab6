"""Add outputs to an ONNX file without the onnx package.

Protocol Buffers merge a message given in several places, so it is enough to append the graph's additions to
the file (https://protobuf.dev/programming-guides/encoding/#last-one-wins). ONNX's field numbers: a model's
graph is 7, a graph's outputs are 12, an output's name is 1.
"""

from collections.abc import Iterable

_GRAPH, _OUTPUT, _NAME = 7, 12, 1


def with_outputs(model: bytes, names: Iterable[str]) -> bytes:
    """The file `model` with the intermediate values `names` as outputs after its own."""
    outputs = b"".join(_field(_OUTPUT, _field(_NAME, name.encode())) for name in names)
    return model + _field(_GRAPH, outputs)


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field: number and wire type, length, content."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    """Seven bits per byte, lowest first; the eighth means that more follow."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
