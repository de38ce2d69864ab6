"""Read the digits of Pendigits' training part from UCI's files, for `tenfold.data.pens`.

The archive (doi 10.24432/C5MG6K) holds the original strokes in UNIPEN's format, packed by `compress`:
pendigits-orig.tra.Z by 30 writers, and pendigits-orig.tes.Z by 14 others, which are reserved for evaluation.
Each digit's strokes follow two lines,

    .SEGMENT DIGIT 0-1 ? "5"
    .COMMENT 5 12 224

with its stroke numbers and label, and its label, writer and number.
"""

import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import lzw
from tenfold.data.pen_arrays import as_arrays, height, in_units
from tenfold.data.unipen_format import read_recording, strokes_of
from tenfold.errors import DataError

_NAMES = ("pendigits-orig.tra.Z", "pendigits-orig.tra")
_MAX_BYTES = 32_000_000  # of the strokes, unpacked; the published file has about a seventh of this
_DIGIT = re.compile(r'\.SEGMENT\s+DIGIT\s+(\S+)\s+\S+\s+"(\d)"\s+\.COMMENT\s+\d+\s+(\d+)\s')


def read_pendigits(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of the collection, from the archive, pendigits-orig.tra.Z, the unpacked file, or a folder
    with one of them.

    Raises DataError if it holds no such digits or is damaged, OSError from the file system.
    """
    text = _read_text(path).decode("ascii", errors="replace")
    paths = read_recording([text], str(path)).paths
    digits = [
        (label, int(writer), strokes)
        for pieces, label, writer in _DIGIT.findall(text)
        if (strokes := strokes_of(pieces, paths))
    ]
    if not digits:
        raise DataError(f"expected digits of Pendigits in {path}, found none")
    # Renumber the writers from 0, keeping their order in the file.
    numbers = sorted({writer for _, writer, _ in digits})
    units = {
        number: float(np.median([height(strokes) for _, writer, strokes in digits if writer == number]))
        for number in numbers
    }
    return as_arrays(
        (label, numbers.index(writer), in_units(strokes, units[writer])) for label, writer, strokes in digits
    )


def _read_text(path: Path) -> bytes:
    if path.is_dir():
        inside = [path / name for name in _NAMES if (path / name).is_file()]
        if not inside:
            raise DataError(f"expected {_NAMES[0]} in {path}, found none")
        path = inside[0]
    content = _read_member(path) if zipfile.is_zipfile(path) else _read_file(path)
    if content.startswith(lzw.MAGIC):
        return lzw.decompress(content, _MAX_BYTES, str(path))
    return content


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise DataError(f"{path} is larger than the {_MAX_BYTES:,} bytes the true file can have")
    return content


def _read_member(path: Path) -> bytes:
    """The strokes in the archive. Raises DataError."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [
                member for member in archive.infolist() if PurePosixPath(member.filename).name in _NAMES
            ]
            if not members:
                raise DataError(f"expected {_NAMES[0]} in {path}, found none")
            if members[0].file_size > _MAX_BYTES:
                raise DataError(f"{_NAMES[0]} in {path} is larger than the true file can be")
            return archive.read(members[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise DataError(f"{path} is damaged: {error}") from error
