"""Files damaged at random, and pictures drawn to cost as much as they can: each is read or refused, soon, and
nothing else happens.

100,000 damaged files where slow tests run, a few hundred otherwise; 2,000 drawn pictures.
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

LONGEST_S = 2.0


@pytest.mark.parametrize("count", [300, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_damaged_file_is_read_or_refused_soon(
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

    assert longest < LONGEST_S, f"{longest:.1f} s for {slowest[:64]!r}..., {len(slowest)} bytes"
    # Else the mutations would be too weak, or break everything at once.
    assert 0.1 < refused / count < 0.95


@pytest.fixture
def strips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The widths in pixels of all strips that the network for lines was shown."""
    widths: list[int] = []
    probabilities = LineNetwork.probabilities

    def counted(self: LineNetwork, strip: NDArray[np.uint8]) -> NDArray[np.float32]:
        widths.append(strip.shape[1])
        return probabilities(self, strip)

    monkeypatch.setattr(LineNetwork, "probabilities", counted)
    return widths


def test_a_hostile_picture_is_read_or_refused_with_bounded_work(
    small_model: Any, strips: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small pictures, and bounds as much smaller: they are met as those of large pictures are."""
    pieces, lines, digits = 30, 4, 20
    monkeypatch.setattr("tenfold.imaging.segment.MAX_PIECES", pieces)
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
            assert "that one picture may have" in str(error)  # noqa: PT017 - or it is read
            refused += 1
        else:
            assert len(reading.lines) <= lines
            found = sum(len(line.digits) for line in reading.lines)
            assert found <= digits
            read += found > 0
        # Three looks at each line, three quarters to four thirds as large, with paper at both ends. Rows are
        # whole, so that a line hardly a pixel high is shown half as large again.
        # A page in doubt is looked at from three other sides, six lines of each, and read anew if turned.
        assert len(strips) <= 2 * 3 * lines + 3 * 6
        assert sum(strips) <= 1.5 * (2 * 3.1 + 3) * BOX_PX * digits + 24 * len(strips)
    # Else they would be too tame, or nothing but noise.
    assert refused > count / 50
    assert read > count / 10


def test_a_picture_of_more_digits_than_may_be_is_refused_before_any_line_is_read(
    small_reader: Reader, strips: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenfold.imaging.segment.MAX_PIECES", 100)
    crowded = table((1000, 1000), np.random.default_rng(0), height=40)

    with pytest.raises(
        ImageError, match=r"this picture has \d\d\d separate marks, more than the 100 that one"
    ):
        small_reader.read(crowded)
    assert not strips
