"""Properties of the paper: whether it is lighter or darker than the ink, and its level at every pixel."""

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.size import downscale

_POLARITY_PX = 128  # longer side of the picture in which the polarity is determined
_MIN_PAGE_PX = 40  # smaller pictures are crops of a digit, which may cover most of them
_SURROUNDINGS = 16, 4, 1  # parts of the picture's shorter side
# Anything below this level and below this share of the paper's level is too black for a shadow on paper. Its
# ragged edge is this wide, as a share of the picture's shorter side.
_BLACK, _BLACK_SHARE, _RAGGED = 70, 0.4, 0.03
_LIGHT_PX = 256  # longer side at which light, which changes slowly over a page, is estimated
_SAMPLED = 7  # every seventh pixel is enough to estimate the slope of the light
_MAX_STROKE = 0.25  # share of the picture's shorter side: strokes are narrower


def is_dark(grey: NDArray[np.uint8]) -> bool:
    """Whether the paper in grey levels uint8 (H, W) is darker than the ink: chalk on a board, MNIST.

    In a crop, paper is most of the picture, of its border and of its corners. On a page, ink differs from the
    median of its surroundings, of which it covers less than half, and paper does not. The evidence from
    surroundings of several sizes is added up: small ones tell ink from shadows, whose edges a median
    preserves, and large ones are needed where strokes are wide.
    """
    if min(grey.shape) < _MIN_PAGE_PX:
        return _is_mostly_dark(grey)
    # Sampled, because averaging would turn small print into grey, with paper as the exception.
    step = math.ceil(max(grey.shape) / _POLARITY_PX)
    small = np.ascontiguousarray(grey[::step, ::step])
    sides = [max(3, round(min(small.shape) / part)) | 1 for part in _SURROUNDINGS]
    return sum(_log_odds_of_dark_paper(small, side) for side in sides) > 0


def _is_mostly_dark(grey: NDArray[np.uint8]) -> bool:
    _, light = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    edges = light[0], light[-1], light[:, 0], light[:, -1]
    border_share = sum(cv2.sumElems(edge)[0] for edge in edges) / (2 * sum(light.shape))
    corner_share = float(light[:: light.shape[0] - 1 or 1, :: light.shape[1] - 1 or 1].mean())
    light_share = cv2.sumElems(light)[0] / light.size
    return bool(border_share + corner_share + light_share <= 1.5)


def _log_odds_of_dark_paper(grey: NDArray[np.uint8], side: int) -> float:
    """The logarithm of how many times as much lighter pixels contribute to the squared differences from the
    median of their surroundings, a square with this odd side, as darker ones."""
    around = cv2.medianBlur(grey, side)
    lighter, darker = cv2.subtract(grey, around), cv2.subtract(around, grey)
    return math.log1p(cv2.norm(lighter, cv2.NORM_L2SQR)) - math.log1p(cv2.norm(darker, cv2.NORM_L2SQR))


def scanner_margin(level: NDArray[Any]) -> NDArray[np.uint8] | None:
    """The black margin of a scan, with its ragged edge, nonzero in uint8 (H, W); None if there is none.

    `level` is what `paper_level` returns. Shadows are not as black.
    """
    small = (
        cv2.resize(level, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA) if level.size > 1e6 else level
    )
    paper = float(np.percentile(small, 90))
    black = (level < min(_BLACK, _BLACK_SHARE * paper)).view(np.uint8)
    if not black.any():
        return None
    side = 2 * max(2, round(_RAGGED * min(level.shape))) + 1
    return np.asarray(cv2.dilate(black, np.ones((side, side), np.uint8)), dtype=np.uint8)


def paper_level(grey: NDArray[np.uint8], max_stroke: float = _MAX_STROKE) -> NDArray[Any]:
    """The level of the paper at every pixel of dark writing on light paper uint8 (H, W): float32 (H, W).

    A morphological closing wider than any stroke, `max_stroke` of the picture's shorter side, replaces the
    writing with the paper around it and preserves the edges of shadows. It overestimates the level by about
    the paper's roughness, which is estimated as a median and subtracted. The slope of the light is subtracted
    first, because a closing would flatten it at the picture's edge.
    """
    small = downscale(grey, _LIGHT_PX).astype(np.float32)
    slope = _slope(small)
    small -= slope
    side = max(3, round(max_stroke * min(small.shape))) | 1
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    closed += slope - np.median(closed - small)
    if closed.shape == grey.shape:
        return closed
    return cv2.resize(closed, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _slope(grey: NDArray[Any]) -> NDArray[Any]:
    """The plane fitted to the lighter half of a picture by least squares, float32 (H, W) as the picture."""
    rows, columns = np.nonzero(grey >= np.median(grey))
    rows, columns = rows[::_SAMPLED], columns[::_SAMPLED]
    terms = np.stack([rows, columns, np.ones_like(rows)], axis=1).astype(np.float32)
    down, across, level = np.linalg.lstsq(terms, grey[rows, columns], rcond=None)[0]
    height, width = grey.shape
    plane: NDArray[Any] = np.add.outer(down * np.arange(height), across * np.arange(width) + level)
    return plane.astype(np.float32)
