"""Lines of MNIST digits, with what surrounds numbers on real paper.

Each line is by one hand with one pen; amounts have dots, commas and dashes, forms have rulings. Labels
contain only the digits.
"""

import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthesis.hand import Hand
from tenfold.data.synthesis.line import Line
from tenfold.data.synthesis.rows import Rows
from tenfold.data.synthesis.texts import choose_values

Rng = np.random.Generator


class Strings(Rows):
    """Lines of MNIST digits, labelled with their digits alone."""

    uses = 2

    def write(self, rng: Rng) -> tuple[NDArray[np.uint8], list[int]]:
        """A line as a strip, uint8 (36, w), and its digits."""
        values = choose_line(rng)
        line, hand = Line(rng), Hand(self.strokes, rng)
        if rng.random() < 0.12:
            _write_aside(line, hand, rng)
        has_dots = rng.random() < 0.35
        for n_left, value in zip(range(len(values) - 1, -1, -1), values, strict=True):
            index = int(rng.choice(self.of_value[value]))
            line.append(hand.write(index, value), is_digit=True)
            if has_dots and ((n_left == 3 and rng.random() < 0.8) or rng.random() < 0.08):
                line.append(hand.dot(), is_digit=False)
        if not values or rng.random() < 0.35:
            _write_aside(line, hand, rng)
        return line.picture(), values


def choose_line(rng: Rng) -> list[int]:
    """The digits of a line, from `choose_values`; occasionally none."""
    return [] if rng.random() < 0.07 else choose_values(rng)


def _write_aside(line: Line, hand: Hand, rng: Rng) -> None:
    """Something before or after an amount: a dash, letters, signs."""
    if rng.random() < 0.6:
        line.append(hand.dash(), is_digit=False)
    else:
        for _ in range(rng.integers(1, 4)):
            line.append(hand.sign(), is_digit=False)
