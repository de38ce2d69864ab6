"""From colours to the grey levels in which ink stands out most.

Grey as the eye weighs it, 0.3 red + 0.6 green + 0.1 blue, all but loses a yellow pen on white paper: only its
blue differs. So the weights are taken from the picture: they are the direction in which its colours differ
most from what is around them, the first principal component. Black on white leads to equal weights, yellow on
white to blue alone, white on blue to red and green.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# Strokes stay strong enough to tell their colour when a picture is brought down to this.
_THUMBNAIL_PX = 256
# Of the thumbnail's sides: what is wider than this is light and shadow, or the desk, not a stroke.
_SURROUNDINGS = 1 / 8
# The standard deviation, in grey levels, below which colours are noise and equal weights win.
_NOISE = 4.0


def to_grey(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The grey levels uint8 (H, W) of colours uint8 (H, W, 3); what is grey already keeps its level."""
    grey = cv2.transform(rgb, _weights(rgb)[None])
    return np.asarray(grey, dtype=np.uint8)


def _weights(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How much red, green and blue count: three numbers from 0 to 1 that sum to 1."""
    colours = _thumbnail(rgb).astype(np.float32)
    height, width = colours.shape[:2]
    window = [2 * int(side * _SURROUNDINGS / 2) + 3 for side in (width, height)]
    differences: NDArray[Any] = (colours - cv2.blur(colours, window)).reshape(-1, 3)
    covariance = differences.T @ differences / len(differences) + _NOISE**2 / 3
    strongest = np.linalg.eigh(covariance).eigenvectors[:, -1].astype(np.float64)
    # Of colours that differ in opposite ways, as red and green do, one side tells them apart as well.
    weights = np.maximum(strongest * np.sign(strongest.sum() or 1), 0)
    return np.asarray(weights / weights.sum())


def _thumbnail(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = rgb.shape[:2]
    factor = _THUMBNAIL_PX / max(height, width)
    if factor >= 1:
        return rgb
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
