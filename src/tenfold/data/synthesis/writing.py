"""Lines as people write them: numbers with their signs, words beside them, each line by one writer."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.pens import Characters
from tenfold.data.synthesis import surroundings
from tenfold.data.synthesis.line import Line
from tenfold.data.synthesis.nondigits import draw_scribble
from tenfold.data.synthesis.pen import CANVAS, HEIGHT, Ink, write_along
from tenfold.data.synthesis.penman import Penman
from tenfold.data.synthesis.rows import Rows
from tenfold.data.synthesis.texts import choose_text
from tenfold.data.synthesis.written import Written
from tenfold.symbols import DIGITS, symbols_of

Rng = np.random.Generator
_MEANINGLESS = 0.06  # of the lines
_ANGULAR = 0.05  # of the hands


class Writing(Rows):
    """Lines by the writers of `characters`, some of them with MNIST's digits instead of their own.

    What they say are the answers of `symbols`.
    """

    uses = 3

    def __init__(self, images: NDArray[np.uint8], labels: NDArray[np.int64], characters: Characters) -> None:
        super().__init__(images, labels)
        self._written = Written(characters)

    def write(self, rng: Rng) -> tuple[NDArray[np.uint8], list[int]]:
        """A line as a strip, uint8 (36, w), and what it says."""
        penman = Penman(self.strokes, self.of_value, self._written, rng, angular=rng.random() < _ANGULAR)
        if rng.random() < _MEANINGLESS:
            return self._doodle(penman.width, rng), []
        text = choose_text(rng)
        line = _write(text, penman, rng)
        if rng.random() < 0.07:
            line.cross(_write(choose_text(rng), penman, rng))
        chance = rng.random()
        surround = surroundings.frame if chance < 0.06 else surroundings.separate if chance < 0.12 else None
        return line.picture(surround), symbols_of(text)

    def _doodle(self, pen: float, rng: Rng) -> NDArray[np.uint8]:
        """A strip of what is no writing: scribbles, tally marks, or stains as the grain of paper leaves them.

        The strokes are as wide as those of a `pen` in pixels.
        """
        line, kind = Line(rng), int(rng.integers(3))
        for _ in range(int(rng.integers(2, 7))):
            if kind == 0:
                ink = write_along(draw_scribble(self.strokes, rng), rng, width=pen)
            else:
                ink = _tally(pen, rng) if kind == 1 else _stain(rng)
            line.append(ink, is_digit=False)
        return line.picture()


def _tally(pen: float, rng: Rng) -> Ink:
    """Strokes beside each other, struck through: ink (72, w)."""
    n, pitch, margin = int(rng.integers(3, 5)), rng.uniform(7, 16), 8
    ink = np.zeros((CANVAS, round(n * pitch) + 2 * margin), dtype=np.float32)
    top, foot = (CANVAS - HEIGHT) / 2, (CANVAS + HEIGHT) / 2
    starts = [(margin + pitch * (index + 0.5), top) for index in range(n)]
    ends = [(x + rng.normal(0, 3), foot) for x, _ in starts]
    left, right = foot - rng.uniform(0, 20), top + rng.uniform(0, 20)
    if rng.random() < 0.3:
        left, right = right, left
    strike = (margin, left), (ink.shape[1] - margin, right)
    thickness = max(1, round(pen))
    for start, end in (*zip(starts, ends, strict=True), strike):
        shaken = np.rint(rng.normal((start, end), 2)).astype(int).tolist()
        cv2.line(ink, shaken[0], shaken[1], 1.0, thickness, cv2.LINE_AA)
    return ink


def _stain(rng: Rng) -> Ink:
    """Ink (72, w) where noise, smoothed, is strongest."""
    noise = rng.random((CANVAS, int(rng.integers(20, 90))), dtype=np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), float(rng.uniform(1.5, 9)))
    low, high = np.quantile(smooth, [rng.uniform(0.5, 0.9), 1])
    return np.asarray(np.clip((smooth - low) / max(high - low, 1e-6), 0, 1), dtype=np.float32)


def _write(text: str, penman: Penman, rng: Rng) -> Line:
    line = Line(rng)
    for character in text:
        if character == " ":
            line.leave_space()
        elif (ink := penman.write(character)) is not None:
            line.append(ink, is_digit=character in DIGITS)
    return line
