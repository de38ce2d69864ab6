"""A picture of one digit as a 28 x 28 image: the one way for everything that trains or reads."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.components import find_components, touch_edge
from tenfold.imaging.ink import find_ink, is_clean, is_crop
from tenfold.imaging.normalize import normalize
from tenfold.imaging.rulings import remove_rulings
from tenfold.imaging.size import fit_working_size
from tenfold.imaging.stroke import without_hairlines

# Shares of the digit's longer side.
_NEAR = 0.08  # components this near belong to the digit
_MIN_STROKE, _STROKE_NEAR = 0.25, 0.3  # so do those at least this long and this near
# A component at the picture's edge is a frame if its sides have this ratio, or if it surrounds this share of
# the picture's width and height and fills no more than this share of its bounding box.
_FRAME_ASPECT, _FRAME_SPAN, _FRAME_FILL = 8, 0.8, 0.15
_CUT_OFF_WEIGHT, _FRAME_WEIGHT = 0.7, 0.1  # a component at the edge may belong to a neighbouring digit


def digit_image(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture of one digit, uint8 (H, W) of either polarity, as uint8 (28, 28) in MNIST's style.

    0 is paper and 255 ink. Specks and frames are removed and hairlines thickened, so that a digit looks the
    same at any size. A picture without contrast gives a blank image.
    """
    return image_of_ink(isolate(ink_of_digit(fit_working_size(grey))))


def ink_of_digit(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The ink in a picture of one digit, uint8 (H, W): float32 (H, W), 0 paper .. 1 ink.

    Rulings are removed, except from clean crops, where a digit can be as long and straight as a ruling.
    """
    ink = find_ink(grey)
    return ink if is_crop(grey) and is_clean(grey) else remove_rulings(ink)


def image_of_ink(ink: NDArray[np.float32]) -> NDArray[np.uint8]:
    """As `digit_image`, from the ink of the digit alone, float32 (H, W), 0 paper .. 1 ink."""
    return normalize(without_hairlines(ink))


def isolate(ink: NDArray[np.float32], columns: tuple[float, float] | None = None) -> NDArray[np.float32]:
    """The digit alone in ink float32 (H, W), of the same shape.

    The digit is the largest connected component together with nearby ones: the bar of a 5, the second stroke
    of a 4. Specks, frames and parts of neighbours at the picture's edge are removed. If it is known to lie
    between two `columns`, it is the largest component that reaches between them, or else the nearest.
    """
    labels, stats = find_components(ink)
    if len(stats) <= 2:
        return ink
    boxes, areas = stats[1:, :4], stats[1:, 4]
    _, _, width, height = boxes.T
    lengths = np.maximum(width, height)
    at_edge = touch_edge(boxes, ink.shape)
    surrounds = (width > _FRAME_SPAN * ink.shape[1]) & (height > _FRAME_SPAN * ink.shape[0])
    hollow = surrounds & (areas < _FRAME_FILL * width * height)
    frames = at_edge & ((lengths > _FRAME_ASPECT * np.minimum(width, height)) | hollow)
    weighted = areas * np.where(at_edge, _CUT_OFF_WEIGHT, 1.0) * np.where(frames, _FRAME_WEIGHT, 1.0)
    if columns is not None:
        left, right = columns
        away = np.maximum(_gaps(boxes, np.array([left, 0, right - left, len(ink)])), 0)
        weighted = np.where(away == away.min(), weighted, 0)
    main = int(np.argmax(weighted))
    size = lengths[main]
    gaps = _gaps(boxes, boxes[main])
    strokes = ~at_edge & (lengths >= _MIN_STROKE * size) & (gaps <= _STROKE_NEAR * size)
    belongs = ((gaps <= _NEAR * size) | strokes) & ~frames
    belongs[main] = True
    if belongs.all():
        return ink
    return np.where(np.concatenate([[False], belongs])[labels], ink, np.float32(0))


def _gaps(boxes: NDArray[Any], main: NDArray[Any]) -> NDArray[Any]:
    """Between each box (x, y, width, height) and the main one, the larger of both gaps, in pixels; negative
    where they overlap."""
    start, end = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    gaps: NDArray[Any] = np.maximum(start - (main[:2] + main[2:]), main[:2] - end).max(axis=1)
    return gaps
