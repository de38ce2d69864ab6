"""Cut a line between digits whose places are known: along paths from top to bottom that cross little ink.

A path goes down row by row and may step aside by one pixel, so that it follows slanted writing and passes
between digits that reach over each other: the cheapest one, by dynamic programming, as in seam carving
(S. Avidan, A. Shamir, "Seam carving for content-aware image resizing", ACM Transactions on Graphics 26(3),
2007).
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# Columns to each side of the middle between two digits that a path may use.
_REACH_PX = 16
# Prices in the ink of a pixel: of a step aside, which keeps paths straight; of each column that a path is off
# the middle, which decides where there is no ink; and of each column beyond the digits on both sides.
_ASIDE, _OFF, _BEYOND = 0.3, 0.01, 0.1
# The share of the rows, around the middle one, in which a path has to be between the digits.
_HELD = 0.25
_FAINT = 76  # lighter ink closes no loop


def find_seams(image: NDArray[np.uint8], columns: NDArray[np.float64]) -> NDArray[np.int32]:
    """A path between each digit and the next in a line uint8 (h, w), 0 paper .. 255 ink: int32 (n - 1, h).

    `columns`, float64 (n,), ascending, are those of the digits' middles. A path names the first column to its
    right for each row. Paths may touch, and do not cross.
    """
    rows, width = image.shape
    if len(columns) < 2:
        return np.empty((0, rows), dtype=np.int32)
    before, after = columns[:-1], columns[1:]
    middles = (before + after) / 2
    first = np.rint(middles).astype(np.int64) - _REACH_PX
    x = first[:, None] + np.arange(2 * _REACH_PX + 1)
    beyond = np.maximum(np.maximum(before[:, None] - x, x - after[:, None]), 0)
    price = _OFF * np.abs(x - middles[:, None]) + _BEYOND * beyond
    ink = np.pad(image / 255 + _loops(image), ((0, 0), (0, 1)))
    price = price[:, None, :] + ink[:, np.clip(x, 0, width)].transpose(1, 0, 2)
    held = slice(round(rows * (0.5 - _HELD / 2)), round(rows * (0.5 + _HELD / 2)))
    price[:, held] += np.where((x > before[:, None]) & (x <= after[:, None]), 0, 1e3)[:, None, :]
    seams = (first[:, None] + _cheapest_paths(price)).astype(np.int32)
    return np.asarray(np.maximum.accumulate(np.clip(seams, 0, width), axis=0), dtype=np.int32)


def parts_between(seams: NDArray[np.float64], columns: int) -> NDArray[np.int32]:
    """Between which of the `seams`, (n, h), each pixel of (h, `columns`) lies: 0 is left of the first."""
    begins = np.zeros((seams.shape[1], columns + 1), dtype=np.int32)
    first = np.clip(np.ceil(seams), 0, columns).astype(np.int64)
    np.add.at(begins, (np.arange(seams.shape[1]), first), 1)
    return begins[:, :columns].cumsum(axis=1, dtype=np.int32)


def _loops(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 for the paper that ink encloses, such as the inside of a 0: it costs as much as ink.

    Who cuts there cuts a digit, rather than between two.
    """
    paper = np.pad((image < _FAINT).view(np.uint8), 1, constant_values=1)
    cv2.floodFill(paper, None, (0, 0), 0)
    return paper[1:-1, 1:-1]


def _cheapest_paths(price: NDArray[Any]) -> NDArray[np.int64]:
    """The cheapest path from top to bottom through each of n pictures (n, h, w): its column in each row."""
    n, rows, columns = price.shape
    total = price[:, 0]
    came_from = np.zeros((rows, n, columns), dtype=np.int64)
    ways = np.full((3, n, columns), np.inf)
    for row in range(1, rows):
        ways[0] = total
        ways[1, :, 1:] = total[:, :-1] + _ASIDE
        ways[2, :, :-1] = total[:, 1:] + _ASIDE
        best = ways.argmin(axis=0)
        total = ways.min(axis=0) + price[:, row]
        came_from[row] = np.arange(columns) + np.array([0, -1, 1])[best]
    path = np.empty((n, rows), dtype=np.int64)
    path[:, -1] = total.argmin(axis=1)
    for row in range(rows - 1, 0, -1):
        path[:, row - 1] = came_from[row, np.arange(n), path[:, row]]
    return path
