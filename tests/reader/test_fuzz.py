"""Randomly damaged files, and pictures drawn to be as expensive as possible: each is read or refused quickly.

100,000 damaged files in the slow tests, 300 otherwise; 400 drawn pictures.
"""

import time
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from damage import damaged_pictures
from hostile_pictures import draw_any, table
from tenfold.errors import ImageError
from tenfold.imaging.normalize import BOX_PX
from tenfold.reader import Reader
from tenfold.reader.network import LineNetwork

MAX_S = 2.0


@pytest.mark.parametrize("count", [300, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_damaged_file_is_read_or_refused_quickly(
    count: int, small_reader: Reader, page: NDArray[np.uint8]
) -> None:
    longest, refused = 0.0, 0
    for content in damaged_pictures(page, count):
        start = time.process_time()
        try:
            small_reader.read(content)
        except ImageError:
            refused += 1
        took = time.process_time() - start
        if took > longest:
            longest, slowest = took, content

    assert longest < MAX_S, f"{longest:.1f} s for {slowest[:64]!r}..., {len(slowest)} bytes"
    # Otherwise the mutations are too weak, or break every file.
    assert 0.1 < refused / count < 0.95


@pytest.fixture
def strips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The widths in pixels of all strips that line networks receive."""
    widths: list[int] = []
    probabilities = LineNetwork.probabilities

    def record_width(self: LineNetwork, strip: NDArray[np.uint8]) -> NDArray[np.float32]:
        widths.append(strip.shape[1])
        return probabilities(self, strip)

    monkeypatch.setattr(LineNetwork, "probabilities", record_width)
    return widths


def test_a_hostile_picture_is_read_or_refused_with_bounded_work(
    small_model: Any, strips: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small pictures, with limits lowered in proportion so that they are reached."""
    components, lines, digits = 30, 4, 20
    monkeypatch.setattr("tenfold.imaging.segment.MAX_COMPONENTS", components)
    monkeypatch.setattr("tenfold.imaging.segment.MAX_LINES", lines)
    monkeypatch.setattr("tenfold.imaging.segment.MAX_DIGITS", digits)
    monkeypatch.setattr("tenfold.reader.reader.MAX_DIGITS", digits)
    reader = Reader(small_model.path, cores=1)
    count, refused, read = 400, 0, 0
    for seed in range(count):
        rng = np.random.default_rng(seed)
        height, width = np.exp(rng.uniform(np.log(2), np.log(300), 2)).astype(int).tolist()
        picture = draw_any((height, width), rng)
        reader.read_digits([picture])
        strips.clear()
        try:
            reading = reader.read(picture)
        except ImageError as error:
            assert "allowed in one picture" in str(error)  # noqa: PT017 - or it is read
            refused += 1
        else:
            assert len(reading.lines) <= lines
            found = sum(len(line.digits) for line in reading.lines)
            assert found <= digits
            read += found > 0
        # Each line is read up to three times, at scales up to 4 / 3, with paper at both ends. Rounding to
        # whole rows can enlarge a line barely a pixel high by half. A page in doubt is tried in three other
        # orientations, six lines each, and read again if rotated.
        assert len(strips) <= 2 * 3 * lines + 3 * 6
        assert sum(strips) <= 1.5 * (2 * 3.1 + 3) * BOX_PX * digits + 24 * len(strips)
    # Otherwise the pictures are too tame, or nothing but noise.
    assert refused > count / 50
    assert read > count / 10


def test_a_picture_with_too_many_digits_is_refused_before_any_line_is_read(
    small_reader: Reader, strips: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenfold.imaging.segment.MAX_COMPONENTS", 100)
    crowded = table((1000, 1000), np.random.default_rng(0), height=40)

    with pytest.raises(
        ImageError, match=r"this picture has \d\d\d separate marks, more than the 100 allowed"
    ):
        small_reader.read(crowded)
    assert not strips
