"""Convert colours to the grey levels in which ink stands out most.

Luma, 0.3 red + 0.6 green + 0.1 blue, all but loses a yellow pen on white paper, which differs only in blue.
So the weights are computed from the picture: they are the first principal component of its colours relative
to their surroundings. Black on white gives equal weights, yellow on white blue alone, white on blue red and
green.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

# At this size, strokes still show their colour.
_THUMBNAIL_PX = 256
# Share of the thumbnail's sides: anything wider is light and shadow, or the desk, rather than a stroke.
_SURROUNDINGS = 1 / 8
# Standard deviation in grey levels: colours that vary less are noise, and equal weights win.
_NOISE = 4.0

# Processing a picture in blocks needs memory for one block rather than for a second picture.
_BLOCK_PIXELS = 2**18


class Block(NamedTuple):
    """A part of a picture, in pixels; `right` and `bottom` are exclusive."""

    left: int
    top: int
    right: int
    bottom: int


Colors = Callable[[Block], Image.Image]  # the image of one block of a picture


def to_grey(width: int, height: int, colors: Colors) -> NDArray[np.uint8]:
    """The grey levels uint8 (height, width) of a picture's `colors`, RGB; grey pixels keep their level.

    `colors` is called twice for each block: to compute the weights, and to apply them.
    """
    matrix = (*_weights(width, height, colors), 0.0)
    levels = np.empty((height, width), dtype=np.uint8)
    for block in blocks(width, height):
        left, top, right, bottom = block
        levels[top:bottom, left:right] = np.asarray(colors(block).convert("L", matrix))
    return levels


def blocks(width: int, height: int, multiple: int = 1) -> Iterator[Block]:
    """Blocks of about 260,000 pixels that cover a picture of this size.

    The sides of all but the last block in a row or column are multiples of `multiple`.
    """
    rows = min(height, max(_BLOCK_PIXELS // width // multiple, 1) * multiple)
    columns = min(width, max(_BLOCK_PIXELS // rows // multiple, 1) * multiple)
    for top in range(0, height, rows):
        for left in range(0, width, columns):
            yield Block(left, top, min(left + columns, width), min(top + rows, height))


def _weights(width: int, height: int, colors: Colors) -> tuple[float, float, float]:
    """The weights of red, green and blue: numbers from 0 to 1 that sum to 1."""
    thumbnail = _thumbnail(width, height, colors)
    sides = thumbnail.shape[1], thumbnail.shape[0]
    window = [2 * int(side * _SURROUNDINGS / 2) + 3 for side in sides]
    differences: NDArray[Any] = (thumbnail - cv2.blur(thumbnail, window)).reshape(-1, 3)
    covariance = differences.T @ differences / len(differences) + _NOISE**2 / 3
    strongest = np.linalg.eigh(covariance).eigenvectors[:, -1].astype(np.float64)
    # If channels differ in opposite directions, as with red ink on green, the positive side is enough.
    weights = np.maximum(strongest * np.sign(strongest.sum() or 1), 0)
    red, green, blue = (weights / weights.sum()).tolist()
    return red, green, blue


def _thumbnail(width: int, height: int, colors: Colors) -> NDArray[np.float32]:
    """The colours averaged down to at most 256 pixels a side, float32 (h, w, 3)."""
    factor = math.ceil(max(width, height) / _THUMBNAIL_PX)
    thumbnail = np.empty((math.ceil(height / factor), math.ceil(width / factor), 3), dtype=np.float32)
    for block in blocks(width, height, multiple=factor):
        part = np.asarray(colors(block).reduce(factor))
        top, left = block.top // factor, block.left // factor
        thumbnail[top : top + part.shape[0], left : left + part.shape[1]] = part
    return thumbnail
