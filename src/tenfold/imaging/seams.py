"""Cut a line between digits at known positions: along paths from top to bottom that cross little ink.

A path descends row by row and may step aside by one pixel, so that it follows slanted writing and passes
between overlapping digits. The cheapest path is found by dynamic programming, as in seam carving (S. Avidan,
A. Shamir, "Seam carving for content-aware image resizing", ACM Transactions on Graphics 26(3), 2007).
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_REACH_PX = 16  # columns that a path may use to each side of the midpoint between two digits
# Costs, where a pixel of full ink costs 1: a step aside, which keeps paths straight; each column off the
# midpoint, which decides where there is no ink; and each column beyond the centres of the two digits.
_STEP_COST, _OFFSET_COST, _BEYOND_COST = 0.3, 0.01, 0.1
_HELD = 0.25  # share of the rows, around the middle one, where a path must stay between the two centres
_OUTSIDE_COST = 1e3
_FAINT = 76  # lighter ink does not close a loop


def find_seams(image: NDArray[np.uint8], centres: NDArray[np.float64]) -> NDArray[np.int32]:
    """A path between each digit and the next in a line uint8 (h, w), 0 paper .. 255 ink: int32 (n - 1, h).

    `centres`, float64 (n,), are the columns of the digits' centres in ascending order. A path gives, for each
    row, the first column to its right. Paths may touch but never cross.
    """
    rows, width = image.shape
    if len(centres) < 2:
        return np.empty((0, rows), dtype=np.int32)
    before, after = centres[:-1], centres[1:]
    midpoints = (before + after) / 2
    first = np.rint(midpoints).astype(np.int64) - _REACH_PX
    x = first[:, None] + np.arange(2 * _REACH_PX + 1)
    beyond = np.maximum(np.maximum(before[:, None] - x, x - after[:, None]), 0)
    cost = _OFFSET_COST * np.abs(x - midpoints[:, None]) + _BEYOND_COST * beyond
    ink = np.pad(image / 255 + _enclosed(image), ((0, 0), (0, 1)))
    cost = cost[:, None, :] + ink[:, np.clip(x, 0, width)].transpose(1, 0, 2)
    held = slice(round(rows * (0.5 - _HELD / 2)), round(rows * (0.5 + _HELD / 2)))
    cost[:, held] += np.where((x > before[:, None]) & (x <= after[:, None]), 0, _OUTSIDE_COST)[:, None, :]
    seams = (first[:, None] + _cheapest_paths(cost)).astype(np.int32)
    return np.asarray(np.maximum.accumulate(np.clip(seams, 0, width), axis=0), dtype=np.int32)


def parts_between(seams: NDArray[np.float64], columns: int) -> NDArray[np.int32]:
    """Between which `seams`, (n, h), each pixel of (h, `columns`) lies, int32: 0 is left of the first."""
    begins = np.zeros((seams.shape[1], columns + 1), dtype=np.int32)
    first = np.clip(np.ceil(seams), 0, columns).astype(np.int64)
    np.add.at(begins, (np.arange(seams.shape[1]), first), 1)
    return begins[:, :columns].cumsum(axis=1, dtype=np.int32)


def _enclosed(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 for paper enclosed by ink, such as the inside of a 0; it costs as much as ink.

    A cut through it would cut a digit rather than separate two.
    """
    paper = np.pad((image < _FAINT).view(np.uint8), 1, constant_values=1)
    cv2.floodFill(paper, None, (0, 0), 0)
    return paper[1:-1, 1:-1]


def _cheapest_paths(cost: NDArray[Any]) -> NDArray[np.int64]:
    """The cheapest path down through each of n cost arrays, (n, h, w): its column in each row."""
    n, rows, columns = cost.shape
    total = cost[:, 0]
    predecessor = np.zeros((rows, n, columns), dtype=np.int64)
    options = np.full((3, n, columns), np.inf)
    for row in range(1, rows):
        options[0] = total
        options[1, :, 1:] = total[:, :-1] + _STEP_COST
        options[2, :, :-1] = total[:, 1:] + _STEP_COST
        best = options.argmin(axis=0)
        total = options.min(axis=0) + cost[:, row]
        predecessor[row] = np.arange(columns) + np.array([0, -1, 1])[best]
    path = np.empty((n, rows), dtype=np.int64)
    path[:, -1] = total.argmin(axis=1)
    for row in range(rows - 1, 0, -1):
        path[:, row - 1] = predecessor[row, np.arange(n), path[:, row]]
    return path
