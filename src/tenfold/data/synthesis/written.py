"""Characters by real writers, as spines that any pen can follow."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.pens import USUAL_HEIGHT, Characters
from tenfold.data.synthesis.strokes import FINENESS, Fields, spine_of
from tenfold.imaging.normalize import BOX_PX

Paths = list[NDArray[np.int16]]  # each (n, 2)

_LONG = BOX_PX * FINENESS  # grid points: the longer side of a digit
_MARGIN = 8
_OF_FONTS = 0.2  # of the hands: there are nearly as many fonts as writers, but nobody writes as a font
# Shares of the usual height: the least and greatest haste; shorter strokes stay as they are; the length of a
# stroke that gives its direction at the start. And the share of a stroke that haste takes away at most.
_HASTE, _SHORT, _TANGENT, _MAX_LOSS = (0.03, 0.15), 0.3, 0.1, 0.2
_SHIFT = 4  # fractional bits of the coordinates to which lines are drawn
# Look like digits in handwriting: O o D Q like 0, I l i | ! / ' ` , like 1, Z z like 2, S s like 5, b G like
# 6, B like 8, g q like 9. A dot is a blot.
_LIKE_DIGITS = "OoDQIli|!/'`,.ZzSsbGBgq0123456789"


class Written:
    """Digits and other characters of several writers."""

    def __init__(self, characters: Characters) -> None:
        self.characters = characters
        labels, writers = characters.labels, characters.writers
        self._digits = [np.flatnonzero(labels == str(value)) for value in range(10)]
        self._weights = [
            np.cumsum(_limit_fonts(_even_out(writers[of_value]), writers[of_value]))
            for of_value in self._digits
        ]
        self._others = np.flatnonzero(~np.isin(labels, list(_LIKE_DIGITS)))
        self._of_label = {label: np.flatnonzero(labels == label) for label in np.unique(labels).tolist()}
        self._by_writer = {
            (writer, label): of_label[writers[of_label] == writer]
            for label, of_label in self._of_label.items()
            for writer in np.unique(writers[of_label]).tolist()
        }
        self._writers = np.unique(writers[np.isin(labels, list("0123456789"))])
        self._weights_of_writers = np.cumsum(_limit_fonts(np.ones(len(self._writers)), self._writers))
        of_label = np.unique(labels[self._others], return_inverse=True)[1]
        self._weights_of_others = np.cumsum(_even_out(of_label))

    def digit(self, value: int, rng: np.random.Generator) -> Fields:
        """A digit by a random writer; prolific writers are chosen little more often than others."""
        strokes = self.characters.strokes_of(_choose(self._digits[value], self._weights[value], rng))
        return _draw_large(hasten(strokes, self.choose_haste(rng), rng))

    def other(self, rng: np.random.Generator) -> Fields:
        """A letter or sign that is not mistaken for a digit."""
        return _draw_large(self.characters.strokes_of(_choose(self._others, self._weights_of_others, rng)))

    def any_writer(self, rng: np.random.Generator) -> int:
        """A random writer of digits."""
        return _choose(self._writers, self._weights_of_writers, rng)

    def choose_haste(self, rng: np.random.Generator) -> float:
        """How far a hand's strokes begin and end too early or too late, as a share of the usual height."""
        return float(rng.uniform(*_HASTE)) if rng.random() < self.characters.hasty else 0.0

    def find(self, label: str, writer: int | None, rng: np.random.Generator) -> int | None:
        """The index of a random `label` by `writer`, or by any writer if None; None if there is none."""
        found = self._of_label.get(label) if writer is None else self._by_writer.get((writer, label))
        return None if found is None else int(rng.choice(found))


def _draw_large(strokes: Paths) -> Fields:
    """The spine of a character, as large as MNIST's digits."""
    height, width = extent(strokes)
    return draw(strokes, _LONG / max(height, width, USUAL_HEIGHT / 8))


def hasten(strokes: Paths, haste: float, rng: np.random.Generator) -> Paths:
    """The strokes of a hasty pen, which meets the paper too early or too late, and leaves it too late or too
    early, by about `haste`, a share of the usual height."""
    if not haste:
        return strokes
    moved = [_shift_start(_shift_start(stroke, haste, rng)[::-1], haste, rng)[::-1] for stroke in strokes]
    corner = np.min([stroke.min(axis=0) for stroke in moved], axis=0)
    return [np.rint(stroke - corner).astype(np.int16) for stroke in moved]


def _shift_start(stroke: NDArray[Any], haste: float, rng: np.random.Generator) -> NDArray[Any]:
    """The stroke (n, 2), begun earlier along its tangent, or later."""
    along = np.cumsum([0, *np.linalg.norm(np.diff(stroke.astype(np.float64), axis=0), axis=1)])
    if along[-1] < _SHORT * USUAL_HEIGHT:
        return stroke
    earlier = float(rng.normal(0.5 * haste, haste)) * USUAL_HEIGHT
    if earlier < 0:
        later = min(-earlier, _MAX_LOSS * along[-1])
        start = [np.interp(later, along, stroke[:, axis]) for axis in (0, 1)]
        return np.concatenate([[start], stroke[along > later]])
    inward = stroke[int(np.searchsorted(along, _TANGENT * USUAL_HEIGHT))] - stroke[0].astype(np.float64)
    length = float(np.linalg.norm(inward))
    return np.concatenate([[stroke[0] - inward * (earlier / length)], stroke]) if length else stroke


def extent(strokes: Paths) -> tuple[int, int]:
    """The height and width of a character, in the units of its points."""
    right, bottom = np.max([stroke.max(axis=0) for stroke in strokes], axis=0).tolist()
    return bottom, right


def draw(strokes: Paths, scale: float) -> Fields:
    """The spine of a character, its points scaled by `scale`, with a margin."""
    height, width = extent(strokes)
    rows, columns = (int(np.ceil(side * scale)) + 1 + 2 * _MARGIN for side in (height, width))
    line = np.zeros((rows, columns), dtype=np.uint8)
    ways = [np.rint((stroke * scale + _MARGIN) * 2**_SHIFT).astype(np.int32) for stroke in strokes]
    # A stroke of one point, a dot, would not be drawn.
    cv2.polylines(
        line, [np.repeat(way, 2, axis=0) if len(way) == 1 else way for way in ways], False, 1, shift=_SHIFT
    )
    return spine_of(line)


def _even_out(groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weights that draw a group of n members in proportion to the square root of n."""
    _, inverse, counts = np.unique(groups, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse] ** -0.5)


def _limit_fonts(weights: NDArray[np.float64], writers: NDArray[np.int64]) -> NDArray[np.float64]:
    """The weights of what `writers` wrote, changed so that fonts are drawn as often as `_OF_FONTS` says."""
    are_fonts = writers < 0
    if not are_fonts.any() or are_fonts.all():
        return weights
    of_fonts, of_people = weights[are_fonts].sum(), weights[~are_fonts].sum()
    limited = np.where(are_fonts, weights * _OF_FONTS / of_fonts, weights * (1 - _OF_FONTS) / of_people)
    return np.asarray(limited)


def _choose(members: NDArray[np.int64], cumulative: NDArray[np.float64], rng: np.random.Generator) -> int:
    """One of the members, drawn by the cumulative sums of their weights."""
    return int(members[np.searchsorted(cumulative, rng.uniform(0, cumulative[-1]))])
