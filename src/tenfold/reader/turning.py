"""Which way up a page is: the way in which the network is sure of most of its digits."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import ImageError
from tenfold.imaging.segment import segment
from tenfold.reader.ctc import Spot, find_spots
from tenfold.reader.cut import CutLine, strip_of
from tenfold.reader.network import LineNetwork

_LINES = 6  # that are looked at, the longest
_SURE = 0.95
# A page with fewer characters is as it is. Of one that is the right way up most digits are sure; and one is
# turned where so many times as many digits are, and so many more. On 120 pages by held-out writers, each in
# all four ways, no more than this share of the digits was sure that were upside down.
_FEWEST, _UPRIGHT = 8, 0.75
_TIMES, _MORE = 1.5, 3


def find_turn(ink: NDArray[np.float32], lines: Sequence[CutLine], network: LineNetwork) -> int:
    """How many quarter turns against the clock bring a page the right way up, 0 to 3.

    `lines` is how it reads as it is; `ink` float32 (H, W). Where that makes sense, nothing else is tried.
    """
    longest = sorted((line.spots for line in lines), key=len, reverse=True)[:_LINES]
    n_spots = sum(map(len, longest))
    sure = sum(map(_count_sure, longest))
    if n_spots < _FEWEST or sure >= _UPRIGHT * n_spots:
        return 0
    turned = {quarters: _sure_of(np.rot90(ink, quarters), network) for quarters in (1, 2, 3)}
    best = max(turned, key=lambda quarters: turned[quarters])
    return best if turned[best] >= _TIMES * sure + _MORE else 0


def _sure_of(ink: NDArray[np.float32], network: LineNetwork) -> int:
    """Of how many digits the network is sure in the longest lines of a turned page."""
    lines = []
    with suppress(ImageError):  # a page may be too much to read when it lies on its side
        lines = segment(np.ascontiguousarray(ink))
    longest = sorted(lines, key=lambda line: line.height / line.box.width)[:_LINES]
    return sum(_count_sure(find_spots(network.probabilities(strip_of(line).image))) for line in longest)


def _count_sure(spots: Sequence[Spot]) -> int:
    return sum(float(spot.of_digits[:-1].max()) > _SURE for spot in spots)
