"""Connected components of ink."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_BAND_PX = 256  # rows whose statistics are gathered at once, which bounds the memory
_SMALL = 2**14  # pixels of ink for which OpenCV's own statistics are faster, and need little memory


def find_components(ink: NDArray[Any], connectivity: int = 8) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The connected components of ink (H, W): a label for each pixel, int32 (H, W), and statistics.

    The statistics, int32 (C, 5), have OpenCV's columns: x, y, width, height and area in pixels. Label 0 is
    the paper; its row contains zeros.
    """
    inked = (ink > 0).view(np.uint8)
    if ink.size <= _SMALL:
        _, found, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=connectivity)
        stats[0] = 0
        return np.asarray(found, dtype=np.int32), np.asarray(stats, dtype=np.int32)
    n, found = cv2.connectedComponents(inked, connectivity=connectivity)
    labels = np.asarray(found, dtype=np.int32)
    return labels, _statistics(labels, n)


def _statistics(labels: NDArray[np.int32], n: int) -> NDArray[np.int32]:
    """Bounding boxes and areas of `n` labels.

    OpenCV's own function needs 140 MB per million components on each core.
    """
    height, width = labels.shape
    left, top = np.full((2, n), max(height, width), np.int32)
    right, bottom, areas = np.zeros((3, n), np.int32)
    for first in range(0, height, _BAND_PX):
        band = labels[first : first + _BAND_PX]
        # Bounding boxes and areas follow from the first and last pixels of the horizontal runs of ink.
        inked = band > 0
        is_first, is_last = inked.copy(), inked.copy()
        is_first[:, 1:] &= ~inked[:, :-1]
        is_last[:, :-1] &= ~inked[:, 1:]
        rows, starts = _where(is_first)
        _, lasts = _where(is_last)
        owners = band[rows, starts]
        np.minimum.at(left, owners, starts)
        np.maximum.at(right, owners, lasts + 1)
        np.minimum.at(top, owners, rows + first)
        np.maximum.at(bottom, owners, rows + first + 1)
        np.add.at(areas, owners, lasts + 1 - starts)
    stats = np.stack([left, top, right - left, bottom - top, areas], axis=1)
    stats[0] = 0
    return stats


def _where(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The rows and columns of the true pixels in a mask (H, W)."""
    flat = np.flatnonzero(mask).astype(np.int32)  # several times as fast as `nonzero` of two dimensions
    rows = flat // mask.shape[1]
    return rows, flat - rows * np.int32(mask.shape[1])


def touch_edge(boxes: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which boxes, int (n, 4) x, y, width, height, touch the edge of a picture of `shape` (H, W)."""
    x, y, width, height = boxes.T
    return np.asarray((x == 0) | (y == 0) | (x + width == shape[1]) | (y + height == shape[0]))


def average_components(
    values: NDArray[np.float32], within: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """The mean of `values`, float32 (H, W), over each connected component of the ink `within`, float32 (H,
    W).

    Returns the label of each pixel, int32 (H, W), and the means, float64 (C,). Label 0 is the paper; its mean
    is 0.
    """
    labels, stats = find_components(within)
    sums = np.zeros(len(stats))
    for first in range(0, len(labels), _BAND_PX):
        band = np.s_[first : first + _BAND_PX]
        inked = np.flatnonzero(labels[band])
        owners, of_ink = labels[band].ravel()[inked], values[band].ravel()[inked]
        sums += np.bincount(owners, weights=of_ink, minlength=len(stats))
    return labels, sums / np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
