"""The best way to cut lines into digits.

Every run of neighbouring pieces that is no wider than a digit may be one; the network says how much each
looks like one. The way through the line that is most likely as a whole is found by dynamic programming (Y.
LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE
86(11), 1998, section V: heuristic over-segmentation).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.box import Box
from tenfold.imaging.normalize import SIDE_PX, normalize
from tenfold.imaging.segment import TextLine, join
from tenfold.imaging.stroke import prepare

Classify = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

_MOST_PIECES = 6  # of one digit
_WIDEST = 1.5  # of the height of the line's digits
_LOWEST = 0.45
_N_DIGITS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A digit of a line: its box in pixels, uint8 (28, 28) of it, float32 (11,) of what it may be."""

    box: Box
    image: NDArray[np.uint8]
    probabilities: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """Pieces `first` .. `last` - 1 of a line, taken for one digit."""

    first: int
    last: int
    box: Box
    image: NDArray[np.uint8]


def cut(lines: Sequence[TextLine], classify: Classify) -> list[list[Cut]]:
    """The digits of each line, left to right; what is no digit is left out.

    `classify` takes uint8 images (N, 28, 28) and gives float32 (N, 11) probabilities: the ten digits, and
    "no digit". It is called once for all lines.
    """
    candidates = [_candidates(line) for line in lines]
    images = [candidate.image for of_line in candidates for candidate in of_line]
    stack = np.stack(images) if images else np.empty((0, SIDE_PX, SIDE_PX), dtype=np.uint8)
    probabilities = classify(stack)
    cuts, start = [], 0
    for line, of_line in zip(lines, candidates, strict=True):
        cuts.append(_best_way(line, of_line, probabilities[start : start + len(of_line)]))
        start += len(of_line)
    return cuts


def _candidates(line: TextLine) -> list[_Candidate]:
    candidates = []
    for first in range(len(line.pieces)):
        for last in range(first + 1, min(first + _MOST_PIECES, len(line.pieces)) + 1):
            box, ink = join(line.pieces[first:last])
            if last > first + 1 and box.width > _WIDEST * line.height:
                break
            if box.height >= _LOWEST * line.height:
                candidates.append(_Candidate(first, last, box, normalize(prepare(ink))))
    return candidates


def _best_way(
    line: TextLine, candidates: Sequence[_Candidate], probabilities: NDArray[np.float32]
) -> list[Cut]:
    """The cheapest way from the first piece to the last; every piece is skipped or part of one candidate."""
    n = len(line.pieces)
    price = [0.0] + [math.inf] * n
    taken: list[tuple[int, int | None]] = [(0, None)] * (n + 1)
    ending: list[list[int]] = [[] for _ in range(n + 1)]
    for index, candidate in enumerate(candidates):
        ending[candidate.last].append(index)
    for end in range(1, n + 1):
        price[end] = price[end - 1] + _price_of_skipping(line, end - 1)
        taken[end] = end - 1, None
        for index in ending[end]:
            candidate = candidates[index]
            total = price[candidate.first] + _price_of_reading(candidate, probabilities[index])
            if total < price[end]:
                price[end], taken[end] = total, (candidate.first, index)
    way, end = [], n
    while end:
        end, chosen = taken[end]
        if chosen is not None:
            way.append(Cut(candidates[chosen].box, candidates[chosen].image, probabilities[chosen]))
    return way[::-1]


def _price_of_reading(candidate: _Candidate, probabilities: NDArray[np.float32]) -> float:
    digit = -math.log(max(float(probabilities[:_N_DIGITS].max()), 1e-6))
    return digit + 0.05 * (candidate.last - candidate.first)


def _price_of_skipping(line: TextLine, index: int) -> float:
    height = line.pieces[index].box.height / line.height
    return 0.5 if height < _LOWEST else 6.0 * height
