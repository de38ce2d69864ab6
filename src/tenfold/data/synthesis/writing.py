"""Lines as people write them: numbers with their signs, words beside them, each line by one writer."""

from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from tenfold.data.pens import Characters
from tenfold.data.synthesis import surroundings
from tenfold.data.synthesis.line import Line
from tenfold.data.synthesis.penman import Penman
from tenfold.data.synthesis.rows import MOST_LABELS, WIDTH_PX, fill_rows
from tenfold.data.synthesis.strokes import trace
from tenfold.data.synthesis.texts import choose_text
from tenfold.data.synthesis.written import Written
from tenfold.imaging.strip import HEIGHT_PX
from tenfold.symbols import DIGITS, symbols_of

_IMAGES_PER_ROW = 7
# Drawing a row takes as long as learning from it, so that each is used in three epochs.
_USES = 3

Rng = np.random.Generator


class Writing:
    """Writes lines with the digits of MNIST images, uint8 (N, 28, 28) with labels (N,), and `characters`.

    An epoch has a row for every seven images: as many lines side by side as fill 256 columns, as
    `imaging.strip` makes them. Every third epoch, the lines are written anew.
    """

    image_shape: tuple[int, ...] = (HEIGHT_PX, WIDTH_PX)
    label_shape: tuple[int, ...] = (MOST_LABELS,)

    def __init__(self, images: NDArray[np.uint8], labels: NDArray[np.int64], characters: Characters) -> None:
        self._strokes = trace(images)
        self._of_value = [np.flatnonzero(labels == value) for value in range(10)]
        self._written = Written(characters)
        self._rows = max(len(labels) // _IMAGES_PER_ROW, 1)
        self._write_rows = lru_cache(maxsize=1)(self._write_anew)

    def __len__(self) -> int:
        """How many rows an epoch has."""
        return self._rows

    def draw(self, seed: int, epoch: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The rows of one epoch, uint8 (N, 36, 256), and what they say, int64 (N, 40), filled with 10.

        Decided by `seed` and `epoch` alone. What they say are the answers of `symbols`.
        """
        return self._write_rows(seed, epoch // _USES)

    def _write_anew(self, seed: int, number: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        rng = np.random.default_rng([seed, number, 2])
        return fill_rows(partial(self.write, rng), self._rows)

    def write(self, rng: Rng) -> tuple[NDArray[np.uint8], list[int]]:
        """A line as a strip, and what it says."""
        text = choose_text(rng)
        penman = Penman(self._strokes, self._of_value, self._written, rng)
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
