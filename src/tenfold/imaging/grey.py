"""From colours to the grey levels in which ink stands out most.

Grey as the eye weighs it, 0.3 red + 0.6 green + 0.1 blue, all but loses a yellow pen on white paper: only its
blue differs. So the weights are taken from the picture: they are the direction in which its colours differ
most from what is around them, the first principal component. Black on white leads to equal weights, yellow on
white to blue alone, white on blue to red and green.
"""

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Strokes stay strong enough to tell their colour when a picture is brought down to this.
_THUMBNAIL_PX = 256
# Of the thumbnail's sides: what is wider than this is light and shadow, or the desk, not a stroke.
_SURROUNDINGS = 1 / 8
# The standard deviation, in grey levels, below which colours are noise and equal weights win.
_NOISE = 4.0


def to_grey(image: Image.Image) -> NDArray[np.uint8]:
    """The grey levels uint8 (H, W) of an RGB image; what is grey already keeps its level."""
    # Pillow's own arithmetic spares a copy of all colours as an array.
    return np.array(image.convert("L", (*_weights(image), 0.0)), dtype=np.uint8)


def _weights(image: Image.Image) -> tuple[float, float, float]:
    """How much red, green and blue count: numbers from 0 to 1 that sum to 1."""
    thumbnail = image.reduce(math.ceil(max(image.size) / _THUMBNAIL_PX))
    colors = np.asarray(thumbnail, dtype=np.float32)
    window = [2 * int(side * _SURROUNDINGS / 2) + 3 for side in thumbnail.size]
    differences: NDArray[Any] = (colors - cv2.blur(colors, window)).reshape(-1, 3)
    covariance = differences.T @ differences / len(differences) + _NOISE**2 / 3
    strongest = np.linalg.eigh(covariance).eigenvectors[:, -1].astype(np.float64)
    # Of colours that differ in opposite ways, as red and green do, one side tells them apart as well.
    weights = np.maximum(strongest * np.sign(strongest.sum() or 1), 0)
    red, green, blue = (weights / weights.sum()).tolist()
    return red, green, blue
