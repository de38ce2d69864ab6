"""Make a digit of any size look like MNIST's; the only module that knows how these were made.

"The original black and white (bilevel) images from NIST were size normalized to fit in a 20x20 pixel box
while preserving their aspect ratio. The resulting images contain grey levels as a result of the anti-aliasing
technique used by the normalization algorithm. The images were centered in a 28x28 image by computing the
center of mass of the pixels, and translating the image so as to position this point at the center of the
28x28 field." ("THE MNIST DATABASE of handwritten digits", LeCun, Cortes, Burges; the same in LeCun, Bottou,
Bengio, Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE 86(11), 1998, section
III.A.)

Measured on MNIST's 60,000 training images: the longer side of the ink is 20 pixels in all but 13 of them, and
in all but one of the rest the centre of mass lies between 13.5 and 14.5, counting pixels from 0. So MNIST's
centre is pixel 14, and its images were shifted by whole pixels.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.errors import InputError

SIDE_PX = 28
BOX_PX = 20
_CENTRE_PX = 14


def normalize(ink: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Ink float32 (H, W), 0 paper .. 1 ink, of one digit as a uint8 image (28, 28), 0 paper .. 255 ink.

    Crops to the bounding box of all ink above 0, scales the longer side to 20 pixels and moves the centre of
    mass to the centre of the image. Where the digit lies in the picture does not matter. Blank ink gives a
    blank image. Of MNIST's 60,000 training images, 59,986 come back unchanged. Raises InputError unless `ink`
    is a two-dimensional array of floats.
    """
    if ink.ndim != 2 or ink.dtype.kind != "f":
        raise InputError(f"expected ink as floats of shape (H, W), received {ink.dtype} of shape {ink.shape}")
    glyph = _crop_to_ink(ink)
    image = np.zeros((SIDE_PX, SIDE_PX), dtype=np.uint8)
    if glyph.size == 0:
        return image
    sized = _resize(glyph)
    height, width = sized.shape
    top, left = _corner_of(sized)
    image[top : top + height, left : left + width] = sized
    return image


def _crop_to_ink(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """The bounding box of all ink; of shape (0, 0) if there is none."""
    inked = ink > 0
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if not rows.size:
        return ink[:0, :0]
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _resize(glyph: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Scale the longer side to 20 pixels, keeping the aspect ratio; floats 0 to 1 become 0 to 255."""
    height, width = glyph.shape
    factor = BOX_PX / max(height, width)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    # Area averaging avoids aliasing when shrinking, but would make blocks when enlarging. At the same size,
    # OpenCV copies.
    interpolation = cv2.INTER_AREA if factor <= 1 else cv2.INTER_CUBIC
    sized = cv2.resize(np.ascontiguousarray(glyph, dtype=np.float32), size, interpolation=interpolation)
    return np.rint(np.clip(sized, 0, 1) * 255).astype(np.uint8)


def _corner_of(glyph: NDArray[np.uint8]) -> tuple[int, int]:
    """The row and column of the glyph's top left corner that bring its centre of mass nearest to the centre.

    The whole glyph stays inside the image, even if its centre of mass must move off the centre.
    """
    weights = glyph.astype(np.float64)
    total = max(weights.sum(), 1.0)
    corner = []
    for axis, length in enumerate(glyph.shape):
        centre = float(weights.sum(axis=1 - axis) @ np.arange(length)) / total
        nearest = math.ceil(_CENTRE_PX - 0.5 - centre)
        corner.append(min(max(nearest, 0), SIDE_PX - length))
    return corner[0], corner[1]
