"""What the paper is like: lighter or darker than the ink, and its level at every place."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.size import reduce

# Light changes slowly over a page; this many pixels of the longer side show it.
_LIGHT_PX = 256
# A stroke is narrower than this share of the picture's shorter side, where the light is not even.
_WIDEST_STROKE = 0.25


def is_dark(grey: NDArray[np.uint8]) -> bool:
    """Whether the paper is darker than the ink: chalk on a board, MNIST.

    Paper is most of the picture and most of its border. Where these do not agree, part of the border may be
    a scanner's black margin or a shadow, and the thinner of the two is the ink.
    """
    small = reduce(grey, 128)
    _, light = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    height, width = light.shape
    of_border = (
        cv2.sumElems(light[0])[0]
        + cv2.sumElems(light[-1])[0]
        + cv2.sumElems(light[:, 0])[0]
        + cv2.sumElems(light[:, -1])[0]
    ) / (2 * (height + width))
    of_all = cv2.sumElems(light)[0] / light.size
    vote = of_border + of_all
    if min(height, width) < 48 or not 0.2 < vote < 1.7:
        return bool(vote < 1)
    side = max(3, min(height, width) // 6) | 1
    square = np.ones((side, side), np.uint8)
    levels = small.astype(np.float32)
    dark_strokes = cv2.norm(cv2.morphologyEx(levels, cv2.MORPH_BLACKHAT, square))
    light_strokes = cv2.norm(cv2.morphologyEx(levels, cv2.MORPH_TOPHAT, square))
    return light_strokes > dark_strokes


def paper_level(grey: NDArray[np.uint8]) -> NDArray[Any]:
    """The level of the paper at every pixel of dark writing on light paper, float32 (H, W).

    A morphological closing wider than any stroke fills the writing with the paper around it and keeps the
    edges of shadows; the median of what is left below it is the paper's own roughness, and is taken off.
    """
    small = reduce(grey, _LIGHT_PX)
    side = max(3, round(_WIDEST_STROKE * min(small.shape))) | 1
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)).astype(np.float32)
    closed -= np.median(closed - small)
    if closed.shape == grey.shape:
        return closed
    return cv2.resize(closed, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
