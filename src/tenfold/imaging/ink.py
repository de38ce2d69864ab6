"""Tell ink from paper.

Ink is what is darker than the paper around it (or lighter, on dark paper) by more than the paper's own
roughness, and by a fair share of what the writing is; faint rulings, shadows and a cheque's print are not.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.paper import is_dark, paper_level

# Of 255. Below this a picture is taken for blank paper.
_FAINTEST_INK = 8
# Of the strongest ink. What is fainter is paper: the ripples JPEG leaves around strokes are of this size.
_FAINTEST_SHARE = 0.04
# The median absolute deviation times this is the standard deviation, where the noise is Gaussian.
_DEVIATIONS_PER_MAD = 1.4826
# Pictures up to this size with even paper are crops of one clean digit.
_CROP_PX = 128


def find_ink(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Grey levels uint8 (H, W), of either polarity, as ink float32 (H, W): 0 is paper, 1 the strongest ink.

    A picture without contrast is blank: all zeros.
    """
    lowest, highest, _, _ = cv2.minMaxLoc(grey)
    if highest - lowest < _FAINTEST_INK:
        return np.zeros(grey.shape, dtype=np.float32)
    if is_dark(grey):
        grey = ~grey
        lowest, highest = 255 - highest, 255 - lowest
    if max(grey.shape) <= _CROP_PX and _is_even(grey, int(highest)):
        scale = 1 / (highest - lowest)
        ink = (highest - grey.astype(np.float32)) * np.float32(scale)
        ink[ink <= _FAINTEST_SHARE] = 0
        return ink
    return _uneven(grey)


def _is_even(grey: NDArray[Any], paper: int) -> bool:
    """Whether most of the picture is paper of one level."""
    return cv2.countNonZero(cv2.inRange(grey, paper - 2, 255)) > 0.4 * grey.size


def _uneven(grey: NDArray[Any]) -> NDArray[np.float32]:
    depth = paper_level(grey) - grey
    roughness = _DEVIATIONS_PER_MAD * float(
        np.median(np.abs(cv2.resize(depth, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_NEAREST)))
    )
    if min(grey.shape) >= 48 and roughness > 1:
        depth = cv2.GaussianBlur(depth, (0, 0), 0.8)
    floor = max(3 * roughness, 4.0)
    some = depth[depth > floor]
    if some.size == 0:
        return np.zeros(grey.shape, dtype=np.float32)
    split, _ = cv2.threshold(
        np.clip(some, 0, 255).astype(np.uint8), 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU
    )
    strong = float(np.percentile(some[some > split], 75)) if (some > split).any() else float(some.max())
    if strong < _FAINTEST_INK:
        return np.zeros(grey.shape, dtype=np.float32)
    low, high = max(floor, 0.35 * strong), max(floor, 0.6 * strong)
    _, labels = cv2.connectedComponents((depth > low).view(np.uint8))
    keep = np.zeros(labels.max() + 1, dtype=bool)
    keep[labels[depth > high]] = True
    keep[0] = False
    edge = cv2.dilate(keep[labels].view(np.uint8), np.ones((3, 3), np.uint8))
    soft: NDArray[np.float32] = np.clip((depth - 0.2 * strong) / (0.7 * strong), 0, 1).astype(np.float32)
    soft[edge == 0] = 0
    return soft
