"""Boxes of connected ink as lines: which of them stand beside each other.

Each box is compared with all lines at once, in NumPy; how many of both there may be, `segment` bounds.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Shares of the height of the digits.
_OVERLAP = 0.4  # boxes of a line have more than this of the lower one's height in common
_FLAT, _BAR = 0.25, 0.5  # lower than the one and wider than the other: a bar
_REACH = 0.35  # parts so far above or below still belong to a line
_CUT_OFF = 0.3  # of a line's digits in touch with the edge: cut off by it

Boxes = NDArray[Any]  # int (n, 4): x, y, width, height
Row = list[int]  # the numbers of a line's boxes


def chain(boxes: Boxes, bodies: NDArray[Any]) -> list[Row]:
    """The boxes that `bodies` numbers as lines: from left to right, each joins the line whose end it overlaps
    most in height."""
    rows: list[Row] = []
    tops, bottoms, heights = np.zeros((3, len(bodies)))  # of each row's last body
    for index in bodies[np.argsort(boxes[bodies, 0])].tolist():
        top, height = boxes[index, 1], boxes[index, 3]
        row = len(rows)
        if rows:
            shared = np.minimum(top + height, bottoms[:row]) - np.maximum(top, tops[:row])
            shares = shared / np.minimum(height, heights[:row])
            nearest = int(shares.argmax())
            if shares[nearest] > _OVERLAP:
                row = nearest
        if row == len(rows):
            rows.append([])
        rows[row].append(index)
        tops[row], bottoms[row], heights[row] = top, top + height, height
    return rows


def attach(boxes: Boxes, rows: list[Row], parts: NDArray[Any], tall: float) -> None:
    """Add the small parts to the rows in whose height they lie, but for underlinings."""
    x, y, width, height = boxes[parts].T
    across, down = x + width / 2, y + height / 2
    is_bar = (height < _FLAT * tall) & (width > _BAR * tall)
    nearest, owner = np.full(len(parts), _REACH * tall), np.full(len(parts), -1)
    for number, row in enumerate(rows):
        beside = boxes[row][_nearest(boxes[row, 0] + boxes[row, 2] / 2, across)]
        top, bottom = beside[:, 1], beside[:, 1] + beside[:, 3]
        distance = np.maximum(np.maximum(top - down, down - bottom), 0)
        belongs = (distance < nearest) & ~(is_bar & (down > bottom))
        nearest[belongs], owner[belongs] = distance[belongs], number
    for part, number in zip(parts.tolist(), owner.tolist(), strict=True):
        if number >= 0:
            rows[number].append(part)


def attach_dots(boxes: Boxes, rows: list[Row], dots: NDArray[Any], tall: float) -> None:
    """Add specks to the rows they lie in: some are decimal points."""
    x, y, width, height = boxes[dots].T
    across, down = x + width / 2, y + height / 2
    for row in rows:
        left, top = boxes[row, :2].min(axis=0)
        right, bottom = (boxes[row, :2] + boxes[row, 2:4]).max(axis=0)
        inside = (across > left) & (across < right + tall) & (down > top) & (down < bottom)
        row.extend(dots[inside].tolist())
        across = np.where(inside, -1.0, across)  # of one row alone


def whole_rows(boxes: Boxes, rows: list[Row], shape: tuple[int, ...]) -> list[Row]:
    """Leave out rows that the picture's edge cuts off, as long as others remain."""
    x, y, width, height = boxes.T
    cut_off = (x == 0) | (y == 0) | (x + width == shape[1]) | (y + height == shape[0])
    return [row for row in rows if cut_off[row].mean() < _CUT_OFF] or rows


def typical_height(heights: NDArray[Any]) -> float:
    """The median of the heights, each counted as often as it is high, so that many specks weigh little."""
    ordered = np.sort(heights)
    share = np.cumsum(ordered)
    return float(ordered[np.searchsorted(share, share[-1] / 2)])


def _nearest(values: NDArray[Any], wanted: NDArray[Any]) -> NDArray[Any]:
    """For each of `wanted` the number of the value nearest to it, of equally near ones the first."""
    ordered, first = np.unique(values, return_index=True)
    right = np.searchsorted(ordered, wanted).clip(1, max(len(ordered) - 1, 1))
    left = right - 1
    right = right.clip(max=len(ordered) - 1)
    to_left, to_right = np.abs(wanted - ordered[left]), np.abs(wanted - ordered[right])
    take_left = (to_left < to_right) | ((to_left == to_right) & (first[left] < first[right]))
    return np.asarray(np.where(take_left, first[left], first[right]))
