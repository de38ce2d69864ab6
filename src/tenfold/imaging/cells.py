"""The cells that rulings make: of tables, forms and combs."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.segment import Box

_GAP = 0.006  # of the picture's longer side: rulings that come so near to each other meet
_FILLED = 0.75  # of its box a cell fills at least; what lies around a table does not
_LEAST_PX = 8  # both ways


def find_cells(rulings: NDArray[np.uint8]) -> list[Box]:
    """The boxes of the cells between `rulings`, uint8 (H, W), 0 where there is none, in reading order.

    What is open to the picture's edge is no cell, nor is what lies around others.
    """
    height, width = rulings.shape
    reach = 2 * max(1, round(_GAP * max(rulings.shape) / 2)) + 1
    closed = cv2.morphologyEx(
        (rulings > 0).view(np.uint8), cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8)
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats(1 - closed, connectivity=4)
    x, y, wide, high, area = stats[1:].T
    inside = (x > 0) & (y > 0) & (x + wide < width) & (y + high < height)
    kept = inside & (area >= _FILLED * wide * high) & (np.minimum(wide, high) >= _LEAST_PX)
    boxes = [Box(*map(int, box)) for box in stats[1:][kept, :4]]
    around = {outer for outer in boxes for inner in boxes if outer is not inner and _holds(outer, inner)}
    return [box for row in rows_of(boxes) for box in row if box not in around]


def _holds(outer: Box, inner: Box) -> bool:
    across = outer.x <= inner.x and inner.right <= outer.right
    return across and outer.y <= inner.y and inner.bottom <= outer.bottom


def rows_of(boxes: list[Box]) -> list[list[Box]]:
    """The boxes as rows, top to bottom, each from left to right.

    A box belongs to the row whose first one has its middle within its own height.
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
