"""From colours to the grey levels in which ink stands out most.

Grey as the eye weighs it, 0.3 red + 0.6 green + 0.1 blue, all but loses a yellow pen on white paper: only its
blue differs. So the weights are taken from the picture: they are the direction in which its colours differ
most from what is around them, the first principal component. Black on white leads to equal weights, yellow on
white to blue alone, white on blue to red and green.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

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

# What is done to a picture block by block needs memory for a block, not for another picture.
_BLOCK_PIXELS = 2**18


class Block(NamedTuple):
    """A part of a picture, in pixels; `right` and `bottom` are beyond it."""

    left: int
    top: int
    right: int
    bottom: int


Colors = Callable[[Block], Image.Image]  # the image of a part of a picture


def to_grey(width: int, height: int, colors: Colors) -> NDArray[np.uint8]:
    """The grey levels uint8 (height, width) of a picture's `colors`, RGB; what is grey keeps its level.

    Each part is asked for twice: for the weights, and to be weighed.
    """
    matrix = (*_weights(width, height, colors), 0.0)
    levels = np.empty((height, width), dtype=np.uint8)
    for block in blocks(width, height):
        left, top, right, bottom = block
        levels[top:bottom, left:right] = np.asarray(colors(block).convert("L", matrix))
    return levels


def blocks(width: int, height: int, multiple: int = 1) -> Iterator[Block]:
    """Blocks of about 260,000 pixels that cover a picture of this size.

    All but the last ones in a row and a column have sides that are a `multiple`.
    """
    rows = min(height, max(_BLOCK_PIXELS // width // multiple, 1) * multiple)
    columns = min(width, max(_BLOCK_PIXELS // rows // multiple, 1) * multiple)
    for top in range(0, height, rows):
        for left in range(0, width, columns):
            yield Block(left, top, min(left + columns, width), min(top + rows, height))


def _weights(width: int, height: int, colors: Colors) -> tuple[float, float, float]:
    """How much red, green and blue count: numbers from 0 to 1 that sum to 1."""
    thumbnail = _thumbnail(width, height, colors)
    sides = thumbnail.shape[1], thumbnail.shape[0]
    window = [2 * int(side * _SURROUNDINGS / 2) + 3 for side in sides]
    differences: NDArray[Any] = (thumbnail - cv2.blur(thumbnail, window)).reshape(-1, 3)
    covariance = differences.T @ differences / len(differences) + _NOISE**2 / 3
    strongest = np.linalg.eigh(covariance).eigenvectors[:, -1].astype(np.float64)
    # Of colours that differ in opposite ways, as red and green do, one side tells them apart as well.
    weights = np.maximum(strongest * np.sign(strongest.sum() or 1), 0)
    red, green, blue = (weights / weights.sum()).tolist()
    return red, green, blue


def _thumbnail(width: int, height: int, colors: Colors) -> NDArray[np.float32]:
    """The colours averaged to at most 256 pixels a side, float32 (h, w, 3)."""
    factor = math.ceil(max(width, height) / _THUMBNAIL_PX)
    thumbnail = np.empty((math.ceil(height / factor), math.ceil(width / factor), 3), dtype=np.float32)
    for block in blocks(width, height, multiple=factor):
        part = np.asarray(colors(block).reduce(factor))
        top, left = block.top // factor, block.left // factor
        thumbnail[top : top + part.shape[0], left : left + part.shape[1]] = part
    return thumbnail
