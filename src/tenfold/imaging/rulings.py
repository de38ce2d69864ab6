"""Take ruled lines, frames and underlinings that run through the picture out of the ink.

A ruling is thin, straight and longer than any stroke: it covers most of the picture's width or height and
runs into its edge, or lies along the edge. It is found by morphological opening with a line, and taken out
where it is alone: where the ink is thicker there, writing crosses or touches it.
"""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# Shares of the picture's width (of its height, for upright rulings).
_RUN = 0.12  # the straight runs a ruling consists of; a slight slant breaks it into such
_LONGEST_RUN_PX = 150
_SLANT = 0.02
_LENGTH = 0.6
_LENGTH_ALONG_EDGE, _ALONG_EDGE = 0.2, 0.1  # the second of the picture's other side
_THICKNESS = 0.025
_MARGIN = 0.03  # how near to the edge of the picture it ends
_LEAST_THICKNESS_PX = 4
_COVERED = 0.88  # of its length; a ruling may be broken, the feet of a row of digits are more so
_STRAIGHT_PX = 1.0  # the mean distance from a straight line
_ALONE = 1.5  # times as thick as the ruling is where it is thin: still nothing but the ruling


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
    # A run that climbs by a pixel is still straight: bridge the step before opening.
    bridged = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)) & mask
    if not runs.any():
        return runs
    linked = cv2.dilate(runs, np.ones((3, 2 * (run // 2) + 1), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(linked, connectivity=8)
    thickest = max(_LEAST_THICKNESS_PX, round(_THICKNESS * width))
    lines = []
    for label, (left, top, length, drop), least in _candidates(stats, mask.shape, thickest):
        window = np.s_[top : top + drop, left : left + length]
        part = (labels[window] == label) & (runs[window] > 0)
        line = _straight_line(part, (left, top), width, thickest, least)
        if line is not None:
            lines.append(line)
    return _take_out(mask, lines, thickest)


def _candidates(
    stats: NDArray[Any], shape: tuple[int, ...], thickest: int
) -> Iterator[tuple[int, tuple[int, ...], float]]:
    """Of linked runs those as long and low as rulings: label, box, and the least length of a ruling there."""
    height, width = shape
    _, top, length, drop, _ = stats.T
    near_edge = _ALONG_EDGE * height
    along_edge = (top + drop <= near_edge) | (top >= height - near_edge)
    least = np.where(along_edge, _LENGTH_ALONG_EDGE, _LENGTH)
    fits = (length >= least * width) & (drop <= thickest + 2 + _SLANT * length)
    fits[0] = False  # the paper
    for label in np.flatnonzero(fits).tolist():
        yield label, tuple(stats[label, :4].tolist()), float(least[label])


def _straight_line(
    part: NDArray[Any], corner: tuple[int, int], width: int, thickest: int, least: float
) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """The columns of a ruling and its row in each, or None where `part` is no ruling.

    `part` lies at the `corner` (x, y) of a picture `width` pixels wide.
    """
    left, top = corner
    inked_rows, inked_columns = np.nonzero(part)
    thickness = np.bincount(inked_columns)
    columns = np.flatnonzero(thickness)
    first, last = columns[0] + left, columns[-1] + left
    margin = max(2, round(_MARGIN * width))
    if last - first < least * width or (first > margin and last < width - 1 - margin):
        return None
    if len(columns) < _COVERED * (last - first) or len(inked_rows) > thickest * len(columns):
        return None
    rows = np.bincount(inked_columns, weights=inked_rows + top)[columns] / thickness[columns]
    columns = columns + left
    straight = np.polyval(np.polyfit(columns, rows, 1), columns)
    if np.abs(rows - straight).mean() > _STRAIGHT_PX:
        return None
    return columns, np.rint(rows).astype(np.int64)


def _take_out(mask: NDArray[Any], lines: list[tuple[NDArray[Any], NDArray[Any]]], thickest: int) -> Any:
    """The ink of the rulings at rows of columns, but not where there is more than it: a mask uint8 (H, W)."""
    if not lines:
        return np.zeros_like(mask)
    above, below = _paper_beside(mask)
    changes = np.zeros((mask.shape[0] + 1, mask.shape[1]), dtype=np.int32)  # +1 where a ruling begins
    most = 2 * thickest + 1
    for columns, rows in lines:
        # Of the ink in each column, what is connected to the ruling upwards and downwards.
        up = np.minimum(rows - above[rows, columns], most)
        down = np.minimum(below[rows, columns] - rows, most)
        thick = up + down - 1
        usual = float(np.percentile(thick, 25))  # elsewhere it may run through feet of digits
        alone = (thick <= max(_ALONE * usual, usual + 1)) & (thick > 0)
        np.add.at(changes, (rows[alone] - up[alone] + 1, columns[alone]), 1)
        np.add.at(changes, (rows[alone] + down[alone], columns[alone]), -1)
    return (changes[:-1].cumsum(axis=0) > 0).view(np.uint8)


def _paper_beside(mask: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """For each pixel of a mask (H, W) the row of the next paper above it, or -1, and below it, or H; its own
    where it is paper."""
    rows = np.arange(len(mask), dtype=np.int32)[:, None]
    above = np.maximum.accumulate(np.where(mask == 0, rows, np.int32(-1)))
    below = np.minimum.accumulate(np.where(mask == 0, rows, np.int32(len(mask)))[::-1])[::-1]
    return above, below
