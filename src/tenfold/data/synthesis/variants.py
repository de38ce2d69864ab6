"""Digit shapes that are common elsewhere and rare in MNIST, made from MNIST's digits.

MNIST was written by Americans. In much of Europe a 1 has a long upstroke and often a foot, a 7 is barred and
begins with a downstroke, the tail of a 9 is hooked, and the pen is lifted within a 4; programmers strike
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
    """Shorten the top of a 4's stem, as if the pen was lifted after the left stroke."""
    _shorten_stem(line, right=rng.uniform(0.45, 0.6), by=rng.uniform(0.15, 0.4))


def write_zero(line: Line, rng: np.random.Generator) -> None:
    """Strike a 0 through, from lower left to upper right."""
    rows, columns = np.nonzero(line)
    middle = np.array([columns.mean(), rows.mean()])
    reach = np.array([np.ptp(columns), -np.ptp(rows)]) * rng.uniform(0.25, 0.6)
    _bend(line, middle - reach, middle + reach)


def peak_one(line: Line, rng: np.random.Generator) -> None:
    """Give a 1 an upstroke as long as its stem, straight, or bent so that they enclose a loop."""
    top, bottom = _ends(line)
    height = max(bottom[1] - top[1], 8)
    angle = np.radians(rng.uniform(8, 45))  # from the vertical
    end = top + height * rng.uniform(0.65, 1.1) * np.array([-np.sin(angle), np.cos(angle)])
    _bend(line, top, end, rng.uniform(-0.3, 0.3) if rng.random() < 0.4 else 0.1 * rng.standard_normal())


def loop_two(line: Line, rng: np.random.Generator) -> None:
    """Begin a 2 with a loop, open or closed."""
    rows, columns = np.nonzero(line)
    height = max(int(np.ptp(rows)), 8)
    upper = rows < rows.min() + 0.4 * height
    start = np.array([columns[upper].min(), rows[upper][columns[upper].argmin()]], dtype=float)
    if rng.random() < 0.5:
        reach = height * np.array([rng.uniform(0.1, 0.4), rng.uniform(-0.1, 0.3)])
        _bend(line, start, start + reach, -rng.uniform(0.3, 0.9))
        return
    radii = height * rng.uniform(0.1, 0.22, 2)
    middle = start + radii * np.array([rng.uniform(0.6, 1), rng.uniform(0.2, 1)])
    axes = round(radii[0]), round(radii[1])
    cv2.ellipse(line, np.rint(middle).astype(int).tolist(), axes, rng.uniform(-40, 40), 0, 360, 1)


def lift_four(line: Line, rng: np.random.Generator) -> None:
    """Shorten a 4's stem above the bar until the digit looks like an h, or a u with a tail."""
    _shorten_stem(line, right=rng.uniform(0.4, 0.65), by=rng.uniform(0.25, 0.5))


def open_eight(line: Line, rng: np.random.Generator) -> None:
    """Leave an 8 open at the top, where the pen started and stopped, one end longer than the other."""
    rows, columns = np.nonzero(line)
    height, width = max(int(np.ptp(rows)), 8), max(int(np.ptp(columns)), 4)
    top, left = int(rows.min()), int(columns.min())
    start = left + width * rng.uniform(0.2, 0.7)
    gap = np.s_[: round(top + height * rng.uniform(0.12, 0.3)), round(start) : round(start + width * 0.35)]
    line[gap] = 0
    if rng.random() < 0.5:
        end = np.array([start + 0.35 * width, top + 0.1 * height])
        reach = height * np.array([rng.uniform(0.05, 0.3), rng.uniform(-0.3, 0.05)])
        _bend(line, end, end + reach, rng.normal(0, 0.15))


def close_five(line: Line, rng: np.random.Generator) -> None:
    """A 5 with a closed belly: one stroke down, and one up and away."""
    rows, columns = np.nonzero(line)
    height = max(int(np.ptp(rows)), 8)
    corner = np.array([(columns.min() + columns.max()) / 2, rows.min()])
    shape = np.array([(-0.25, 0.2), (-0.15, 1.0), (0.0, 0.35), (0.4, 0.12)])
    points = corner + height * (shape + rng.normal(0, 0.05, shape.shape))
    line[:] = 0
    for start, end, bow in zip(points, points[1:], (0.0, -0.05, -0.1), strict=False):
        _bend(line, start, end, rng.normal(bow, 0.08))


def turn_nine(line: Line, rng: np.random.Generator) -> None:
    """Mirror a 9, or begin it with a stroke from the side."""
    kind = rng.random()
    if kind < 0.35:
        line[:] = line[:, ::-1].copy()
        return
    rows, columns = np.nonzero(line)
    height = max(int(np.ptp(rows)), 8)
    upper = rows < rows.min() + 0.5 * height
    if kind < 0.7:  # an ear, from the right end of the loop
        start = np.array([columns[upper].max(), rows[upper][columns[upper].argmax()]], dtype=float)
        reach = height * np.array([rng.uniform(0, 0.3), -rng.uniform(0.05, 0.35)])
        _bend(line, start, start + reach, rng.uniform(-0.3, 0.3))
        return
    start = np.array([columns[upper].min(), rows[upper][columns[upper].argmin()]], dtype=float)
    reach = height * np.array([-rng.uniform(0.05, 0.3), rng.uniform(-0.35, 0.1)])
    _bend(line, start, start + reach, rng.uniform(-0.4, 0.4))


def cross_seven(line: Line, rng: np.random.Generator) -> None:
    """Reduce a 7 to its stem and bar, with hardly any top."""
    rows, columns = np.nonzero(line)
    height, width = max(int(np.ptp(rows)), 8), max(int(np.ptp(columns)), 4)
    line[: round(rows.min() + 0.3 * height), : round(columns.min() + rng.uniform(0.4, 0.8) * width)] = 0
    rows, columns = np.nonzero(line)
    row = round(rows.min() + height * rng.uniform(0.3, 0.55))
    middle = np.array([columns[rows == row].max(initial=columns.min()), row], dtype=float)
    bar = height * rng.uniform(0.2, 0.45) * np.array([1, rng.uniform(-0.4, 0.15)])
    _bend(line, middle - bar, middle + bar)


def trail_zero(line: Line, rng: np.random.Generator) -> None:
    """Let the stroke continue from the top of a 0."""
    rows, columns = np.nonzero(line)
    height = max(int(np.ptp(rows)), 8)
    row = round(rows.min() + height * rng.uniform(0, 0.35))
    here = columns[rows == row]
    side = here.min(initial=columns.max()) if rng.random() < 0.5 else here.max(initial=columns.min())
    start = np.array([side, row], dtype=float)
    reach = height * np.array([rng.uniform(0.2, 0.7), rng.uniform(-0.25, 0.2)])
    _bend(line, start, start + reach, rng.normal(0, 0.25))


def loop_four(line: Line, rng: np.random.Generator) -> None:
    """A 4 in one stroke: round to the right into a loop, from whose top the stem comes down."""
    _sweep(line, _LOOPED_FOUR, rng)


def loop_eight(line: Line, rng: np.random.Generator) -> None:
    """An 8 that begins and ends next to its waist."""
    _sweep(line, _LOOPED_EIGHT, rng)


def loop_nine(line: Line, rng: np.random.Generator) -> None:
    """A 9 that begins left of its stem, which its loop crosses."""
    _sweep(line, _LOOPED_NINE, rng)


VARIANTS = {  # with their probabilities
    0: (write_zero, 0.05),
    1: (write_one, 0.45),
    4: (write_four, 0.15),
    7: (write_seven, 0.5),
    9: (write_nine, 0.3),
}

# In a line, context separates digits from letters, so shapes are allowed that alone would be an h, a P or
# an r. Each with the probability that a hand which knows it uses it.
IN_LINES = {
    0: ((trail_zero, 0.25), (write_zero, 0.04)),
    1: ((peak_one, 0.35), (write_one, 0.45)),
    2: ((loop_two, 0.45),),
    4: ((loop_four, 0.08), (lift_four, 0.2), (write_four, 0.5)),
    5: ((close_five, 0.2),),
    7: ((cross_seven, 0.25), (write_seven, 0.65)),
    8: ((loop_eight, 0.1), (open_eight, 0.3)),
    9: ((loop_nine, 0.12), (turn_nine, 0.45), (write_nine, 0.4)),
}

# What a pen passes through, (x, y) in heights of the digit, from the middle of its top.
_LOOPED_FOUR = np.array(
    [
        *((-0.25, 0), (-0.3, 0.3), (-0.15, 0.58), (0.1, 0.6), (0.32, 0.38), (0.33, 0.12), (0.18, 0.04)),
        *((0.02, 0.28), (0, 0.6), (-0.03, 1)),
    ]
)
_LOOPED_EIGHT = np.array(
    [
        *((-0.42, 0.52), (0, 0.42), (0.25, 0.15), (0.03, 0), (-0.27, 0.2), (0, 0.5), (0.28, 0.78)),
        *((0.05, 1), (-0.25, 0.88), (0, 0.62), (0.48, 0.42)),
    ]
)
_LOOPED_NINE = np.array(
    [
        *((-0.35, 0.36), (0, 0.4), (0.24, 0.28), (0.28, 0.1), (0.12, 0), (-0.04, 0.1), (-0.07, 0.35)),
        *((0, 0.65), (0.03, 1)),
    ]
)


def _shorten_stem(line: Line, *, right: float, by: float) -> None:
    """Erase what is above `by` of the height and right of `right` of the width."""
    rows, columns = np.nonzero(line)
    top, left = rows.min() + np.ptp(rows) * by, columns.min() + np.ptp(columns) * right
    line[: round(top), round(left) :] = 0


def _ends(line: Line) -> tuple[Point, Point]:
    """The highest and the lowest point."""
    rows, columns = np.nonzero(line)
    points = np.stack([columns, rows], axis=1).astype(np.float64)
    return points[rows.argmin()], points[rows.argmax()]


def _bend(line: Line, start: Point, end: Point, bow: float = 0.0) -> None:
    """Draw a stroke, one pixel wide, that bows to its right by `bow` of its length, clipped to the grid."""
    reach = end - start
    control = (start + end) / 2 + 2 * bow * np.array([-reach[1], reach[0]])
    t = np.linspace(0, 1, 12)[:, None]
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    cv2.polylines(line, [np.rint(curve).astype(np.int32)], False, 1)


def _sweep(line: Line, points: Point, rng: np.random.Generator) -> None:
    """Draw, in place of what is there and as high, one smooth stroke through `points` (n, 2), unsteadily.

    In heights, from the middle of the top; a Catmull-Rom spline (E. Catmull, R. Rom, "A class of local
    interpolating splines", 1974).
    """
    rows, columns = np.nonzero(line)
    height = max(int(np.ptp(rows)), 8)
    top = np.array([(columns.min() + columns.max()) / 2, rows.min()])
    shaken = points * (rng.uniform(0.7, 1.15), 1) + rng.normal(0, 0.035, points.shape)
    before, start, end, after = (
        np.concatenate([shaken[:1], shaken, shaken[-1:]])[shift : shift + len(points) - 1, None]
        for shift in range(4)
    )
    t = np.linspace(0, 1, 8)[:, None]
    way = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
    line[:] = 0
    cv2.polylines(line, [np.rint(top + height * way.reshape(-1, 2)).astype(np.int32)], False, 1)
