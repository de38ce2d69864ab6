"""Take ruled lines, frames and underlinings that run through the picture out of the ink.

A ruling is thin, straight and longer than any stroke: it covers most of the picture's width or height and
runs into its edge, or lies along the edge. It is found by morphological opening with a line, and taken out
where it is alone: where the ink is thicker there, writing crosses or touches it.
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
    rulings = np.zeros_like(mask)
    # A run that climbs by a pixel is still straight: bridge the step before opening.
    bridged = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)) & mask
    if not runs.any():
        return rulings
    linked = cv2.dilate(runs, np.ones((3, 2 * (run // 2) + 1), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(linked, connectivity=8)
    thickest = max(_LEAST_THICKNESS_PX, round(_THICKNESS * width))
    for label in range(1, count):
        _, top, length, drop, _ = stats[label]
        near_edge = _ALONG_EDGE * height
        along_edge = top + drop <= near_edge or top >= height - near_edge
        least = _LENGTH_ALONG_EDGE if along_edge else _LENGTH
        if length < least * width or drop > thickest + 2 + _SLANT * length:
            continue
        line = _straight_line((labels == label) & (runs > 0), width, thickest, least)
        if line is not None:
            _take_out(mask, rulings, *line, thickest)
    return rulings


def _straight_line(
    part: NDArray[Any], width: int, thickest: int, least: float
) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """The columns of a ruling and its row in each, or None where `part` is no ruling."""
    thickness = np.count_nonzero(part, axis=0)
    columns = np.flatnonzero(thickness)
    left, right = columns[0], columns[-1]
    margin = max(2, round(_MARGIN * width))
    if right - left < least * width or (left > margin and right < width - 1 - margin):
        return None
    if len(columns) < _COVERED * (right - left) or thickness.sum() > thickest * len(columns):
        return None
    rows = (part * np.arange(len(part))[:, None]).sum(axis=0)[columns] / thickness[columns]
    straight = np.polyval(np.polyfit(columns, rows, 1), columns)
    if np.abs(rows - straight).mean() > _STRAIGHT_PX:
        return None
    return columns, np.rint(rows).astype(np.int64)


def _take_out(
    mask: NDArray[Any], rulings: NDArray[Any], columns: NDArray[Any], rows: NDArray[Any], thickest: int
) -> None:
    """Mark in `rulings` the ink of the ruling at `rows` of `columns`, but not where there is more than it."""
    reach = np.arange(-2 * thickest, 2 * thickest + 1)
    around = np.clip(rows[:, None] + reach, 0, len(mask) - 1)
    inked = (mask[around, columns[:, None]] > 0) & (around == rows[:, None] + reach)
    middle = 2 * thickest
    # Of the ink in each column, what is connected to the ruling upwards and downwards.
    below = np.logical_and.accumulate(inked[:, middle:], axis=1)
    above = np.logical_and.accumulate(inked[:, middle::-1], axis=1)
    thick = below.sum(axis=1) + above.sum(axis=1) - 1
    usual = float(np.percentile(thick, 25))  # elsewhere it may run through feet of digits
    alone = thick <= max(_ALONE * usual, usual + 1)
    own = np.concatenate([above[:, :0:-1], below], axis=1) & alone[:, None]
    rulings[around[own], np.broadcast_to(columns[:, None], own.shape)[own]] = 1
