"""Bring large pictures to the size at which handwriting is read."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# A page of 40 lines has its digits 30 pixels high at this size, more than the network looks at.
LONGEST_PX = 2000


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
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
