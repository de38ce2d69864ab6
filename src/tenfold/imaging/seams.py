"""Where a run of touching digits may be cut: paths from top to bottom that cross little ink.

A path goes down row by row and may step aside by one pixel, so that it follows slanted writing and passes
between digits that reach over each other. The cheapest path through every column of the middle row comes from
two passes of dynamic programming, one from the top and one from the bottom, as in seam carving (S. Avidan,
A. Shamir, "Seam carving for content-aware image resizing", ACM Transactions on Graphics 26(3), 2007).
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# Paths are looked for at this height: coarse enough to be quick, strokes are still two pixels wide.
_WORKING_PX = 40
# The price of a step aside, in pixels of ink: a detour must save as much.
_ASIDE = 0.6
# The price of a pixel of paper inside of a loop, as much as of ink: who cuts there cuts a digit, rather than
# between two.
_THROUGH_LOOP = 1.0
_FAINT = 0.3  # fainter ink than this closes no loop
# Shares of the height: two cuts are at least this far apart, and cross at most that much ink.
_APART = 0.15
_MOST_INK = 0.6


def find_seams(ink: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Paths through connected ink float32 (H, W): int32 (n, H), the first column right of each, in order.

    With them comes the price of each, float32 (n,): how much ink it crosses, in heights, and what it costs to
    step aside and to go through loops. Paths touch but never cross each other.
    """
    height, width = ink.shape
    factor = min(1.0, _WORKING_PX / height)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA) if factor < 1 else ink
    rows = small.shape[0]
    prices = small + _THROUGH_LOOP * _loops(small)
    above, came_from = _pass(prices)
    below, goes_to = _pass(prices[::-1])
    middle = rows // 2
    price = above[middle] + below[rows - 1 - middle] - prices[middle]
    columns = _valleys(price, max(2, round(_APART * rows)), _MOST_INK * rows)
    if not columns:
        return np.empty((0, height), dtype=np.int32), np.empty(0, dtype=np.float32)
    seams: NDArray[np.int32] = np.empty((len(columns), rows), dtype=np.int32)
    seams[:, middle] = columns
    for row in range(middle, 0, -1):
        seams[:, row - 1] = seams[:, row] + came_from[row, seams[:, row]]
    for row in range(middle, rows - 1):
        seams[:, row + 1] = seams[:, row] + goes_to[rows - 1 - row, seams[:, row]]
    seams = np.maximum.accumulate(seams, axis=0)
    paid = (price[columns] / rows).astype(np.float32)
    if factor == 1:
        return seams, paid
    full = cv2.resize(seams.astype(np.float32) + 0.5, (height, len(seams)), interpolation=cv2.INTER_LINEAR)
    at_full: NDArray[np.int32] = np.rint(full.reshape(len(seams), height) / factor).astype(np.int32)
    return at_full, paid


def _loops(ink: NDArray[Any]) -> NDArray[Any]:
    """The paper that ink encloses, such as the inside of a 0: float32 (H, W) of 0 and 1."""
    paper = np.pad((ink < _FAINT).astype(np.uint8), 1, constant_values=1)
    cv2.floodFill(paper, None, (0, 0), 0)
    return paper[1:-1, 1:-1].astype(np.float32)


def _pass(price: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The cheapest way from the first row to every pixel, and the step (-1, 0, 1) to where it came from."""
    rows, columns = price.shape
    total = price.astype(np.float32)
    step = np.zeros((rows, columns), dtype=np.int32)
    ways = np.full((3, columns), np.inf, dtype=np.float32)
    for row in range(1, rows):
        ways[0] = total[row - 1]
        ways[1, 1:] = total[row - 1, :-1] + _ASIDE
        ways[2, :-1] = total[row - 1, 1:] + _ASIDE
        best = ways.argmin(axis=0)
        total[row] += ways.min(axis=0)
        step[row] = np.array([0, -1, 1], dtype=np.int32)[best]
    return total, step


def _valleys(price: NDArray[Any], apart: int, most: float) -> list[int]:
    """The cheapest columns, from left to right, no two nearer than `apart`, none dearer than `most`."""
    free = price <= most
    free[: apart // 2] = free[len(price) - apart // 2 :] = False
    chosen = []
    for column in np.argsort(price, kind="stable").tolist():
        if free[column]:
            chosen.append(column)
            free[max(0, column - apart + 1) : column + apart] = False
    return sorted(chosen)
