"""Separate ink from paper.

Ink is darker than the paper around it (or lighter, on dark paper) by more than the paper's own roughness, and
by a fair share of the contrast of the writing; faint rulings, shadows and the print on a cheque are not ink.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.layout import PAGE_PX
from tenfold.imaging.paper import is_dark, paper_level, scanner_margin

_MIN_CONTRAST = 8  # grey levels of 255; a picture with less is blank
# Share of the strongest ink; anything fainter is paper. JPEG's ringing around strokes is about this strong.
_MIN_INK = 0.04
_NOISE_DEVIATIONS = 2.5
# Hysteresis thresholds, as shares of the contrast of the writing: ink above the lower one counts if it is
# connected to ink above the higher one.
_LOW, _HIGH = 0.35, 0.6
_RIM = 0.04  # share of the picture's shorter side
# Share of the same: strokes on a page are narrower, shadows and solid marks often wider. Without these, this
# share of all outlines is kept. Squares are sought with about this many pixels a side.
_FINE, _KEPT, _COARSE_PX = 0.0625, 0.9, 8
_DEEPEST = 3  # how many times as bright the paper is without its shadow, at most
_SAMPLED = 7  # every seventh pixel is enough for a median
_MARGIN = 0.1  # share of the same: something dark and this wide along a whole edge is a scanner's margin
# Pictures at least this large are smoothed against noise; in smaller ones strokes are as fine as the noise.
_SMOOTHED_FROM_PX, _SMOOTHING_PX = 48, 0.8
_RIM_PX = 5  # the soft edge of a stroke on both sides, and its core
_CROP_PX = 128  # pictures up to this size are crops of one digit
# On even paper, at least this share of the picture, or of a crop, has the level of the paper; and ink with
# its soft edges covers less than this many times the area of its core.
_EVEN_SHARE, _EVEN_SHARE_OF_CROP, _MAX_SOFT = 0.5, 0.15, 3


def is_crop(picture: NDArray[Any]) -> bool:
    """Whether a picture (H, W) is small enough to be taken for a crop of one digit: 128 pixels a side."""
    return bool(max(picture.shape) <= _CROP_PX)


def find_ink(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The ink in grey levels uint8 (H, W) of either polarity: float32 (H, W), 0 paper .. 1 the strongest ink.

    Rulings count as ink. A picture without contrast is blank: all zeros.
    """
    lowest, highest, _, _ = cv2.minMaxLoc(grey)
    if highest - lowest < _MIN_CONTRAST:
        return np.zeros(grey.shape, dtype=np.float32)
    if is_dark(grey):
        grey = ~grey
        lowest, highest = 255 - highest, 255 - lowest
    if not _is_even(grey, int(lowest), int(highest)) or not (is_crop(grey) or _is_all_paper(grey)):
        return _ink_on_uneven_paper(grey)
    ink = (highest - grey.astype(np.float32)) * np.float32(1 / (highest - lowest))
    ink[ink <= _MIN_INK] = 0
    return ink


def find_fainter_ink(grey: NDArray[np.uint8], found: NDArray[np.float32]) -> NDArray[np.float32]:
    """As `find_ink`, for what remains in grey levels uint8 (H, W) once the ink that was `found` is painted
    over.

    That is what stood out too little beside it, such as thin rulings beside thick ones.
    """
    grey = ~grey if is_dark(grey) else grey
    around = cv2.dilate((found > 0).view(np.uint8), np.ones((_RIM_PX, _RIM_PX), np.uint8))
    paper = np.clip(paper_level(grey), 0, 255).astype(np.uint8)
    return find_ink(np.where(around > 0, paper, grey))


def is_clean(grey: NDArray[np.uint8]) -> bool:
    """Whether the paper in grey levels uint8 (H, W), of either polarity, has a single level, as if drawn."""
    grey = ~grey if is_dark(grey) else grey
    lowest, highest, _, _ = cv2.minMaxLoc(grey)
    return _is_even(grey, int(lowest), int(highest))


def _is_even(grey: NDArray[Any], ink: int, paper: int) -> bool:
    """Whether the paper has a single level, as if drawn or scanned clean, and edges are narrow.

    Noise and uneven light leave few pixels as light as the lightest; a tight crop has little paper anyway.
    """
    share = _EVEN_SHARE_OF_CROP if is_crop(grey) else _EVEN_SHARE
    faint, strong = int(paper - _MIN_INK * (paper - ink)), int(paper - _LOW * (paper - ink))
    if cv2.countNonZero(cv2.inRange(grey, paper - 2, 255)) < share * grey.size:
        return False
    inked = cv2.countNonZero(cv2.inRange(grey, 0, faint - 1))
    return inked < _MAX_SOFT * cv2.countNonZero(cv2.inRange(grey, 0, strong))


def _is_all_paper(grey: NDArray[Any]) -> bool:
    """Whether the paper reaches the picture's edge on all sides: a dark margin is wider than any stroke."""
    side = round(_MARGIN * min(grey.shape)) | 1
    filled = cv2.dilate(grey, np.ones((side, side), np.uint8))  # fills in everything narrower with paper
    edges = filled[0], filled[-1], filled[:, 0], filled[:, -1]
    return min(int(np.median(edge)) for edge in edges) > int(filled.max()) // 2


def _ink_on_uneven_paper(grey: NDArray[Any]) -> NDArray[np.float32]:
    """The ink on paper that is rough, unevenly lit, ruled or printed."""
    ink, strength = _darker_than(paper_level(grey), grey)
    side = round(_FINE * min(grey.shape)) | 1
    if min(grey.shape) <= PAGE_PX or not _is_anywhere_solid(ink, side):
        return ink
    # Solid ink is either a shadow or a mark among the writing, or the writing itself.
    fine, strength_of_fine = _darker_than(paper_level(grey, _FINE), grey)
    inked = (ink > 0).view(np.uint8)
    of_solid = _outline(cv2.morphologyEx(inked, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)))
    of_others = _outline(inked) - of_solid
    keeps_the_writing = strength_of_fine > _LOW * strength and _outline(fine) > max(
        _KEPT * of_others, of_solid
    )
    return fine if keeps_the_writing else ink


def _is_anywhere_solid(ink: NDArray[np.float32], side: int) -> bool:
    """Whether there is a square of ink with this side, in pixels."""
    step = max(side // _COARSE_PX, 1)
    coarse = (ink[::step, ::step] > 0).view(np.uint8)
    return bool(cv2.erode(coarse, np.ones((side // step, side // step), np.uint8)).any())


def _outline(ink: NDArray[Any]) -> int:
    """The number of pixels on the edge of the ink, which is not 0."""
    inked = (ink > 0).view(np.uint8)
    return cv2.countNonZero(inked) - cv2.countNonZero(cv2.erode(inked, np.ones((3, 3), np.uint8)))


def _darker_than(level: NDArray[Any], grey: NDArray[Any]) -> tuple[NDArray[np.float32], float]:
    """The ink on paper of this `level`, float32 (H, W), and its contrast in grey levels."""
    # In a shadow, writing has less contrast, too.
    brighter = np.float32(np.median(level[::_SAMPLED, ::_SAMPLED])) / np.maximum(level, np.float32(1))
    contrast = (level - grey) * np.clip(brighter, 1, _DEEPEST, out=brighter)
    margin = scanner_margin(level)
    if margin is not None:
        contrast[margin != 0] = 0
    if min(grey.shape) >= _SMOOTHED_FROM_PX and _roughness(contrast) > 1:
        contrast = cv2.GaussianBlur(contrast, (0, 0), _SMOOTHING_PX)
    floor = max(_NOISE_DEVIATIONS * _roughness(contrast), _MIN_CONTRAST / 2)
    # The edges of pages and frames along the rim say nothing about the contrast of the writing.
    rim = round(_RIM * min(contrast.shape))
    inner = contrast[rim : contrast.shape[0] - rim, rim : contrast.shape[1] - rim]
    written = inner[inner > floor]
    strong = _strength(written) if written.size else 0.0
    if strong < _MIN_CONTRAST:
        return np.zeros(grey.shape, dtype=np.float32), 0.0
    low, high = max(floor, _LOW * strong), max(floor, _HIGH * strong)
    _, labels = cv2.connectedComponents((contrast > low).view(np.uint8))
    is_ink = np.zeros(int(labels.max()) + 1, dtype=np.uint8)
    is_ink[labels[contrast > high]] = 1
    is_ink[0] = 0
    around = cv2.dilate(is_ink[labels], np.ones((3, 3), np.uint8))
    soft: NDArray[np.float32] = np.clip((contrast - 0.2 * strong) / (0.7 * strong), 0, 1).astype(np.float32)
    soft[around == 0] = 0
    return soft, strong


def _roughness(contrast: NDArray[Any]) -> float:
    """The standard deviation of the paper, estimated from pixels lighter than it, which cannot be ink."""
    lighter = np.minimum(contrast, 0)
    share = np.count_nonzero(lighter) / lighter.size
    return float(cv2.norm(lighter) / np.sqrt(lighter.size * share)) if share else 0.0


def _strength(written: NDArray[Any]) -> float:
    """The contrast of the writing, which may stand among fainter rulings or print."""
    levels = np.clip(written, 0, 255).astype(np.uint8)
    split, _ = cv2.threshold(levels, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    stronger = written[written > split]
    return float(np.percentile(stronger if stronger.size else written, 75))
