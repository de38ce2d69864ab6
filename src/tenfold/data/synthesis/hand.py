"""One hand with one pen and its own digit shapes."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthesis.nondigits import draw_scribble, write_text
from tenfold.data.synthesis.pen import CANVAS, HEIGHT, Ink, choose_pen, write_along, write_within
from tenfold.data.synthesis.strokes import Strokes, spine_of
from tenfold.data.synthesis.variants import IN_LINES

_FINEST_PX = 2.2  # of a pen; finer lines vanish in a strip
# Letters and signs that look like no digit, even in a line.
_SIGNS = "ACEFHKMNRUVWXacdekmnuvwxy#$%&*+=?@"
FOOT = (CANVAS + HEIGHT) / 2  # the baseline: the row of the canvas on which digits stand


class Hand:
    """Writes digits and signs as ink float32 (h, w), about 72 pixels high.

    The pen is `width` pixels wide, by default any width that is visible in a strip.
    """

    def __init__(self, strokes: Strokes, rng: np.random.Generator, width: float | None = None) -> None:
        self._strokes = strokes
        self._rng = rng
        self.width = width or max(choose_pen(rng), _FINEST_PX)
        self._keeps_pens = rng.random() < 0.25  # each digit with the pen that it was written with
        self._steadiness = float(rng.uniform(0.9, 2.0))
        self._has_forms = rng.random(10) < 0.6
        self._spread = 0.14 if rng.random() < 0.3 else 0.05  # standard deviation of the logarithm of size
        self._size_of_zeros = float(rng.uniform(0.55, 0.9)) if rng.random() < 0.25 else 1.0

    def write(self, index: int, value: int) -> Ink:
        """The digit `index` of the strokes, whose label is `value`."""
        rng = self._rng
        line = self._vary(index, value)
        if line is not None:
            ink = write_along(spine_of(line), rng, self._steadiness, width=self.width)
        elif self._keeps_pens:
            ink = write_within(self._strokes.outlines[index], rng, self._steadiness)
        else:
            ink = write_along(self._strokes.spines[index], rng, self._steadiness, width=self.width)
        size = math.exp(rng.normal(0, self._spread)) * (self._size_of_zeros if value == 0 else 1)
        how = cv2.INTER_AREA if size < 1 else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(ink, None, fx=size, fy=size, interpolation=how), dtype=np.float32)

    def dot(self) -> Ink:
        """A dot or a comma on the baseline."""
        rng = self._rng
        ink = np.zeros((CANVAS, CANVAS), dtype=np.float32)
        foot = FOOT - rng.uniform(-6, 6)
        length = rng.uniform(0, 14) if rng.random() < 0.6 else 0
        lean = rng.normal(-0.4, 0.3)
        start = round(CANVAS / 2), round(foot - length / 3)
        end = round(CANVAS / 2 + lean * length), round(foot + 2 * length / 3)
        thickness = max(1, round(self.width * rng.uniform(0.9, 1.4)))
        cv2.line(ink, start, end, 1.0, thickness, cv2.LINE_AA)
        return ink

    def dash(self) -> Ink:
        """A dash, sometimes with a short downstroke, an equals sign, or a long bar that ends a line."""
        rng = self._rng
        length = rng.uniform(12, 40) if rng.random() < 0.75 else rng.uniform(40, 110)
        ink = np.zeros((CANVAS, round(length) + 16), dtype=np.float32)
        middle, gap = CANVAS / 2 + rng.normal(0, 5), rng.uniform(8, 14)
        rise = length * rng.normal(-0.08, 0.12)
        for row in (middle, middle + gap) if rng.random() < 0.35 else (middle,):
            start, end = (8, round(row - rise / 2)), (round(8 + length), round(row + rise / 2))
            cv2.line(ink, start, end, 1.0, max(1, round(self.width)), cv2.LINE_AA)
        if rng.random() < 0.15:
            above = 8 + round(rng.uniform(-6, 6)), round(middle - rise / 2 - rng.uniform(6, 18))
            cv2.line(ink, above, (8, round(middle - rise / 2)), 1.0, max(1, round(self.width)), cv2.LINE_AA)
        return ink

    def bar(self) -> Ink:
        """One or two strokes much longer than a dash: straight, bent, in fading waves, or hooked."""
        rng = self._rng
        length, pen = rng.uniform(1.2, 6) * HEIGHT, max(1, round(self.width))
        x = np.linspace(0, length, 60)
        y = rng.normal(0, 0.06) * x + rng.normal(0, 5) * np.sin(math.pi * x / length)
        kind = rng.random()
        if kind < 0.35:
            waves, height = rng.uniform(1, 5), rng.uniform(0.1, 0.5) * HEIGHT
            fading = np.linspace(1, rng.uniform(0, 1), 60) ** rng.uniform(0.5, 2)
            y += 0.5 * height * fading * np.sin(2 * math.pi * (waves * x / length + rng.random()))
        elif kind < 0.55:
            hooked = x > length - rng.uniform(4, 16)
            y[hooked] += rng.normal(0, 1) * (x[hooked] - x[hooked][0])
        y += CANVAS / 2 + rng.normal(0, 7)
        ink = np.zeros((CANVAS, round(length) + 16), dtype=np.float32)
        for below in (0.0, rng.uniform(7, 16)) if rng.random() < 0.25 else (0.0,):
            way = np.rint(np.stack([x + 8 + rng.normal(0, 3), y + below], axis=1)).astype(np.int32)
            cv2.polylines(ink, [way], False, 1.0, pen, cv2.LINE_AA)
        return ink

    def sign(self) -> Ink:
        """A letter, a sign or a scribble."""
        rng = self._rng
        text = str(rng.choice(list(_SIGNS)))
        spine = write_text(text, rng) if rng.random() < 0.85 else draw_scribble(self._strokes, rng)
        return write_along(spine, rng, width=self.width)

    def _vary(self, index: int, value: int) -> NDArray[np.uint8] | None:
        """The middle line of the digit in a variant that this hand uses; None for the plain shape."""
        for vary, share in IN_LINES.get(value, ()):
            if self._has_forms[value] and self._rng.random() < share:
                line: NDArray[np.uint8] = (self._strokes.spines[index] == 0).astype(np.uint8)
                vary(line, self._rng)
                return line
        return None
