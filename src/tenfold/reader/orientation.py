"""Detect which way up a page is: the way in which the line network is sure of the most digits."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import ImageError
from tenfold.imaging.segment import segment
from tenfold.reader.ctc import Peak, greedy_decode
from tenfold.reader.cut import CutLine, strip_of
from tenfold.reader.network import LineNetwork

_MAX_LINES = 6  # the longest ones are read
_SURE = 0.95
_MIN_PEAKS = 8  # a page with fewer symbols is not rotated
# An upright page has at least this share of sure digits. On 120 pages by held-out writers, in all four
# orientations, no upside-down page had more.
_UPRIGHT = 0.75
# Another orientation wins with this many times as many sure digits plus this many more.
_TIMES, _MORE = 1.5, 3


def find_rotation(ink: NDArray[np.float32], lines: Sequence[CutLine], network: LineNetwork) -> int:
    """The number of counter-clockwise quarter turns that bring a page upright, 0 to 3.

    `ink`, float32 (H, W), is the page's, and `lines` is its reading without rotation. If most of its digits
    are sure, no other orientation is tried.
    """
    longest = sorted((line.peaks for line in lines), key=len, reverse=True)[:_MAX_LINES]
    n_peaks = sum(map(len, longest))
    sure = sum(map(_count_sure, longest))
    if n_peaks < _MIN_PEAKS or sure >= _UPRIGHT * n_peaks:
        return 0
    rotated = {
        quarter_turns: _count_sure_rotated(np.rot90(ink, quarter_turns), network)
        for quarter_turns in (1, 2, 3)
    }
    best = max(rotated, key=lambda quarter_turns: rotated[quarter_turns])
    return best if rotated[best] >= _TIMES * sure + _MORE else 0


def _count_sure_rotated(ink: NDArray[np.float32], network: LineNetwork) -> int:
    """The number of sure digits in the longest lines of a rotated page."""
    lines = []
    with suppress(ImageError):  # a page on its side may exceed the limits
        lines = segment(np.ascontiguousarray(ink))
    longest = sorted(lines, key=lambda line: line.height / line.box.width)[:_MAX_LINES]
    return sum(_count_sure(greedy_decode(network.probabilities(strip_of(line).image))) for line in longest)


def _count_sure(peaks: Sequence[Peak]) -> int:
    return sum(float(peak.digit_probabilities[:-1].max()) > _SURE for peak in peaks)
