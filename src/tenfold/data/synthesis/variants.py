"""Forms of digits that are common elsewhere and rare in MNIST, made from MNIST's own.

MNIST was written by Americans. Half of Europe gives its 1 a long upstroke, often with a foot, bars its 7 and
begins it with a downstroke, hooks the tail of its 9 and lifts the pen within its 4; programmers strike
through their 0. Each function redraws the middle line of a digit, uint8 (56, 56) of 0 and 1, in place.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Line = NDArray[np.uint8]
Point = NDArray[np.float64]  # (x, y)


def write_one(line: Line, rng: np.random.Generator) -> None:
    """Give a 1 an upstroke, straight or bent, a foot, or both."""
    top, bottom = _ends(line)
    height = max(bottom[1] - top[1], 8)
    kind = rng.random()
    if kind < 0.85:
        length = height * rng.uniform(0.2, 0.95)
        angle = np.radians(rng.uniform(25, 65))  # from the vertical
        end = top + length * np.array([-np.sin(angle), np.cos(angle)])
        _bend(line, top, end, 0.15 * rng.standard_normal())
    if kind > 0.6:
        half = height * rng.uniform(0.12, 0.4)
        slope = rng.uniform(-0.15, 0.15)
        _bend(line, bottom - half * np.array([1, slope]), bottom + half * np.array([1, slope]))


def write_seven(line: Line, rng: np.random.Generator) -> None:
    """Bar a 7 across its stem, begin its top bar with a downstroke, or both."""
    rows, columns = np.nonzero(line)
    top, height = int(rows.min()), max(int(np.ptp(rows)), 8)
    kind = rng.random()
    if kind < 0.8:
        row = round(top + height * rng.uniform(0.35, 0.75))
        middle = np.array([columns[rows == row].max(initial=columns.min()), row], dtype=float)
        half = height * rng.uniform(0.14, 0.38)
        bar = half * np.array([1, rng.uniform(-0.45, 0.2)])
        _bend(line, middle - bar * rng.uniform(0.7, 1.3), middle + bar)
    if kind > 0.55:
        left = columns[rows <= top + 0.3 * height].min()
        start = np.array([left, rows[columns == left].min()], dtype=float)
        stroke = height * rng.uniform(0.1, 0.38)
        lean = rng.uniform(-0.6, 0.1)
        if rng.random() < 0.5:
            _bend(line, start, start + stroke * np.array([lean, -1]))  # down to the bar, which then rises
        else:
            _bend(line, start, start + stroke * np.array([0.4 * lean, 1]))


def write_nine(line: Line, rng: np.random.Generator) -> None:
    """Hook the tail of a 9 to the left."""
    _, bottom = _ends(line)
    height = np.ptp(np.nonzero(line)[0])
    reach = height * rng.uniform(0.2, 0.75)
    _bend(line, bottom, bottom + reach * np.array([-1, rng.uniform(-0.5, 0.1)]), -rng.uniform(0, 0.45))


def write_four(line: Line, rng: np.random.Generator) -> None:
    """Shorten the stem of a 4 at its top, so that the pen seems to be lifted from the left stroke to it."""
    rows, columns = np.nonzero(line)
    right = columns.min() + np.ptp(columns) * rng.uniform(0.45, 0.6)
    cut = rows.min() + np.ptp(rows) * rng.uniform(0.15, 0.4)
    line[: round(cut), round(right) :] = 0


def write_zero(line: Line, rng: np.random.Generator) -> None:
    """Strike a 0 through, from below left to above right."""
    rows, columns = np.nonzero(line)
    middle = np.array([columns.mean(), rows.mean()])
    reach = np.array([np.ptp(columns), -np.ptp(rows)]) * rng.uniform(0.25, 0.6)
    _bend(line, middle - reach, middle + reach)


VARIANTS = {  # with their share
    0: (write_zero, 0.05),
    1: (write_one, 0.45),
    4: (write_four, 0.15),
    7: (write_seven, 0.5),
    9: (write_nine, 0.3),
}


def _ends(line: Line) -> tuple[Point, Point]:
    """The highest and the lowest point."""
    rows, columns = np.nonzero(line)
    points = np.stack([columns, rows], axis=1).astype(np.float64)
    return points[rows.argmin()], points[rows.argmax()]


def _bend(line: Line, start: Point, end: Point, bow: float = 0.0) -> None:
    """A stroke one pixel wide that bows to its right by `bow` of its length; what leaves the grid is lost."""
    reach = end - start
    control = (start + end) / 2 + 2 * bow * np.array([-reach[1], reach[0]])
    t = np.linspace(0, 1, 12)[:, None]
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    cv2.polylines(line, [np.rint(curve).astype(np.int32)], False, 1)
