"""Further outputs for an ONNX file, without the library that could take it apart.

Protocol Buffers join what is given of a part in several places, so that it is enough to append to the file
what its graph is to have besides (https://protobuf.dev/programming-guides/encoding/#last-one-wins). The
numbers of the fields are ONNX's: a model's graph is 7, a graph's outputs are 12, an output's name is 1.
"""

from collections.abc import Iterable

_GRAPH, _OUTPUT, _NAME = 7, 12, 1


def with_outputs(model: bytes, names: Iterable[str]) -> bytes:
    """The file `model` with the values called `names`, computed on the way, as outputs after its own."""
    outputs = b"".join(_field(_OUTPUT, _field(_NAME, name.encode())) for name in names)
    return model + _field(_GRAPH, outputs)


def _field(number: int, content: bytes) -> bytes:
    """A field of any length: its number and kind, its length, its content."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
