"""Bring large pictures to the size at which handwriting is read."""

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# A page of 40 lines has its digits 30 pixels high at this size, more than the network looks at.
LONGEST_PX = 2000
# OpenCV keeps twelve bytes for each pixel of a side.
_LONGEST_SIDE_PX = 100_000


def fit(grey: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """Grey levels uint8 (H, W) with the longer side at most 2000 pixels, and the factor, at most 1, of that.

    Pixels are averaged by area. What is small enough comes back as it is, with the factor 1.
    """
    height, width = grey.shape
    factor = LONGEST_PX / max(height, width)
    if factor >= 1:
        return grey, 1.0
    return np.asarray(reduce(grey, LONGEST_PX), dtype=np.uint8), factor


def reduce(picture: NDArray[Any], longest_px: int) -> NDArray[Any]:
    """The picture (H, W) with its longer side at most `longest_px`, averaged by area."""
    height, width = picture.shape
    factor = longest_px / max(height, width)
    if factor >= 1:
        return picture
    size = max(1, round(width * factor)), max(1, round(height * factor))
    for axis in (0, 1):
        picture = _shorten(picture, axis)
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _shorten(picture: NDArray[Any], axis: int) -> NDArray[Any]:
    """The picture with at most so many pixels along an axis as OpenCV has room for, averaged."""
    side = picture.shape[axis]
    step = math.ceil(side / _LONGEST_SIDE_PX)
    if step == 1:
        return picture
    starts = np.arange(0, side, step)
    counts = np.diff(starts, append=side)
    sums = np.add.reduceat(picture, starts, axis=axis, dtype=np.float32)
    means = sums / (counts if axis else counts[:, None])
    return np.asarray(np.rint(means) if picture.dtype == np.uint8 else means).astype(picture.dtype)
