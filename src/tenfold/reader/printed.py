"""Which digits are printed: those of a number are equally high and stand in a row."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.segment import Box
from tenfold.reader.reading import Digit, Line, line_of

# Log-odds of print for each digit that could deviate; fitted to drawn numbers by held-out writers
# (benchmarks/printed_numbers.py).
DEVIATION, OFFSET = -1.58, -4.63
_SURE = 0.9
_FINEST = 0.005  # of the digits' height: smaller deviations are not measured


def mark_print(line: Line) -> Line:
    """The line with those digits `printed` whose numbers are evenly set. It must be horizontal, as on a page.

    It takes at least three digits to tell.
    """
    return line_of([mark for part in line.parts for mark in _marked(part).marks])


def evenness(boxes: Sequence[Box]) -> NDArray[np.float64]:
    """How evenly a number is set, given the boxes of its digits: float64 (2,), to be weighed by `DEVIATION`
    and `OFFSET`.

    Tops and feet are compared with a straight line each. The logarithm of their standard deviation, in
    heights, counts once for each digit that could deviate; two never do.
    """
    n_free = len(boxes) - 2
    if n_free < 1:
        return np.zeros(2)
    line = np.vander([box.x + box.width / 2 for box in boxes], 2)
    edges = np.array([[box.y, box.bottom] for box in boxes])
    deviations = edges - line @ np.linalg.lstsq(line, edges)[0]
    height = np.mean([box.height for box in boxes])
    variance = np.square(deviations).sum() / n_free / height**2
    return n_free * np.array([math.log(_FINEST**2 + variance) / 2, 1.0])


def _marked(part: Line) -> Line:
    if not part.digits:
        return part
    log_odds = evenness([digit.box for digit in part.digits]) @ (DEVIATION, OFFSET)
    if log_odds < math.log(_SURE / (1 - _SURE)):
        return part
    return line_of([replace(mark, printed=True) if isinstance(mark, Digit) else mark for mark in part.marks])
