"""Remove ruled lines, frames and underlines that run through the picture from the ink.

A ruling is thin, straight and longer than any stroke: it covers most of the picture's width or height and
reaches its edge, or lies along the edge. Morphological opening with a line finds it, and it is removed where
it is alone: where the ink is thicker, writing crosses or touches it.
"""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.components import find_components

# Shares of the picture's width, or of its height for vertical rulings.
_RUN = 0.12  # length of the straight runs that make up a ruling; a slight slant breaks it into several
_MAX_RUN_PX = 150
_SLANT = 0.02
_MIN_LENGTH = 0.6
_MIN_LENGTH_ALONG_EDGE = 0.2
_ALONG_EDGE = 0.1  # of the picture's other side
_MAX_THICKNESS = 0.025
_MARGIN = 0.03  # a ruling ends this near to the edge
_MIN_THICKNESS_PX = 4  # lower bound of the maximum thickness
_COVERED = 0.88  # of its length; a ruling may have gaps, but the bottoms of a row of digits have more
_STRAIGHT_PX = 1.0  # mean distance from a straight line
_ALONE = 1.5  # up to this many times the ruling's thickness, no writing touches it


def remove_rulings(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Ink float32 (H, W) without its horizontal and vertical rulings."""
    mask = (ink > 0).view(np.uint8)
    rulings = _horizontal_rulings(mask) | _horizontal_rulings(mask.T.copy()).T
    if not rulings.any():
        return ink
    return np.where(rulings != 0, np.float32(0), ink)


def _horizontal_rulings(mask: Any) -> Any:
    """The horizontal rulings in a mask uint8 (H, W), as a mask."""
    height, width = mask.shape
    run = min(_MAX_RUN_PX, round(max(_RUN * width, min(height / 2, width / 6))))
    # A run that climbs by one pixel is still straight: bridge the step before opening.
    bridged = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)) & mask
    if not runs.any():
        return runs
    linked = cv2.dilate(runs, np.ones((3, 2 * (run // 2) + 1), np.uint8))
    labels, stats = find_components(linked)
    max_thickness = max(_MIN_THICKNESS_PX, round(_MAX_THICKNESS * width))
    lines = []
    for label, (left, top, length, drop), min_length in _candidates(stats, mask.shape, max_thickness):
        window = np.s_[top : top + drop, left : left + length]
        part = (labels[window] == label) & (runs[window] > 0)
        line = _straight_line(part, (left, top), width, max_thickness, min_length)
        if line is not None:
            lines.append(line)
    return _ruling_mask(mask, lines, max_thickness)


def _candidates(
    stats: NDArray[Any], shape: tuple[int, ...], max_thickness: int
) -> Iterator[tuple[int, tuple[int, ...], float]]:
    """The linked runs as long and low as rulings: label, bounding box, and minimum length of a ruling."""
    height, width = shape
    _, top, length, drop, _ = stats.T
    near_edge = _ALONG_EDGE * height
    along_edge = (top + drop <= near_edge) | (top >= height - near_edge)
    min_length = np.where(along_edge, _MIN_LENGTH_ALONG_EDGE, _MIN_LENGTH)
    fits = (length >= min_length * width) & (drop <= max_thickness + 2 + _SLANT * length)
    fits[0] = False  # the paper
    for label in np.flatnonzero(fits).tolist():
        yield label, tuple(stats[label, :4].tolist()), float(min_length[label])


def _straight_line(
    part: NDArray[Any], corner: tuple[int, int], width: int, max_thickness: int, min_length: float
) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """The columns of a ruling and its row in each of them, or None if `part` is not a ruling.

    `part` lies at the `corner` (x, y) of a picture `width` pixels wide; `min_length` is a share of that.
    """
    left, top = corner
    inked_rows, inked_columns = np.nonzero(part)
    thickness = np.bincount(inked_columns)
    columns = np.flatnonzero(thickness)
    first, last = columns[0] + left, columns[-1] + left
    margin = max(2, round(_MARGIN * width))
    if last - first < min_length * width or (first > margin and last < width - 1 - margin):
        return None
    if len(columns) < _COVERED * (last - first) or len(inked_rows) > max_thickness * len(columns):
        return None
    rows = np.bincount(inked_columns, weights=inked_rows + top)[columns] / thickness[columns]
    columns = columns + left
    straight = np.polyval(np.polyfit(columns, rows, 1), columns)
    if np.abs(rows - straight).mean() > _STRAIGHT_PX:
        return None
    return columns, np.rint(rows).astype(np.int64)


def _ruling_mask(
    mask: NDArray[Any], lines: list[tuple[NDArray[Any], NDArray[Any]]], max_thickness: int
) -> Any:
    """A mask uint8 (H, W) of rulings given as columns and rows, except where writing touches them."""
    if not lines:
        return np.zeros_like(mask)
    above, below = _nearest_paper(mask)
    changes = np.zeros((mask.shape[0] + 1, mask.shape[1]), dtype=np.int32)  # +1 where a ruling begins
    reach = 2 * max_thickness + 1
    for columns, rows in lines:
        # The ink in each column that is connected to the ruling, upwards and downwards.
        up = np.minimum(rows - above[rows, columns], reach)
        down = np.minimum(below[rows, columns] - rows, reach)
        thick = up + down - 1
        typical = float(np.percentile(thick, 25))  # elsewhere it may run through the bottoms of digits
        alone = (thick <= max(_ALONE * typical, typical + 1)) & (thick > 0)
        np.add.at(changes, (rows[alone] - up[alone] + 1, columns[alone]), 1)
        np.add.at(changes, (rows[alone] + down[alone], columns[alone]), -1)
    return (changes[:-1].cumsum(axis=0) > 0).view(np.uint8)


def _nearest_paper(mask: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The row of the nearest paper above and below each pixel of a mask (H, W); -1 and H if there is none.

    For a pixel of paper, it is its own row.
    """
    rows = np.arange(len(mask), dtype=np.int32)[:, None]
    above = np.maximum.accumulate(np.where(mask == 0, rows, np.int32(-1)))
    below = np.minimum.accumulate(np.where(mask == 0, rows, np.int32(len(mask)))[::-1])[::-1]
    return above, below
