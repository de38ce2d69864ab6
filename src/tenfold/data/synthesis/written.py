"""Characters by real writers, as spines that any pen can follow."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.pens import USUAL_HEIGHT, Characters
from tenfold.data.synthesis.strokes import FINENESS, Fields, spine_of
from tenfold.imaging.normalize import BOX_PX

_LONG = BOX_PX * FINENESS  # grid points: the longer side of a digit
_MARGIN = 8
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
        self._weights = [_even_out(writers[of_value]) for of_value in self._digits]
        self._others = np.flatnonzero(~np.isin(labels, list(_LIKE_DIGITS)))
        self._of_label = {label: np.flatnonzero(labels == label) for label in np.unique(labels).tolist()}
        self._by_writer = {
            (writer, label): of_label[writers[of_label] == writer]
            for label, of_label in self._of_label.items()
            for writer in np.unique(writers[of_label]).tolist()
        }
        self._writers = np.unique(writers[np.isin(labels, list("0123456789"))])
        self._weights_of_others = _even_out(np.unique(labels[self._others], return_inverse=True)[1])

    def digit(self, value: int, rng: np.random.Generator) -> Fields:
        """A digit by a random writer; prolific writers are chosen little more often than others."""
        return self._spine(_choose(self._digits[value], self._weights[value], rng))

    def other(self, rng: np.random.Generator) -> Fields:
        """A letter or sign that is not mistaken for a digit."""
        return self._spine(_choose(self._others, self._weights_of_others, rng))

    def any_writer(self, rng: np.random.Generator) -> int:
        """A random writer of digits."""
        return int(rng.choice(self._writers))

    def find(self, label: str, writer: int | None, rng: np.random.Generator) -> int | None:
        """The index of a random `label` by `writer`, or by any writer if None; None if there is none."""
        found = self._of_label.get(label) if writer is None else self._by_writer.get((writer, label))
        return None if found is None else int(rng.choice(found))

    def _spine(self, index: int) -> Fields:
        strokes = self.characters.strokes_of(index)
        height, width = extent(strokes)
        return draw(strokes, _LONG / max(height, width, USUAL_HEIGHT / 8))


def extent(strokes: list[NDArray[np.int16]]) -> tuple[int, int]:
    """The height and width of a character, in the units of its points."""
    right, bottom = np.max([stroke.max(axis=0) for stroke in strokes], axis=0).tolist()
    return bottom, right


def draw(strokes: list[NDArray[np.int16]], scale: float) -> Fields:
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
    """Cumulative weights that draw a group of n members in proportion to the square root of n."""
    _, inverse, counts = np.unique(groups, return_inverse=True, return_counts=True)
    weights = counts[inverse] ** -0.5
    return np.asarray(np.cumsum(weights / weights.sum()))


def _choose(members: NDArray[np.int64], cumulative: NDArray[np.float64], rng: np.random.Generator) -> int:
    return int(members[min(int(np.searchsorted(cumulative, rng.random())), len(members) - 1)])
