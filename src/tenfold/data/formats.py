"""Read a collection's four arrays from disk or network bytes, and verify them.

Input is not trusted: every read is bounded by the published file's size, nothing is unpickled, and `verify`
compares the content with the published checksums.
"""

import io
import tarfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold import npz
from tenfold.data.idx import idx_sha256, read_idx
from tenfold.data.sources import Collection, IdxFile
from tenfold.errors import DataError

Arrays = dict[str, NDArray[Any]]  # by the keys x_train, y_train, x_test, y_test

_LARGEST_ITEM_BYTES = 8  # an .npz may hold labels as 64-bit integers


def verify(arrays: Arrays, collection: Collection, origin: str) -> None:
    """Raise DataError unless all four arrays equal the published ones bit by bit."""
    for file in collection.files:
        received = idx_sha256(arrays[file.key])
        if received != file.sha256:
            raise DataError(
                f"{origin} does not hold {collection.name} as published: {file.name} should have SHA-256 "
                f"{file.sha256[:12]}…, it has {received[:12]}…"
            )


def holds(arrays: Arrays, collection: Collection) -> bool:
    """Whether all four arrays equal the published ones bit by bit."""
    return all(idx_sha256(arrays[file.key]) == file.sha256 for file in collection.files)


def read_keras_npz(content: Path | io.BytesIO, collection: Collection, origin: str) -> Arrays:
    """The four arrays of an .npz in Keras' format.

    Raises DataError if it is truncated or damaged, lacks an array, or holds one larger than published.
    """
    try:
        arrays = npz.read_npz(
            content, {file.key: _LARGEST_ITEM_BYTES * file.size_bytes for file in collection.files}
        )
    except OSError as error:
        raise DataError(f"{origin} cannot be read: {error.strerror or _in_one_line(error)}") from error
    except ValueError as error:
        raise DataError(f"{origin} is damaged: {_in_one_line(error)}") from error
    if not all(np.issubdtype(array.dtype, np.integer) for array in arrays.values()):
        raise DataError(f"{origin} is damaged: expected arrays of whole numbers")
    return arrays


def read_idx_folder(folder: Path, collection: Collection) -> Arrays:
    """The four arrays from a folder of IDX files, gzipped or not, under any of their usual names.

    Raises DataError if one is missing, truncated or damaged.
    """
    arrays = {}
    for file in collection.files:
        path = find_idx_file(folder, file)
        if path is None:
            raise DataError(f"{folder} lacks {file.name} (or {file.name}.gz)")
        try:
            with path.open("rb") as stream:
                # gzip adds a few bytes per block to incompressible data; no valid file is longer than this.
                content = stream.read(file.size_bytes + file.size_bytes // 100 + 1024)
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror or _in_one_line(error)}") from error
        arrays[file.key] = read_idx_bytes(content, file, str(path))
    return arrays


def find_idx_file(folder: Path, file: IdxFile) -> Path | None:
    """The path of `file` in `folder`, under the first of its usual names that exists."""
    dotted = file.name.replace("-idx", ".idx")
    for name in (file.name, dotted, f"{file.name}.gz", f"{dotted}.gz"):
        if (folder / name).is_file():
            return folder / name
    return None


def read_idx_bytes(content: bytes, file: IdxFile, origin: str) -> NDArray[np.uint8]:
    """The array in an IDX file's bytes, gzipped or not; never unpacks more than the published size."""
    if content[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        try:
            content = unpacker.decompress(content, file.size_bytes + 1)
        except zlib.error as error:
            raise DataError(f"{origin} is damaged: {_in_one_line(error)}") from error
        if not unpacker.eof and len(content) <= file.size_bytes:
            raise DataError(f"{origin} is truncated: its gzip stream does not end")
    return read_idx(content, origin)


def read_idx_tarball(tarball: Path, folder: str, collection: Collection, origin: str) -> Arrays:
    """The four arrays of the IDX files in `folder` inside a gzipped tarball, read without unpacking to disk.

    Raises DataError if one is missing or longer than published, or if the tarball is damaged.
    """
    wanted = {f"{folder}/{file.name}": file for file in collection.files}
    largest = max(file.size_bytes for file in collection.files)
    arrays = {}
    try:
        with tarfile.open(tarball, mode="r:gz") as archive:
            for member in archive:
                if member.size > largest:
                    raise DataError(
                        f"{origin}: {member.name} is {member.size} bytes, more than {largest} can be"
                    )
                file = wanted.get(member.name)
                stream = archive.extractfile(member) if file and member.isfile() else None
                if file and stream:
                    arrays[file.key] = read_idx_bytes(stream.read(), file, f"{origin}: {member.name}")
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise DataError(f"{origin} is damaged: {_in_one_line(error)}") from error
    for path, file in wanted.items():
        if file.key not in arrays:
            raise DataError(f"{origin} lacks {path}")
    return arrays


def _in_one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
