"""The best way to cut lines into digits.

What the network doubts to be one digit is cut up. Every run of neighbouring pieces that is no wider than a
digit may then be one; the network says how much each looks like one. The way through the line that is most
likely as a whole is found by dynamic programming (Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based
learning applied to document recognition", Proc. IEEE 86(11), 1998, section V: heuristic over-segmentation).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.box import Box
from tenfold.imaging.normalize import SIDE_PX, normalize
from tenfold.imaging.segment import TextLine, join, split
from tenfold.imaging.stroke import prepare
from tenfold.reader.model import N_DIGITS

Classify = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

_SURE = 0.95  # that a connected piece is one digit: it is not cut up
_MOST_PIECES = 8  # of one digit
# Shares of the height of the line's digits: no digit is wider or lower.
_WIDEST, _LOWEST = 1.5, 0.4

# The price of taking pieces for a digit is minus the logarithm of its probability, and more for what the
# network cannot see, as it looks at one digit at a time: for each height wider than high, lower than `_LOW`
# of the line, or farther than `_LOOSE` from its middle.
_TOO_WIDE, _TOO_LOW, _OFF_LINE = 1.0, 2.0, 3.0
_LOW, _LOOSE = 0.7, 0.15
# Skipping costs little for dots and their like, and for the rest the more, the larger it is and the less the
# network takes it for no digit.
_LEFT_OUT, _SIZE, _DOUBT = 0.3, 2.0, 0.3
_CUT = 1.0  # for each height of ink that a cut goes through: digits touch here and there, and cross seldom


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


def split_doubtful(lines: Sequence[TextLine], classify: Classify) -> list[TextLine]:
    """The lines, with the pieces cut up of which it is not sure that each is one digit.

    `classify` is called once for all lines, as by `cut`.
    """
    images = [normalize(prepare(piece.ink)) for line in lines for piece in line.pieces]
    if not images:
        return list(lines)
    sure = classify(np.stack(images))[:, :N_DIGITS].max(axis=1) >= _SURE
    split_lines, start = [], 0
    for line in lines:
        doubtful = ~sure[start : start + len(line.pieces)]
        split_lines.append(split(line, doubtful.tolist()))
        start += len(line.pieces)
    return split_lines


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
    off = _distance_from_line(line.height, candidates)
    skips = [_LEFT_OUT] * n
    ending: list[list[tuple[float, int]]] = [[] for _ in range(n + 1)]
    for index, (candidate, of_candidate) in enumerate(zip(candidates, probabilities, strict=True)):
        box = candidate.box
        price = _price(of_candidate[:N_DIGITS].max())
        price += _TOO_WIDE * max(0.0, box.width / line.height - 1)
        price += _TOO_LOW * max(0.0, _LOW - box.height / line.height)
        price += _OFF_LINE * max(0.0, off(box) - _LOOSE)
        ending[candidate.last].append((price, index))
        if candidate.last == candidate.first + 1:
            size = box.height / line.height
            skips[candidate.first] = _LEFT_OUT + _SIZE * size + _DOUBT * _price(of_candidate[N_DIGITS])
    cheapest = [0.0] + [math.inf] * n
    taken: list[tuple[int, int | None]] = [(0, None)] * (n + 1)
    for end in range(1, n + 1):
        cheapest[end], taken[end] = cheapest[end - 1] + skips[end - 1], (end - 1, None)
        for price, index in ending[end]:
            first = candidates[index].first
            total = cheapest[first] + price + _CUT * line.pieces[first].cut
            if total < cheapest[end]:
                cheapest[end], taken[end] = total, (first, index)
    way, end = [], n
    while end:
        end, chosen = taken[end]
        if chosen is not None:
            way.append(Cut(candidates[chosen].box, candidates[chosen].image, probabilities[chosen]))
    return way[::-1]


def _price(probability: float) -> float:
    return -math.log(max(probability, 1e-6))


def _distance_from_line(height: float, candidates: Sequence[_Candidate]) -> Callable[[Box], float]:
    """How far the middle of a box is from the middle of the line there, in heights of the line."""
    tall = [candidate.box for candidate in candidates if candidate.box.height >= _LOW * height]
    x, y = [box.x + box.width / 2 for box in tall], [box.y + box.height / 2 for box in tall]
    slope, level = 0.0, float(np.median(y)) if tall else 0.0
    if tall and max(x) - min(x) > 3 * height:
        slope, level = (float(part) for part in np.polyfit(x, y, 1))

    def off(box: Box) -> float:
        return abs(box.y + box.height / 2 - level - slope * (box.x + box.width / 2)) / height

    return off
