"""Group the bounding boxes of connected components into rows of writing.

Each box is compared with all rows at once in NumPy; `segment` limits how many there are of both.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.components import touch_edge

_MIN_OVERLAP = 0.4  # of the shorter box's height: neighbours in a row overlap vertically by more than this
# Shares of the typical height of digits.
_BAR_HEIGHT, _BAR_WIDTH = 0.25, 0.5  # lower than the first and wider than the second: a bar
_REACH = 0.35  # parts this far above or below a row still belong to it
_CUT_OFF = 0.3  # share of a row's components that touch the picture's edge if the edge cuts the row off

Boxes = NDArray[Any]  # int (n, 4): x, y, width, height
Row = list[int]  # indices of boxes


def chain_into_rows(boxes: Boxes, bodies: NDArray[Any]) -> list[Row]:
    """Rows of the boxes with the indices `bodies`: from left to right, each joins the row whose last box it
    overlaps most in height, or starts a new one."""
    rows: list[Row] = []
    tops, bottoms, heights = np.zeros((3, len(bodies)))  # of each row's last body
    for index in bodies[np.argsort(boxes[bodies, 0])].tolist():
        top, height = boxes[index, 1], boxes[index, 3]
        row = len(rows)
        if rows:
            shared = np.minimum(top + height, bottoms[:row]) - np.maximum(top, tops[:row])
            shares = shared / np.minimum(height, heights[:row])
            nearest = int(shares.argmax())
            if shares[nearest] > _MIN_OVERLAP:
                row = nearest
        if row == len(rows):
            rows.append([])
        rows[row].append(index)
        tops[row], bottoms[row], heights[row] = top, top + height, height
    return rows


def attach_parts(boxes: Boxes, rows: list[Row], parts: NDArray[Any], typical: float) -> None:
    """Add each small part to the nearest row it lies level with, unless it is an underline."""
    x, y, width, height = boxes[parts].T
    middle_x, middle_y = x + width / 2, y + height / 2
    is_bar = (height < _BAR_HEIGHT * typical) & (width > _BAR_WIDTH * typical)
    nearest, owner = np.full(len(parts), _REACH * typical), np.full(len(parts), -1)
    for number, row in enumerate(rows):
        neighbours = boxes[row][_nearest(boxes[row, 0] + boxes[row, 2] / 2, middle_x)]
        top, bottom = neighbours[:, 1], neighbours[:, 1] + neighbours[:, 3]
        distance = np.maximum(np.maximum(top - middle_y, middle_y - bottom), 0)
        belongs = (distance < nearest) & ~(is_bar & (middle_y > bottom))
        nearest[belongs], owner[belongs] = distance[belongs], number
    for part, number in zip(parts.tolist(), owner.tolist(), strict=True):
        if number >= 0:
            rows[number].append(part)


def attach_dots(boxes: Boxes, rows: list[Row], dots: NDArray[Any], typical: float) -> None:
    """Add each speck to the row it lies in: some are decimal points."""
    x, y, width, height = boxes[dots].T
    middle_x, middle_y = x + width / 2, y + height / 2
    for row in rows:
        left, top = boxes[row, :2].min(axis=0)
        right, bottom = (boxes[row, :2] + boxes[row, 2:4]).max(axis=0)
        inside = (middle_x > left) & (middle_x < right + typical) & (middle_y > top) & (middle_y < bottom)
        row.extend(dots[inside].tolist())
        middle_x = np.where(inside, -1.0, middle_x)  # a speck belongs to one row only


def drop_cut_off_rows(boxes: Boxes, rows: list[Row], shape: tuple[int, ...]) -> list[Row]:
    """The rows that the edge of a picture of `shape` (H, W) does not cut off; if there are none, all."""
    at_edge = touch_edge(boxes, shape)
    return [row for row in rows if at_edge[row].mean() < _CUT_OFF] or rows


def typical_height(heights: NDArray[Any]) -> float:
    """The median of the heights in pixels, weighted by height so that many specks count little."""
    ordered = np.sort(heights)
    share = np.cumsum(ordered)
    return float(ordered[np.searchsorted(share, share[-1] / 2)])


def _nearest(values: NDArray[Any], wanted: NDArray[Any]) -> NDArray[Any]:
    """For each of `wanted`, the index of the nearest value; the first one if several are equally near."""
    ordered, first = np.unique(values, return_index=True)
    right = np.searchsorted(ordered, wanted).clip(1, max(len(ordered) - 1, 1))
    left = right - 1
    right = right.clip(max=len(ordered) - 1)
    to_left, to_right = np.abs(wanted - ordered[left]), np.abs(wanted - ordered[right])
    take_left = (to_left < to_right) | ((to_left == to_right) & (first[left] < first[right]))
    return np.asarray(np.where(take_left, first[left], first[right]))
