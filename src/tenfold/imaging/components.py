"""Connected components of ink."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray


def find_components(ink: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The 8-connected components of ink float32 (H, W): a label for each pixel, int32 (H, W), and statistics.

    The statistics, int32 (C, 5), are those of OpenCV: x, y, width, height and area in pixels. Label 0 is the
    paper.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0).view(np.uint8), connectivity=8)
    return np.asarray(labels, dtype=np.int32), np.asarray(stats, dtype=np.int32)


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
    inked = labels > 0
    n = len(stats)
    sums = np.bincount(labels[inked], weights=values[inked], minlength=n)
    return labels, sums / np.maximum(np.bincount(labels[inked], minlength=n), 1)
