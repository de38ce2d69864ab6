"""Lines as people write them: numbers with their signs, words beside them, each line by one writer."""

import numpy as np
from numpy.typing import NDArray

from tenfold.data.pens import Characters
from tenfold.data.synthesis import surroundings
from tenfold.data.synthesis.line import Line
from tenfold.data.synthesis.penman import Penman
from tenfold.data.synthesis.rows import Rows
from tenfold.data.synthesis.texts import choose_text
from tenfold.data.synthesis.written import Written
from tenfold.symbols import DIGITS, symbols_of

Rng = np.random.Generator


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
        text = choose_text(rng)
        penman = Penman(self.strokes, self.of_value, self._written, rng)
        line = _write(text, penman, rng)
        if rng.random() < 0.07:
            line.cross(_write(choose_text(rng), penman, rng))
        chance = rng.random()
        surround = surroundings.frame if chance < 0.06 else surroundings.separate if chance < 0.12 else None
        return line.picture(surround), symbols_of(text)


def _write(text: str, penman: Penman, rng: Rng) -> Line:
    line = Line(rng)
    for character in text:
        if character == " ":
            line.leave_space()
        elif (ink := penman.write(character)) is not None:
            line.append(ink, is_digit=character in DIGITS)
    return line
