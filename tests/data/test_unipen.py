"""UNIPEN's files: parts of pen paths become characters, in the writer's units."""

from itertools import pairwise
from pathlib import Path

import pytest

from tenfold.data import fetch, pens
from tenfold.data.pens import fingerprint, load_characters
from tenfold.data.unipen import read_archive
from tenfold.errors import DataError, InputError

# Paths 0 to 4; the path in the air at 1 counts, the empty one after 3 does not.
RECORDING = """
.VERSION 1.0
.COORD T X Y
.WRITER_ID anna
.PEN_DOWN
0 10 300
1 10 200
2 10 200
3 10 100
.PEN_UP
4 50 50
.PEN_DOWN
5 60 300
.DT 10
not a point
6 160 300
7 110 100
.PEN_DOWN 8 200 200
.PEN_UP
.PEN_DOWN
9 0 0
10 0 100
.VERSION 2
11 999 999
"""
DIGITS = """
.INCLUDE a/one.dat
.SEGMENT CHARACTER 0 GOOD "1"
.SEGMENT CHARACTER 2 OK "7"
.SEGMENT CHARACTER 2:1-3 OK "\\""
.SEGMENT CHARACTER 0-2:0 OK "4"
.SEGMENT CHARACTER 0 BAD "2"
.SEGMENT CHARACTER 1 OK "3"
.SEGMENT CHARACTER 3,9 OK "5"
.SEGMENT CHARACTER word OK "6"
.SEGMENT CHARACTER 4 OK "88"
"""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The folder of a small archive: one writer of the institute `ibm`, and two who are left out."""
    root = tmp_path / "unipen" / "CDROM" / "train_r01_v07"
    (root / "include" / "a").mkdir(parents=True)
    (root / "include" / "a" / "one.dat").write_text(RECORDING)
    for institute in ("ibm", "uqb", "lou"):
        folder = root / "data" / "1a" / institute
        folder.mkdir(parents=True)
        (folder / "one.dat").write_text(DIGITS)
    return root


def test_pieces_of_ways_become_characters(archive: Path) -> None:
    arrays = read_archive(archive)

    assert arrays["labels"].tolist() == ["1", "7", '"', "4"]
    assert arrays["writers"].tolist() == [0, 0, 0, 0]
    bounds, characters = arrays["strokes"], arrays["characters"]
    strokes = [arrays["points"][start:end].tolist() for start, end in pairwise(bounds)]
    # A unit is 200 high, so that lengths are halved; what repeats is taken once.
    assert strokes[:2] == [[[0, 0], [0, 50], [0, 100]], [[0, 0], [50, 0], [25, 100]]]
    assert strokes[characters[2] : characters[3]] == [[[25, 0], [0, 100]], [[45, 50]]]
    assert strokes[characters[3] : characters[4]] == [[[0, 0], [0, 50], [0, 100]], [[25, 0]]]


def test_the_folder_may_be_any_above(archive: Path) -> None:
    above = archive.parent.parent
    assert read_archive(above)["labels"].tolist() == read_archive(archive)["labels"].tolist()


def test_the_archive_goes_into_the_cache(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENFOLD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(pens, "SHA256", {"unipen": fingerprint(read_archive(archive))})
    fetch("unipen", archive)

    held_out, learnt = (load_characters(held_out=is_held_out) for is_held_out in (True, False))
    assert len(held_out) + (learnt.writers >= 0).sum() == 4


def test_other_files_are_refused(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="found no characters there"):
        read_archive(archive / "include")
    with pytest.raises(InputError, match="received other arrays; download it again"):
        fetch("unipen", archive)
    one = archive / "include" / "a" / "one.dat"
    one.write_text(RECORDING.replace("T X Y", "T X"))
    with pytest.raises(DataError, match=r"one\.dat to have the coordinates X and Y, received T X"):
        read_archive(archive)
