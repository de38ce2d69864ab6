"""The cells that rulings enclose: of tables, forms and combs."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.components import find_components, touch_edge
from tenfold.imaging.segment import Box

_GAP = 0.006  # of the picture's longer side: gaps in rulings up to this wide are closed
_MIN_FILL = 0.75  # share of its bounding box that a cell fills; the region around a table fills less
_MIN_SIDE_PX = 8


def find_cells(rulings: NDArray[np.uint8]) -> list[Box]:
    """The bounding boxes of the cells between `rulings`, uint8 (H, W), 0 where there are none, in reading
    order.

    Regions open to the picture's edge are not cells, nor are regions that surround other cells.
    """
    side = 2 * max(1, round(_GAP * max(rulings.shape) / 2)) + 1
    closed = cv2.morphologyEx((rulings > 0).view(np.uint8), cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    _, stats = find_components(1 - closed, connectivity=4)
    boxes, areas = stats[1:, :4], stats[1:, cv2.CC_STAT_AREA]
    _, _, width, height = boxes.T
    is_cell = (
        ~touch_edge(boxes, rulings.shape)
        & (areas >= _MIN_FILL * width * height)
        & (np.minimum(width, height) >= _MIN_SIDE_PX)
    )
    cells = [Box(*map(int, box)) for box in boxes[is_cell]]
    outer = {cell for cell in cells for other in cells if cell is not other and _contains(cell, other)}
    return [cell for row in rows_of(cells) for cell in row if cell not in outer]


def _contains(outer: Box, inner: Box) -> bool:
    horizontally = outer.x <= inner.x and inner.right <= outer.right
    return horizontally and outer.y <= inner.y and inner.bottom <= outer.bottom


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
