"""Realistic lines: numbers with their signs, words next to them, each line by one writer."""

import numpy as np
from numpy.typing import NDArray

from tenfold.data.pens import Characters
from tenfold.data.synthesis import surroundings
from tenfold.data.synthesis.line import Line
from tenfold.data.synthesis.nondigits import draw_scribble
from tenfold.data.synthesis.pen import write_along
from tenfold.data.synthesis.penman import Penman
from tenfold.data.synthesis.rows import Rows
from tenfold.data.synthesis.scribbles import draw_stain, draw_tally
from tenfold.data.synthesis.texts import choose_text
from tenfold.data.synthesis.written import Written
from tenfold.symbols import DIGITS, symbols_of

Rng = np.random.Generator
_MEANINGLESS = 0.06  # of the lines
_ANGULAR = 0.08  # of the hands


class Writing(Rows):
    """Lines by the writers of `characters`, some of them with MNIST's digits instead of their own.

    The labels are classes of `tenfold.symbols`.
    """

    uses = 1

    def __init__(self, images: NDArray[np.uint8], labels: NDArray[np.int64], characters: Characters) -> None:
        super().__init__(images, labels)
        self._written = Written(characters)

    def write(self, rng: Rng) -> tuple[NDArray[np.uint8], list[int]]:
        """A line as a strip, uint8 (36, w), and its labels."""
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
        """A strip without writing: scribbles, tally marks, or stains like the grain of paper.

        `pen` is the width of the strokes in pixels.
        """
        line, kind = Line(rng), int(rng.integers(3))
        for _ in range(int(rng.integers(2, 7))):
            if kind == 0:
                ink = write_along(draw_scribble(self.strokes, rng), rng, width=pen)
            else:
                ink = draw_tally(pen, rng) if kind == 1 else draw_stain(rng)
            line.append(ink, is_digit=False)
        return line.picture()


def _write(text: str, penman: Penman, rng: Rng) -> Line:
    line = Line(rng)
    for character in text:
        if character == " ":
            line.leave_space()
        elif (ink := penman.write(character)) is not None:
            line.append(ink, is_digit=character in DIGITS)
    return line
