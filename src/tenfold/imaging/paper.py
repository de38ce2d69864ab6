"""What the paper is like: lighter or darker than the ink, and its level at every place."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.size import reduce

_LOOK_PX = 128  # the longer side of the picture in which the paper is told from the ink
# Smaller pictures are crops of a digit, which may be solid inside of a dark border: a bold 1.
_SMALLEST_PAGE_PX = 40
_PAGE_SHARE, _PAPER_SHARE = 0.3, 0.7  # of the picture that the page fills; of the page that is light
_MARGIN_SHARE = 0.2  # a row or column of a margin is lighter in no larger part
# Darker than this level, and than this share of the paper's, is no paper in any shadow. Its edge is ragged for
# so large a share of the picture's shorter side.
_BLACK, _BLACK_SHARE, _RAGGED = 70, 0.4, 0.03
# Light changes slowly over a page; this many pixels of the longer side show it.
_LIGHT_PX = 256
# A stroke is narrower than this share of the picture's shorter side, where the light is not even.
_WIDEST_STROKE = 0.25


def is_dark(grey: NDArray[np.uint8]) -> bool:
    """Whether the paper is darker than the ink: chalk on a board, MNIST.

    Paper is most of the picture, of its border, and of its corners. Where that says dark, the border may be a
    scanner's black margin, the table around a page, or a shadow: it is so if a large light part remains
    inside of it.
    """
    small = reduce(grey, _LOOK_PX)
    _, light = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    edges = light[0], light[-1], light[:, 0], light[:, -1]
    of_border = sum(cv2.sumElems(edge)[0] for edge in edges) / (2 * sum(light.shape))
    of_corners = float(light[:: light.shape[0] - 1 or 1, :: light.shape[1] - 1 or 1].mean())
    of_all = cv2.sumElems(light)[0] / light.size
    if of_border + of_corners + of_all > 1.5:
        return False
    if min(grey.shape) < _SMALLEST_PAGE_PX:
        return True
    page = _without_dark_margins(light)
    return not (page.size > _PAGE_SHARE * light.size and page.mean() > _PAPER_SHARE)


def _without_dark_margins(light: NDArray[Any]) -> NDArray[Any]:
    """The part of a mask (H, W) from the first to the last row and column that are not nearly all dark."""
    for axis in (1, 0):
        lines = np.flatnonzero(light.mean(axis=axis) > _MARGIN_SHARE)
        if not lines.size:
            return light[:0, :0]
        chosen = slice(lines[0], lines[-1] + 1)
        light = light[chosen] if axis == 1 else light[:, chosen]
    return light


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
    edges of shadows; the median of what is left below it is the paper's own roughness, and is taken off.
    """
    small = reduce(grey, _LIGHT_PX)
    side = max(3, round(_WIDEST_STROKE * min(small.shape))) | 1
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)).astype(np.float32)
    closed -= np.median(closed - small)
    if closed.shape == grey.shape:
        return closed
    return cv2.resize(closed, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
