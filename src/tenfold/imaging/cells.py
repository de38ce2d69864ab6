"""The cells that rulings enclose: of tables, forms and combs."""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.components import find_components, touch_edge
from tenfold.imaging.segment import Box

_GAP = 0.006  # of the picture's longer side: gaps in rulings up to this wide are closed
_MIN_FILL = 0.75  # share of its bounding box that a cell fills; the region around a table fills less
# Heights of a digit: what is longer, straight and found to be a ruling or a word, is a ruling; so is any ink
# that is twice as long; what is thicker is a blot; a cell is wider than this, and a gap in a ruling narrower.
_RULING, _ANY_INK, _THICK, _MIN_SIDE = 1.0, 2.0, 0.5, 0.5
_MAX_WIDTH = 0.25  # share of the cells' shortest side: rulings between adjacent cells are at most this wide
# Heights of a digit: two numbers are at least this far apart; 98 of 100 neighbouring digits of a number are
# closer, on tables drawn with held-out writers.
_APART = 0.35


def find_cells(rulings: NDArray[np.uint8], ink: NDArray[np.uint8], height: float) -> list[Box]:
    """The bounding boxes of the cells between rulings, in reading order.

    Both masks are uint8 (H, W) of 0 and 1: `rulings` is what was found to be a ruling, or perhaps a word, and
    `ink` is all ink. Digits are about `height` pixels high. Regions open to the picture's edge are not cells,
    nor are regions that surround other cells.
    """
    thick = _square(_THICK * height)
    thin = cv2.morphologyEx(ink, cv2.MORPH_TOPHAT, thick)
    gap = _MIN_SIDE * height
    closed = np.maximum(_straight(rulings, _RULING * height, gap), _straight(thin, _ANY_INK * height, gap))
    _, stats = find_components(1 - closed, connectivity=4)
    boxes, areas = stats[1:, :4], stats[1:, cv2.CC_STAT_AREA]
    _, _, width, tall = boxes.T
    is_cell = (
        ~touch_edge(boxes, rulings.shape)
        & (areas >= _MIN_FILL * width * tall)
        & (np.minimum(width, tall) >= _MIN_SIDE * height)
    )
    cells = [Box(*map(int, box)) for box in boxes[is_cell]]
    outer = {cell for cell in cells for other in cells if cell is not other and _contains(cell, other)}
    return [cell for row in rows_of(cells) for cell in row if cell not in outer]


def _straight(mask: NDArray[Any], length: float, gap: float) -> NDArray[np.uint8]:
    """The horizontal and vertical lines of a mask, uint8 (H, W), that have at least this `length` in pixels,
    with gaps up to `gap` closed, such as those where a digit crosses a line."""
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _square(_GAP * max(mask.shape)))
    lines = np.zeros(mask.shape, dtype=np.uint8)
    for rows, columns in ((0, 1), (1, 0)):
        long, short = (np.ones((_odd(rows * side), _odd(columns * side)), np.uint8) for side in (length, gap))
        opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, long)
        lines = np.maximum(lines, cv2.morphologyEx(opened, cv2.MORPH_CLOSE, short))
    return lines


def _square(side: float) -> NDArray[np.uint8]:
    """A square structuring element."""
    return np.ones((max(3, _odd(side)),) * 2, np.uint8)


def _odd(side: float) -> int:
    """The nearest odd number: other kernels would shift the lines."""
    return 2 * max(0, round((side - 1) / 2)) + 1


def _contains(outer: Box, inner: Box) -> bool:
    horizontally = outer.x <= inner.x and inner.right <= outer.right
    return horizontally and outer.y <= inner.y and inner.bottom <= outer.bottom


def are_adjacent(one: Box, other: Box) -> bool:
    """Whether only a ruling separates two cells."""
    max_gap = _MAX_WIDTH * min(one.width, one.height, other.width, other.height)
    gap_x = max(one.x, other.x) - min(one.right, other.right)
    gap_y = max(one.y, other.y) - min(one.bottom, other.bottom)
    return max(gap_x, gap_y) <= max_gap


def divide_joined(cells: Sequence[Box], marks: Sequence[Box]) -> list[Box]:
    """The cells, divided where a ruling between their neighbours would continue: it was not detected there.

    `marks` are the boxes of digits and signs. A cell that is wide on purpose stays whole if its number stands
    where the ruling would be.
    """
    for _ in range(2):  # vertical rulings, then horizontal ones
        cells = [part for cell in cells for part in _divide(cell, cells, marks)]
        cells, marks = [[_transposed(box) for box in boxes] for boxes in (cells, marks)]
    return list(cells)


def _divide(cell: Box, cells: Sequence[Box], marks: Sequence[Box]) -> list[Box]:
    """The parts of a cell between the vertical rulings of its neighbours above and below."""
    beside = [other for other in cells if other != cell and are_adjacent(cell, other)]
    near = min((other.width for other in beside), default=0) / 2
    places: list[list[int]] = []
    for place in sorted(other.right for other in beside if cell.x + near < other.right < cell.right - near):
        if places and place - places[-1][-1] <= near:
            places[-1].append(place)
        else:
            places.append([place])
    edges = [round(fmean(of_ruling)) for of_ruling in places]
    inside = [mark for mark in marks if has_middle_in(cell, mark)]
    if not all(_separates(edge, inside) for edge in edges):
        return [cell]
    return [
        Box(left, cell.y, right - left, cell.height) for left, right in pairwise([cell.x, *edges, cell.right])
    ]


def has_middle_in(cell: Box, mark: Box) -> bool:
    """Whether the centre of a box is in a cell."""
    x, y = mark.x + mark.width / 2, mark.y + mark.height / 2
    return cell.x <= x < cell.right and cell.y <= y < cell.bottom


def _separates(edge: int, marks: Sequence[Box]) -> bool:
    """Whether a vertical ruling at `edge` would separate numbers, and not cut through one."""
    left = max((mark.right for mark in marks if mark.x + mark.width / 2 < edge), default=-math.inf)
    right = min((mark.x for mark in marks if mark.x + mark.width / 2 >= edge), default=math.inf)
    apart = _APART * median(mark.height for mark in marks) if marks else 0
    return left <= edge <= right and right - left >= apart


def _transposed(box: Box) -> Box:
    return Box(box.y, box.x, box.height, box.width)


def rows_of(boxes: list[Box]) -> list[list[Box]]:
    """The boxes grouped into rows, top to bottom, each row from left to right.

    A box joins the row whose first box vertically spans the box's middle.
    """
    rows: list[list[Box]] = []
    for box in sorted(boxes, key=lambda box: box.y + box.height / 2):
        middle = box.y + box.height / 2
        row = next((row for row in rows if row[0].y < middle < row[0].bottom), None)
        if row is None:
            rows.append([box])
        else:
            row.append(box)
    return [sorted(row, key=lambda box: box.x) for row in rows]
