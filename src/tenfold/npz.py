"""Arrays from an untrusted .npz: numbers and text only, bounded in size."""

import io
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LARGEST_HEADER_BYTES = 4096
_PACKED_AS_NUMPY_DOES = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may need gigabytes to unpack
_READ_HEADER = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def read_npz(source: Path | io.BytesIO, largest_bytes: Mapping[str, int]) -> dict[str, NDArray[Any]]:
    """The arrays named in `largest_bytes`, each of at most the size given there.

    Sizes are checked before unpacking, and nothing is unpickled. Raises OSError from the file system;
    ValueError if the archive is damaged, lacks an array, or holds one that is too large or not numeric.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            return {name: _read(archive, name, largest) for name, largest in largest_bytes.items()}
    # RuntimeError: encrypted, an unknown compression, or a header nested too deep.
    # OverflowError: an impossible length. struct.error: a broken directory.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OverflowError, struct.error) as error:
        raise ValueError(_in_one_line(error)) from error


def _read(archive: zipfile.ZipFile, name: str, largest_bytes: int) -> NDArray[Any]:
    try:
        member = archive.getinfo(f"{name}.npy")
    except KeyError:
        raise ValueError(f"it holds no array {name!r}") from None
    limit = largest_bytes + _LARGEST_HEADER_BYTES
    if member.file_size > limit:
        raise ValueError(f"{name} is {member.file_size:,} bytes, more than {limit:,} can be")
    if member.compress_type not in _PACKED_AS_NUMPY_DOES:
        raise ValueError(f"{name} uses a compression that NumPy does not write")
    # Reading everything first checks the CRC, so only intact headers are parsed. No more is unpacked than the
    # member declares.
    with archive.open(member) as packed:
        content = packed.read(member.file_size)
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    if version not in _READ_HEADER:
        raise ValueError(f"{name} is not a numeric array")
    try:
        shape, in_fortran_order, dtype = _READ_HEADER[version](stream, max_header_size=_LARGEST_HEADER_BYTES)
    except (SyntaxError, TokenError, IndexError, TypeError) as error:  # from NumPy's header parser
        raise ValueError(f"{name} has no header of an array: {_in_one_line(error)}") from error
    n_bytes = dtype.itemsize * math.prod(shape)
    if dtype.kind not in "biufU" or n_bytes != len(content) - stream.tell():
        raise ValueError(f"{name} is damaged, or not a numeric array")
    flat = np.frombuffer(content, dtype, offset=stream.tell())
    return flat.reshape(shape, order="F" if in_fortran_order else "C").copy(order="C")


def _in_one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
