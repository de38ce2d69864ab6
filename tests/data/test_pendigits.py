"""Pendigits' original strokes, in files of our own in the same form."""

import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from tenfold.data.pendigits import read_pendigits
from tenfold.errors import DataError

from .compress import compress

# Writer 12 has a unit of 300, the median of 200 and 400; writer 3 one of 50.
TEXT = """
.INCLUDE dene.doc
.LEXICON "0" "1" "2"
.HIERARCHY DIGIT

.SEGMENT DIGIT 0 ? "1"
.COMMENT  1 12 7
.PEN_DOWN
  110  400
  110  400
  120  200
.PEN_UP
.DT 100
.SEGMENT DIGIT 1-2 ? "4"
.COMMENT  4 3 8
.PEN_DOWN
  10  60
  30  10
.PEN_UP
.DT 100
.PEN_DOWN
  5  40
.PEN_UP
.DT 100
.SEGMENT DIGIT 3 ? "7"
.COMMENT  7 12 9
.PEN_DOWN
  0  450
  300  50
.PEN_UP
.DT 100
"""


def place(kind: str, folder: Path, text: str = TEXT) -> Path:
    """The file as it is published, or in part."""
    packed = compress(text.encode())
    path = folder / {"zip": "pendigits.zip", "file": "pendigits-orig.tra"}.get(kind, "pendigits-orig.tra.Z")
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("pendigits-orig.tes.Z", b"sealed")
            archive.writestr("pendigits-orig.tra.Z", packed)
    else:
        path.write_bytes(text.encode() if kind == "file" else packed)
    return folder if kind == "folder" else path


@pytest.mark.parametrize("kind", ["zip", "folder", ".Z", "file"])
def test_digits_come_in_the_order_of_the_file_in_their_writers_units(kind: str, tmp_path: Path) -> None:
    arrays = read_pendigits(place(kind, tmp_path))

    assert arrays["labels"].tolist() == ["1", "4", "7"]
    assert arrays["writers"].tolist() == [1, 0, 1]
    assert arrays["characters"].tolist() == [0, 1, 3, 4]
    strokes = [arrays["points"][start:end].tolist() for start, end in pairwise(arrays["strokes"])]
    assert strokes[0] == [[0, 0], [0, 0], [3, 67]], "points where the pen rested stay"
    assert strokes[1:3] == [[[10, 0], [50, 100]], [[0, 40]]]
    assert strokes[3] == [[0, 0], [100, 133]]


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"expected pendigits-orig\.tra\.Z in .*, found none"):
        read_pendigits(tmp_path)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("pendigits.tra", "1,2,3")
    with pytest.raises(DataError, match=r"expected pendigits-orig\.tra\.Z in .*other\.zip, found none"):
        read_pendigits(tmp_path / "other.zip")
    with pytest.raises(DataError, match=r"expected digits of Pendigits in .*, found none"):
        read_pendigits(place("file", tmp_path, "hello"))
    packed = place(".Z", tmp_path)
    packed.write_bytes(packed.read_bytes()[:40] + b"\xff" * 40)
    with pytest.raises(DataError, match="is damaged"):
        read_pendigits(packed)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = place("zip", tmp_path)
    content = bytearray(path.read_bytes())
    content[content.index(compress(TEXT.encode())) + 20] ^= 0xFF
    path.write_bytes(content)

    with pytest.raises(DataError, match="is damaged: Bad CRC"):
        read_pendigits(path)
