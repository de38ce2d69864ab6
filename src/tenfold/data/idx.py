"""IDX, the file format MNIST was published in.

A header of big-endian 32-bit numbers (0x0801 for a vector of bytes, 0x0803 for a stack of images, then the
length of each axis), then the bytes themselves, last axis fastest.
Source: "THE MNIST DATABASE of handwritten digits", LeCun, Cortes and Burges, section FILE FORMATS.
"""

import hashlib
import math
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import DataError

_DTYPES: dict[bytes, np.dtype[Any]] = {b"\0\0\x08": np.dtype(np.uint8), b"\0\0\x0c": np.dtype(">i4")}
# Third byte: 8 for unsigned bytes. Fourth byte: the number of axes.
_MAGIC_OF_UNSIGNED_BYTES = 0x0800


def read_idx(content: bytes, name: str) -> NDArray[Any]:
    """The array in an IDX file's decompressed `content`: uint8, or int32 like QMNIST's labels.

    `name` is for messages. Raises DataError if the header says neither or does not match the length.
    """
    n_axes = content[3] if len(content) >= 4 else 0
    header_bytes = 4 + 4 * n_axes
    dtype = _DTYPES.get(content[:3])
    if n_axes == 0 or dtype is None or len(content) < header_bytes:
        raise DataError(f"{name} is not an IDX file of unsigned bytes: it starts with {content[:4].hex()!r}")
    shape = struct.unpack(f">{n_axes}I", content[4:header_bytes])
    expected_bytes = header_bytes + dtype.itemsize * math.prod(shape)
    if len(content) != expected_bytes:
        what = "truncated" if len(content) < expected_bytes else "too long"
        raise DataError(f"{name} is {what}: {len(content)} bytes where its header says {expected_bytes}")
    # A copy, because arrays over `bytes` are read-only.
    return np.frombuffer(content, dtype, offset=header_bytes).reshape(shape).astype(dtype.newbyteorder("="))


def idx_header(shape: tuple[int, ...]) -> bytes:
    """The IDX header of a uint8 array of this shape."""
    return struct.pack(f">{1 + len(shape)}I", _MAGIC_OF_UNSIGNED_BYTES + len(shape), *shape)


def idx_sha256(array: NDArray[Any]) -> str:
    """The SHA-256, in hex, of `array` as an IDX file, whatever file it came from.

    Wider integers are hashed as the bytes they would be in IDX; values outside 0-255 raise DataError.
    """
    if array.dtype != np.uint8:
        as_bytes = array.astype(np.uint8) if array.dtype.kind in "iu" else None
        if as_bytes is None or not np.array_equal(as_bytes, array):
            raise DataError(f"expected integers 0-255, received {array.dtype} with other values")
        array = as_bytes
    digest = hashlib.sha256(idx_header(array.shape))
    digest.update(np.ascontiguousarray(array).reshape(-1).data)
    return digest.hexdigest()
