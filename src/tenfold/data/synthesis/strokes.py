"""MNIST digits as pen strokes, to be redrawn with other pens.

A digit is represented by two distance fields on a grid twice as fine as MNIST's: the distance of each point
from the outline of the ink, which preserves the writer's pen, and from the middle line of the strokes, which
any pen can follow, from a hairline to a marker.

The middle line is found by thinning: T. Y. Zhang and C. Y. Suen, "A fast parallel algorithm for thinning
digital patterns", Communications of the ACM 27(3), 1984.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

FINENESS = 2  # grid points per pixel of MNIST, along each axis
SIDE = 28 * FINENESS
UNIT = 16  # steps per grid point of distance
ZERO = 128  # the outline in `outlines`

_CHUNK = 2_000  # images thinned at a time, so that they fit in the processor's cache
Fields = NDArray[np.uint8]


@dataclass(frozen=True)
class Strokes:
    """N digits as distance fields, uint8 (N, 56, 56), in sixteenths of a grid point.

    `outlines` is 128 on the ink's outline, more inside, less outside; `spines` is 0 on the middle lines and
    255 at a distance of 16 grid points or more.
    """

    outlines: Fields
    spines: Fields

    def __len__(self) -> int:
        return len(self.outlines)


def trace(images: NDArray[np.uint8]) -> Strokes:
    """The strokes of MNIST images, uint8 (N, 28, 28), 0 paper .. 255 ink."""
    masks = np.empty((len(images), SIDE, SIDE), dtype=np.uint8)
    for image, mask in zip(images, masks, strict=True):
        fine = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        np.greater(fine, 127, out=mask.view(np.bool_))
    lines = np.concatenate([thin(masks[i : i + _CHUNK]) for i in range(0, len(masks), _CHUNK)] or [masks])
    outlines, spines = np.empty_like(masks), np.empty_like(masks)
    for mask, line, outline, spine in zip(masks, lines, outlines, spines, strict=True):
        inside = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
        outside = cv2.distanceTransform(1 - mask, cv2.DIST_L2, 3)
        outline[:] = np.clip(ZERO + UNIT * (inside - outside), 0, 255)
        spine[:] = spine_of(line)
    return Strokes(outlines, spines)


def indices_by_value(strokes: Strokes, labels: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The indices of each value's digits, from the one that leans furthest left to the furthest right."""
    leans = np.array([_lean(spine) for spine in strokes.spines])
    of_value = [np.flatnonzero(labels == value) for value in range(10)]
    return [indices[np.argsort(leans[indices], kind="stable")] for indices in of_value]


def _lean(spine: Fields) -> float:
    """How far the middle line's main axis leans to the right, in radians from the vertical."""
    moments = cv2.moments((spine < UNIT).view(np.uint8), binaryImage=True)
    from_horizontal = 0.5 * np.arctan2(2 * moments["mu11"], moments["mu20"] - moments["mu02"])
    return float(from_horizontal % np.pi - np.pi / 2)


def spine_of(line: NDArray[np.uint8]) -> Fields:
    """The distance field, in sixteenths of a grid point, of a middle line drawn as non-zero pixels (h, w)."""
    distance = cv2.distanceTransform((line == 0).astype(np.uint8), cv2.DIST_L2, 3)
    field: Fields = (UNIT * np.minimum(distance, 255 / UNIT)).astype(np.uint8)
    return field


def thin(masks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Thin ink of 0 or 1, uint8 (N, h, w), to lines one pixel wide."""
    n, height, width = masks.shape
    padded = np.pad(masks, ((0, 0), (1, 1), (1, 1)))
    sheet = padded.reshape(n * (height + 2), width + 2)  # all images stacked vertically
    n_removed = 1
    while n_removed:
        n_removed = 0
        for removable in _REMOVABLE:
            # One bit for each of the eight neighbours: 256 cases cover every neighbourhood.
            neighbourhood = cv2.filter2D(sheet, cv2.CV_8U, _BITS, borderType=cv2.BORDER_CONSTANT)
            remove = cv2.bitwise_and(cv2.LUT(neighbourhood, removable), sheet)
            n_removed += cv2.countNonZero(remove)
            cv2.subtract(sheet, remove, dst=sheet)
    return padded[:, 1:-1, 1:-1]


_BITS = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], dtype=np.float32)  # clockwise from the one above


def _removable(first: bool) -> NDArray[np.uint8]:
    """1 for each of the 256 neighbourhoods where Zhang and Suen's first or second pass removes the pixel."""
    table = np.zeros(256, dtype=np.uint8)
    for code in range(256):
        around = [code >> bit & 1 for bit in range(8)]
        up, right, down, left = around[0], around[2], around[4], around[6]
        begins = sum(here < after for here, after in zip(around, around[1:] + around[:1], strict=True))
        on_edge = (
            not (up and right and down) and not (right and down and left)
            if first
            else not (up and right and left) and not (up and down and left)
        )
        table[code] = 2 <= sum(around) <= 6 and begins == 1 and on_edge
    return table


_REMOVABLE = (_removable(first=True), _removable(first=False))
