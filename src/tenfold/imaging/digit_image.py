"""A picture of one digit as a network sees it: the one way for all who train and all who read."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.ink import CROP_PX, find_ink, is_clean
from tenfold.imaging.normalize import normalize
from tenfold.imaging.rulings import remove_rulings
from tenfold.imaging.size import fit
from tenfold.imaging.stroke import prepare

# Shares of the digit's longer side.
_NEAR = 0.08  # whatever is as near as this belongs to the digit
_PART, _PART_NEAR = 0.25, 0.3  # and so does what is as long as the one, and not farther away than the other
# What touches the picture's edge is a frame if it is so many times longer than wide, or goes around most of
# the picture and fills little of that.
_LINE, _AROUND, _HOLLOW = 8, 0.8, 0.15
_CUT_OFF = 0.7  # the weight of what the edge cuts off, as it may be a neighbour


def digit_image(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey levels uint8 (H, W), of either polarity, that show one digit, as uint8 (28, 28) like MNIST's.

    0 is paper and 255 ink. Specks and frames are left out, and hairlines are thickened, so that a digit looks
    the same whatever its size. A picture without contrast comes back blank.
    """
    return image_of_ink(ink_of_digit(fit(grey)[0]))


def ink_of_digit(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The ink in a picture of one digit, uint8 (H, W): float32 (H, W), 0 paper .. 1 ink.

    Rulings are taken out, but of clean crops: there a digit is as long and straight as they are.
    """
    return find_ink(grey) if max(grey.shape) <= CROP_PX and is_clean(grey) else remove_rulings(find_ink(grey))


def image_of_ink(ink: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The same of ink that was found already, float32 (H, W), 0 paper .. 1 ink."""
    return normalize(prepare(isolate(ink)))


def isolate(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Ink float32 (H, W) without what is not part of the digit, of the same shape.

    The digit is the largest connected ink, with what lies beside it: the bar of a 5, the second stroke of a
    4. Specks, frames and slivers of neighbours at the picture's edge are left out.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0).view(np.uint8), connectivity=8)
    if count <= 2:
        return ink
    boxes, areas = stats[1:, :4], stats[1:, 4]
    x, y, width, height = boxes.T
    lengths = np.maximum(width, height)
    at_edge = (x == 0) | (y == 0) | (x + width == ink.shape[1]) | (y + height == ink.shape[0])
    around = (width > _AROUND * ink.shape[1]) & (height > _AROUND * ink.shape[0])
    hollow = around & (areas < _HOLLOW * width * height)
    frames = at_edge & ((lengths > _LINE * np.minimum(width, height)) | hollow)
    main = int(np.argmax(areas * np.where(at_edge, _CUT_OFF, 1.0) * np.where(frames, 0.1, 1.0)))
    size = lengths[main]
    gaps = _gaps(boxes, boxes[main])
    beside = ~at_edge & (lengths >= _PART * size) & (gaps <= _PART_NEAR * size)
    belongs = ((gaps <= _NEAR * size) | beside) & ~frames
    belongs[main] = True
    if belongs.all():
        return ink
    return np.where(np.concatenate([[False], belongs])[labels], ink, np.float32(0))


def _gaps(boxes: NDArray[Any], main: NDArray[Any]) -> NDArray[Any]:
    """How many pixels lie between each box (x, y, width, height) and the main one, along the farther axis."""
    start, end = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    gaps: NDArray[Any] = np.maximum(start - (main[:2] + main[2:]), main[:2] - end).max(axis=1)
    return gaps
