"""Lines of digits written from MNIST's, with what stands around digits in the world.

One hand writes a line with one pen; amounts have their dots, commas and dashes, forms their rulings. What is
no digit is no part of a label.
"""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthesis.hand import Hand
from tenfold.data.synthesis.line import Line
from tenfold.data.synthesis.rows import MOST_LABELS, WIDTH_PX, fill_rows
from tenfold.data.synthesis.strokes import trace
from tenfold.data.synthesis.texts import choose_values
from tenfold.imaging.strip import HEIGHT_PX

_IMAGES_PER_ROW = 7
# Drawing a row takes half as long as learning from it, so that each is used in two epochs.
_USES = 2

Rng = np.random.Generator


class Strings:
    """Writes lines of given MNIST images, uint8 (N, 28, 28) with labels (N,).

    An epoch has a row for every seven of them: as many lines side by side as fill 256 columns, as
    `imaging.strip` makes them. Every second epoch, the lines are written anew.
    """

    image_shape: tuple[int, ...] = (HEIGHT_PX, WIDTH_PX)
    label_shape: tuple[int, ...] = (MOST_LABELS,)

    def __init__(self, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
        self._strokes = trace(images)
        self._of_value = [np.flatnonzero(labels == value) for value in range(10)]
        self._rows = max(len(labels) // _IMAGES_PER_ROW, 1)

    def __len__(self) -> int:
        """How many rows an epoch has."""
        return self._rows

    def draw(self, seed: int, epoch: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The rows of one epoch, uint8 (N, 36, 256), and the digits in each, int64 (N, 40), filled with 10.

        Decided by `seed` and `epoch` alone.
        """
        rng = np.random.default_rng([seed, epoch // _USES, 2])
        return fill_rows(partial(self.write, rng), self._rows)

    def write(self, rng: Rng) -> tuple[NDArray[np.uint8], list[int]]:
        """A line as a strip, and its digits."""
        values = choose_line(rng)
        line, hand = Line(rng), Hand(self._strokes, rng)
        if rng.random() < 0.12:
            _write_aside(line, hand, rng)
        has_dots = rng.random() < 0.35
        for n_left, value in zip(range(len(values) - 1, -1, -1), values, strict=True):
            index = int(rng.choice(self._of_value[value]))
            line.append(hand.write(index, value), is_digit=True)
            if has_dots and ((n_left == 3 and rng.random() < 0.8) or rng.random() < 0.08):
                line.append(hand.dot(), is_digit=False)
        if not values or rng.random() < 0.35:
            _write_aside(line, hand, rng)
        return line.picture(), values


def choose_line(rng: Rng) -> list[int]:
    """The digits of a line, as `choose_values` has them; now and then none."""
    return [] if rng.random() < 0.07 else choose_values(rng)


def _write_aside(line: Line, hand: Hand, rng: Rng) -> None:
    """What stands before or after an amount: a dash, letters, signs."""
    if rng.random() < 0.6:
        line.append(hand.dash(), is_digit=False)
    else:
        for _ in range(rng.integers(1, 4)):
            line.append(hand.sign(), is_digit=False)
