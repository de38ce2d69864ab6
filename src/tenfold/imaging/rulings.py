"""Take ruled lines, frames and underlinings that run through the picture out of the ink.

A ruling is thin, straight and longer than any stroke: it covers most of the picture's width or height and
runs into its edge. It is found by morphological opening with a line, and taken out except where writing
crosses it.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# Shares of the picture's width (of its height, for upright rulings).
_RUN = 0.12  # the straight runs a ruling consists of; a slight slant breaks it into such
_LONGEST_RUN_PX = 150
_SLANT = 0.02
_LENGTH = 0.6
_THICKNESS = 0.025
_MARGIN = 0.03  # how near to the edge of the picture it ends
_LEAST_THICKNESS_PX = 4
_COVERED = 0.7  # of its length; a ruling may be broken, a row of letters is more so


def remove_rulings(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Ink float32 (H, W) without the level and the upright rulings in it."""
    mask = (ink > 0).view(np.uint8)
    rulings = _level(mask) | _level(mask.T.copy()).T
    if not rulings.any():
        return ink
    return np.where(rulings != 0, np.float32(0), ink)


def _level(mask: Any) -> Any:
    """The level rulings in a mask uint8 (H, W), as one."""
    height, width = mask.shape
    run = min(_LONGEST_RUN_PX, round(max(_RUN * width, min(height / 2, width / 6))))
    thickest = max(_LEAST_THICKNESS_PX, round(_THICKNESS * width))
    nothing = np.zeros_like(mask)
    # A run that climbs by a pixel is still straight: bridge the step before opening.
    bridged = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)) & mask
    if not runs.any():
        return nothing
    linked = cv2.dilate(runs, np.ones((3, 2 * (run // 2) + 1), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(linked, connectivity=8)
    chosen = np.zeros(count, dtype=np.uint8)
    margin = max(2, round(_MARGIN * width))
    for label in range(1, count):
        _, _, length, drop, _ = stats[label]
        if length < _LENGTH * width or drop > thickest + 2 + _SLANT * length:
            continue
        pixels_of_columns = np.count_nonzero((labels == label) & (runs > 0), axis=0)
        columns = np.flatnonzero(pixels_of_columns)
        left, right = columns[0], columns[-1]
        if right - left < _LENGTH * width or (left > margin and right < width - 1 - margin):
            continue
        covered = len(columns)
        if covered > _COVERED * (right - left) and pixels_of_columns.sum() <= thickest * covered:
            chosen[label] = 1
    ruling = runs & chosen[labels]
    if not ruling.any():
        return nothing
    ruling = cv2.dilate(ruling, np.ones((3, 1), np.uint8)) & mask
    # Where ink goes on both above and below, a stroke crosses.
    rest = mask & (1 - ruling)
    reach = np.ones((thickest + 2, 1), np.uint8)
    from_above = cv2.dilate(rest, reach, anchor=(0, thickest + 1))
    from_below = cv2.dilate(rest, reach, anchor=(0, 0))
    return ruling & (1 - np.minimum(from_above, from_below))
