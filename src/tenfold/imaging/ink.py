"""Tell ink from paper.

Ink is what is darker than the paper around it (or lighter, on dark paper) by more than the paper's own
roughness, and by a fair share of what the writing is; faint rulings, shadows and a cheque's print are not.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.paper import beside_paper, is_dark, paper_level

# Of 255. Below this a picture is taken for blank paper.
_FAINTEST_INK = 8
# Of the strongest ink. What is fainter is paper: the ripples JPEG leaves around strokes are of this size.
_FAINTEST_SHARE = 0.04
_DEVIATIONS_OF_NOISE = 2.5
# Of the strength of the writing: what is weaker is none; what is stronger is, with all it is connected to.
_SURE_NOT, _SURE = 0.35, 0.6
_RIM = 0.04  # of the picture's shorter side
_MARGIN = 0.1  # of it too: what is dark and as wide along a whole edge is a scanner's margin
# Noise is smoothed in pictures from this size on; in smaller ones the strokes are as fine as the noise.
_CRISP_PX, _SMOOTHING_PX = 48, 0.8
# Pictures up to this size are crops of one digit. So much of them, and of others, is paper of one level where
# the paper is even; and the ink with its soft edges is less than so many times its core.
CROP_PX, _EVEN_SHARE_OF_CROP, _EVEN_SHARE, _SOFT = 128, 0.15, 0.5, 3


def find_ink(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Grey levels uint8 (H, W), of either polarity, as ink float32 (H, W): 0 is paper, 1 the strongest ink.

    Rulings are ink, too. A picture without contrast is blank: all zeros.
    """
    lowest, highest, _, _ = cv2.minMaxLoc(grey)
    if highest - lowest < _FAINTEST_INK:
        return np.zeros(grey.shape, dtype=np.float32)
    if is_dark(grey):
        grey = ~grey
        lowest, highest = 255 - highest, 255 - lowest
    is_crop = max(grey.shape) <= CROP_PX
    if not _is_even(grey, int(lowest), int(highest)) or not (is_crop or _is_all_paper(grey)):
        return _uneven(grey)
    ink = (highest - grey.astype(np.float32)) * np.float32(1 / (highest - lowest))
    ink[ink <= _FAINTEST_SHARE] = 0
    return ink


def is_clean(grey: NDArray[np.uint8]) -> bool:
    """Whether the paper in grey levels uint8 (H, W), of either polarity, is of one level, as drawn."""
    grey = ~grey if is_dark(grey) else grey
    lowest, highest, _, _ = cv2.minMaxLoc(grey)
    return _is_even(grey, int(lowest), int(highest))


def _is_even(grey: NDArray[Any], ink: int, paper: int) -> bool:
    """Whether the paper is of one level, as drawn or scanned clean, and little but soft edges lies between.

    Noise and light leave few pixels as light as the lightest; of a tight crop, little is paper anyway.
    """
    share = _EVEN_SHARE if max(grey.shape) > CROP_PX else _EVEN_SHARE_OF_CROP
    between, strong = int(paper - _FAINTEST_SHARE * (paper - ink)), int(paper - _SURE_NOT * (paper - ink))
    if cv2.countNonZero(cv2.inRange(grey, paper - 2, 255)) < share * grey.size:
        return False
    inked = cv2.countNonZero(cv2.inRange(grey, 0, between - 1))
    return inked < _SOFT * cv2.countNonZero(cv2.inRange(grey, 0, strong))


def _is_all_paper(grey: NDArray[Any]) -> bool:
    """Whether the paper goes to the picture's edge all around: a dark margin is wider than a stroke."""
    side = round(_MARGIN * min(grey.shape)) | 1
    filled = cv2.dilate(grey, np.ones((side, side), np.uint8))  # the paper fills what is narrower
    edges = filled[0], filled[-1], filled[:, 0], filled[:, -1]
    return min(int(np.median(edge)) for edge in edges) > int(filled.max()) // 2


def _uneven(grey: NDArray[Any]) -> NDArray[np.float32]:
    """Ink on paper that is rough, unevenly lit, ruled or printed."""
    level = paper_level(grey)
    depth = level - grey
    beside = beside_paper(level)
    if beside is not None:
        depth[beside != 0] = 0
    if min(grey.shape) >= _CRISP_PX and _roughness(depth) > 1:
        depth = cv2.GaussianBlur(depth, (0, 0), _SMOOTHING_PX)
    floor = max(_DEVIATIONS_OF_NOISE * _roughness(depth), _FAINTEST_INK / 2)
    # Page edges and frames along the rim do not say how strong the writing is.
    rim = round(_RIM * min(depth.shape))
    inner = depth[rim : depth.shape[0] - rim, rim : depth.shape[1] - rim]
    written = inner[inner > floor]
    strong = _strength(written) if written.size else 0.0
    if strong < _FAINTEST_INK:
        return np.zeros(grey.shape, dtype=np.float32)
    low, high = max(floor, _SURE_NOT * strong), max(floor, _SURE * strong)
    _, labels = cv2.connectedComponents((depth > low).view(np.uint8))
    sure = np.zeros(int(labels.max()) + 1, dtype=np.uint8)
    sure[labels[depth > high]] = 1
    sure[0] = 0
    around = cv2.dilate(sure[labels], np.ones((3, 3), np.uint8))
    soft: NDArray[np.float32] = np.clip((depth - 0.2 * strong) / (0.7 * strong), 0, 1).astype(np.float32)
    soft[around == 0] = 0
    return soft


def _roughness(depth: NDArray[Any]) -> float:
    """The standard deviation of the paper, from the side on which there is no ink: what is lighter."""
    lighter = np.minimum(depth, 0)
    share = np.count_nonzero(lighter) / lighter.size
    return float(cv2.norm(lighter) / np.sqrt(lighter.size * share)) if share else 0.0


def _strength(written: NDArray[Any]) -> float:
    """How deep the writing is, where it stands beside weaker rulings or print: the stronger of two groups."""
    levels = np.clip(written, 0, 255).astype(np.uint8)
    split, _ = cv2.threshold(levels, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    stronger = written[written > split]
    return float(np.percentile(stronger if stronger.size else written, 75))
