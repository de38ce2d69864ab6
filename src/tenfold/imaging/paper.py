"""What the paper is like: lighter or darker than the ink, and its level at every place."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.size import reduce

_LOOK_PX = 256  # the longer side of the picture in which the paper is told from the ink
# Smaller pictures are crops of a digit: their surroundings are not in view.
_SMALLEST_PAGE_PX = 40
_UNSURE = 0.6, 2.2  # of three votes for light paper
_SURROUNDINGS = 0.3  # of the picture's shorter side
# Darker than this level, and than this share of the paper's, is no paper in any shadow. Its edge is ragged
# for so large a share of the picture's shorter side.
_BLACK, _BLACK_SHARE, _RAGGED = 70, 0.4, 0.03
# Light changes slowly over a page; this many pixels of the longer side show it.
_LIGHT_PX = 256
_SAMPLED = 7  # every so many pixels are enough to know its slope
# A stroke is narrower than this share of the picture's shorter side, where the light is not even.
_WIDEST_STROKE = 0.25


def is_dark(grey: NDArray[np.uint8]) -> bool:
    """Whether the paper is darker than the ink: chalk on a board, MNIST.

    Paper is most of the picture, of its border, and of its corners. Where that is not clear, as a part of the
    picture lies in shadow or beside the page, it counts what differs from its surroundings: ink does so much
    and seldom, paper little and mostly, so the differences are skewed towards the ink.
    """
    small = reduce(grey, _LOOK_PX)
    _, light = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    edges = light[0], light[-1], light[:, 0], light[:, -1]
    of_border = sum(cv2.sumElems(edge)[0] for edge in edges) / (2 * sum(light.shape))
    of_corners = float(light[:: light.shape[0] - 1 or 1, :: light.shape[1] - 1 or 1].mean())
    of_all = cv2.sumElems(light)[0] / light.size
    votes = of_border + of_corners + of_all
    if min(grey.shape) < _SMALLEST_PAGE_PX or not _UNSURE[0] < votes < _UNSURE[1]:
        return bool(votes <= 1.5)
    side = round(_SURROUNDINGS * min(small.shape)) | 1
    difference = small - cv2.blur(small.astype(np.float32), (side, side))
    return bool((difference**3).sum() > 0)


def beside_paper(level: NDArray[Any]) -> NDArray[np.uint8] | None:
    """Where there is no paper but a scanner's black margin, and its ragged edge: uint8 (H, W), or None.

    `level` is what `paper_level` gives. A shadow is not as black.
    """
    small = (
        cv2.resize(level, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA) if level.size > 1e6 else level
    )
    usual = float(np.percentile(small, 90))
    black = (level < min(_BLACK, _BLACK_SHARE * usual)).view(np.uint8)
    if not black.any():
        return None
    side = 2 * max(2, round(_RAGGED * min(level.shape))) + 1
    return np.asarray(cv2.dilate(black, np.ones((side, side), np.uint8)), dtype=np.uint8)


def paper_level(grey: NDArray[np.uint8]) -> NDArray[Any]:
    """The level of the paper at every pixel of dark writing on light paper, float32 (H, W).

    A morphological closing wider than any stroke fills the writing with the paper around it and keeps the
    edges of shadows; the median of what is left below it is the paper's own roughness, and is taken off. The
    slope of the light is taken out before: a closing would cut it off where it runs into the picture's edge.
    """
    small = reduce(grey, _LIGHT_PX).astype(np.float32)
    slope = _slope(small)
    small -= slope
    side = max(3, round(_WIDEST_STROKE * min(small.shape))) | 1
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    closed += slope - np.median(closed - small)
    if closed.shape == grey.shape:
        return closed
    return cv2.resize(closed, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _slope(grey: NDArray[Any]) -> NDArray[Any]:
    """The plane nearest to the lighter half of a picture float32 (H, W), in the same shape."""
    rows, columns = np.nonzero(grey >= np.median(grey))
    rows, columns = rows[::_SAMPLED], columns[::_SAMPLED]
    terms = np.stack([rows, columns, np.ones_like(rows)], axis=1).astype(np.float32)
    down, across, level = np.linalg.lstsq(terms, grey[rows, columns], rcond=None)[0]
    height, width = grey.shape
    plane: NDArray[Any] = np.add.outer(down * np.arange(height), across * np.arange(width) + level)
    return plane.astype(np.float32)
