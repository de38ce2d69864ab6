"""One person with one pen: digits, signs and letters in one writer's hand."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthesis.hand import FOOT, Hand
from tenfold.data.synthesis.pen import CANVAS, HEIGHT, Ink, write_along
from tenfold.data.synthesis.segments import write_segments
from tenfold.data.synthesis.strokes import Strokes
from tenfold.data.synthesis.texts import BAR
from tenfold.data.synthesis.written import Written, draw, extent, hasten
from tenfold.symbols import DIGITS

_SPREAD_OF_LEAN = 0.2  # of the rank among all digits of a value
_OWN_DIGITS = 0.5  # of the lines; in the others they are MNIST's, redrawn with the same pen
_GRID_PER_UNIT = 0.4  # a typical digit is 40 grid points high
_LARGEST = 58  # grid points
_INKED = 0.3
_OF_SEGMENTS = 0.4  # of the angular hands
_ANGULAR = 0.12  # of a character's larger side: the tolerance when curves are straightened
# The height above the baseline of a character's foot, middle or top, in heights of a digit. All other
# characters stand on the baseline.
_FEET = {**dict.fromkeys("gjpqy", -0.3), **dict.fromkeys("()/[]{}|$@&", -0.08), ",": -0.2, ";": -0.15}
_MIDDLES = {**dict.fromkeys("-+=~<>", 0.45), ":": 0.35}
_TOPS = dict.fromkeys("'\"`^*", 1.0)


class Penman:
    """Writes characters as ink float32 (72, w), with the baseline at row `FOOT`; callers place the digits.

    If `angular`, the curves of the writer's own strokes are straightened, or digits have seven segments.
    `width` is the pen's, as in `Hand`.
    """

    def __init__(
        self,
        strokes: Strokes,
        of_value: list[np.ndarray],
        written: Written,
        rng: np.random.Generator,
        *,
        angular: bool = False,
        width: float | None = None,
    ) -> None:
        self._hand = Hand(strokes, rng, width)
        self._of_value = of_value
        self._written, self._writer = written, written.any_writer(rng)
        self._has_own_digits = rng.random() < _OWN_DIGITS
        self._steadiness = float(rng.uniform(1.3, 3.0))
        self._size = math.exp(rng.normal(0, 0.08))
        self._rng = rng
        self._angular = angular
        self._lean_rank = float(rng.uniform())
        self._haste = written.choose_haste(rng)
        self._has_own_digits |= angular
        self._of_segments = angular and rng.random() < _OF_SEGMENTS

    @property
    def width(self) -> float:
        """The pen's width in pixels, for digits 44 pixels high."""
        return self._hand.width

    def write(self, character: str) -> Ink | None:
        """The character, or None if no writer wrote one."""
        rng = self._rng
        if character == BAR:
            return self._hand.bar()
        if self._of_segments and character in DIGITS:
            return self._follow(write_segments(int(character), rng), character)
        own = self._written.find(character, self._writer, rng)
        if character in DIGITS and (own is None or not self._has_own_digits):
            value = int(character)
            return self._hand.write(self._like_the_others(self._of_value[value]), value)
        if own is None:
            own = self._written.find(character, None, rng)
        if own is None:
            return None
        strokes = self._written.characters.strokes_of(own)
        if character in DIGITS:
            strokes = hasten(strokes, self._haste, rng)
        if self._angular:
            strokes = [_with_corners(stroke, extent(strokes)) for stroke in strokes]
        return self._follow(strokes, character)

    def _like_the_others(self, sorted_by_lean: NDArray[np.int64]) -> int:
        """The index of a digit that leans about as much as this writer's others: only then a slash differs
        from a 1."""
        rank = min(max(self._lean_rank + self._rng.normal(0, _SPREAD_OF_LEAN), 0), 1)
        return int(sorted_by_lean[round(rank * (len(sorted_by_lean) - 1))])

    def _follow(self, strokes: list[NDArray[np.int16]], character: str) -> Ink:
        scale = min(_GRID_PER_UNIT * self._size, _LARGEST / max(*extent(strokes), 1))
        # Dots are pressed: as fine as a thin pen's line, they would vanish in a strip.
        bolder = self._rng.uniform(1.0, 1.8) if character in ".:;" else 1.0
        ink = write_along(draw(strokes, scale), self._rng, self._steadiness, width=bolder * self._hand.width)
        return ink if character in DIGITS else _place(ink, character, self._rng)


def _with_corners(stroke: NDArray[np.int16], size: tuple[int, int]) -> NDArray[np.int16]:
    """The stroke (n, 2) with straight segments, as some people write in the boxes of a form."""
    near = _ANGULAR * max(size)
    kept = cv2.approxPolyDP(stroke.astype(np.int32)[:, None], near, False)[:, 0]
    return np.asarray(kept, dtype=np.int16)


def _place(ink: Ink, character: str, rng: np.random.Generator) -> Ink:
    """Move the ink vertically to its character's position on the line."""
    _, top, _, height = cv2.boundingRect((ink > _INKED).view(np.uint8))
    rise = HEIGHT * rng.normal(0, 0.04)
    if character in _MIDDLES:
        new_top = FOOT - HEIGHT * _MIDDLES[character] - rise - height / 2
    elif character in _TOPS:
        new_top = FOOT - HEIGHT * _TOPS[character] - rise
    else:
        new_top = FOOT - HEIGHT * _FEET.get(character, 0) - rise - height
    moved = np.zeros_like(ink)
    shift = round(min(max(new_top, 0), CANVAS - max(height, 1))) - top
    if shift >= 0:
        moved[shift:] = ink[: CANVAS - shift]
    else:
        moved[:shift] = ink[-shift:]
    return moved
