"""Scale large pictures down to the size at which handwriting is read."""

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# The digits of a page of 40 lines are 30 pixels high at this size, more than the network needs.
LONGEST_PX = 2000
# OpenCV needs twelve bytes for each pixel of a side.
_OPENCV_MAX_SIDE_PX = 100_000


def fit_working_size(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey levels uint8 (H, W) with the longer side at most 2000 pixels.

    Pixels are averaged by area. A small enough picture is returned unchanged.
    """
    return np.asarray(downscale(grey, LONGEST_PX), dtype=np.uint8)


def downscale(picture: NDArray[Any], longest_px: int) -> NDArray[Any]:
    """A picture (H, W) with its longer side at most `longest_px` pixels, averaged by area."""
    height, width = picture.shape
    factor = longest_px / max(height, width)
    if factor >= 1:
        return picture
    size = max(1, round(width * factor)), max(1, round(height * factor))
    for axis in (0, 1):
        picture = _shorten(picture, axis)
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _shorten(picture: NDArray[Any], axis: int) -> NDArray[Any]:
    """The picture averaged along an axis to at most as many pixels as OpenCV accepts."""
    side = picture.shape[axis]
    step = math.ceil(side / _OPENCV_MAX_SIDE_PX)
    if step == 1:
        return picture
    starts = np.arange(0, side, step)
    counts = np.diff(starts, append=side)
    sums = np.add.reduceat(picture, starts, axis=axis, dtype=np.float32)
    means = sums / (counts if axis else counts[:, None])
    return np.asarray(np.rint(means) if picture.dtype == np.uint8 else means).astype(picture.dtype)
