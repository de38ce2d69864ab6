"""Thicken hairlines to a width that a 20-pixel box can show.

MNIST's digits were written with pens: scaled to their box of 20 pixels, their strokes are 1.2 to 5 pixels
wide. A line of one pixel on a large canvas would vanish there, so it is thickened first. Strokes that a pen
could have made are left unchanged.
"""

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.normalize import BOX_PX

# Widths in pixels of the 20-pixel box. Of 10,000 MNIST digits, one is thinner than the first.
HAIRLINE_PX = 1.2
PEN_PX = 1.75
# Hairlines are thickened at this longer side: fine enough for smooth edges.
WORKING_PX = 4 * BOX_PX
_BAND_PX = 128  # rows processed at a time, so that they stay in the CPU's cache


def stroke_width(ink: NDArray[Any]) -> float:
    """The mean width, in pixels, of the strokes in ink float32 (H, W); 0 if blank.

    A stroke of width w and length l has the area w l and two edges of length l, so w is twice the area
    divided by the length of the edges. The total variation of the ink measures that length even for soft
    edges.
    """
    edges = 0.0
    for top in range(-1, len(ink), _BAND_PX):  # edges lie below rows and to the right of columns
        rows = ink[max(top, 0) : top + _BAND_PX + 1]
        above, below = int(top < 0), int(top + _BAND_PX >= len(ink))
        framed = cv2.copyMakeBorder(rows, above, below, 1, 1, cv2.BORDER_CONSTANT, value=0)
        across = framed[:-1, 1:] - framed[:-1, :-1]
        down = framed[1:, :-1] - framed[:-1, :-1]
        edges += cv2.sumElems(cv2.magnitude(across, down))[0]
    return float(2 * cv2.sumElems(ink)[0] / edges) if edges else 0.0


def without_hairlines(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Ink float32 (H, W) of one digit made ready for `normalize`: float32 (h, w), scaled to 1, without
    hairlines.

    Strokes are at least as wide as a thin pen's once the digit is scaled to its 20-pixel box. Ink that is
    wide enough keeps its shape; otherwise it may come back smaller, cropped to the digit and a margin. Blank
    ink comes back blank.
    """
    strongest = ink.max(initial=0)
    if strongest <= 0:
        return ink
    if strongest != 1:
        ink = ink / strongest
    x, y, width, height = cv2.boundingRect((ink > 0).view(np.uint8))
    digit = np.ascontiguousarray(ink[y : y + height, x : x + width], dtype=np.float32)
    scale = max(width, height) / BOX_PX
    if stroke_width(digit) >= HAIRLINE_PX * scale:
        return ink
    return _thicken(digit)


def shrink(ink: NDArray[Any], size: tuple[int, int]) -> NDArray[np.float32]:
    """Ink (H, W) resized to a smaller `size`, (width, height), with thin lines as strong as before.

    Averaging would fade them, so the ink is first dilated by as many pixels as become one.
    """
    span = math.ceil(max(ink.shape[0] / size[1], ink.shape[1] / size[0]))
    grown = cv2.dilate(ink, np.ones((span, span), np.uint8))
    return np.asarray(cv2.resize(grown, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def widen(ink: NDArray[Any], by_px: float) -> NDArray[np.float32]:
    """Ink (H, W) with its strokes `by_px` pixels wider; whatever leaves the array is lost."""
    # Blend dilations by the two discs of integer radius on either side of the one wanted.
    radius = by_px / 2
    whole = int(radius)
    wider = cv2.dilate(ink, _disc(whole + 1))
    if whole:
        ink = cv2.dilate(ink, _disc(whole))
    blend = cv2.addWeighted(ink, 1 - (radius - whole), wider, radius - whole, 0)
    return np.asarray(blend, dtype=np.float32)


def _thicken(digit: NDArray[Any]) -> NDArray[np.float32]:
    """A digit that fills its array, with strokes widened to `PEN_PX` in the 20-pixel box."""
    factor = max(digit.shape) / WORKING_PX
    if factor > 1:
        digit = shrink(
            digit, (max(1, round(digit.shape[1] / factor)), max(1, round(digit.shape[0] / factor)))
        )
    missing = PEN_PX * max(digit.shape) / BOX_PX - stroke_width(digit)
    if missing <= 0:
        return np.asarray(digit, dtype=np.float32)
    frame = int(missing / 2) + 1
    return widen(cv2.copyMakeBorder(digit, frame, frame, frame, frame, cv2.BORDER_CONSTANT, value=0), missing)


def _disc(radius: int) -> NDArray[np.uint8]:
    side = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), dtype=np.uint8)
