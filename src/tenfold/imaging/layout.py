"""The regions of a page as the layout network classifies them, and the ink without its rulings."""

from collections.abc import Sequence
from enum import IntEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.components import average_components, find_components
from tenfold.imaging.grouping import typical_height

PAGE_PX = 256  # the sides of the pictures that layout networks are trained on
# Thresholds on the share of rulings: for a pixel that may be part of one; for the mean of a connected stroke
# of such pixels that is one; for the mean of a remaining component that is a leftover of one.
_POSSIBLE, _RULING, _LEFTOVER = 0.5, 0.7, 0.25
_MIN_LENGTH = 1.25  # of the typical height of digits: shorter isolated ink is not a ruling
_MIN_WRITTEN = 1e-3  # avoids division by zero


class Region(IntEnum):
    """The classes of the layout network."""

    PAPER = 0
    SURROUNDINGS = 1  # not paper: a desk, a scanner's lid
    RULING = 2  # rulings, frames, separators, fraction bars
    TEXT = 3  # letters, words, print, doodles
    DIGIT = 4  # handwritten
    SIGN = 5  # of a number, handwritten
    PRINT = 6  # printed digits


NUMBER_REGIONS = (Region.DIGIT, Region.SIGN, Region.PRINT)


def edge_level(picture: NDArray[np.uint8]) -> int:
    """The median level of the outermost pixels of a picture, uint8 (H, W)."""
    return int(np.median(np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])))


def pad_to_size(picture: NDArray[np.uint8], height: int, width: int, level: int) -> NDArray[np.uint8]:
    """The picture, uint8 (h, w), padded with `level` at the bottom and right to (`height`, `width`)."""
    filled = np.full((height, width), level, dtype=np.uint8)
    filled[: picture.shape[0], : picture.shape[1]] = picture
    return filled


def region_probability(
    regions: Sequence[Region], probabilities: NDArray[np.float32], shape: tuple[int, int]
) -> NDArray[np.float32]:
    """The probability that each pixel belongs to one of the `regions`, float32 of `shape` (H, W).

    `probabilities`, float32 (h, w, R), are those of all regions, at any resolution.
    """
    return _upscale(probabilities[..., list(regions)].sum(axis=-1), shape)


def region_share(
    regions: Sequence[Region], probabilities: NDArray[np.float32], shape: tuple[int, int]
) -> NDArray[np.float32]:
    """As `region_probability`, given that the pixel is not paper."""
    written = np.maximum(1 - probabilities[..., Region.PAPER], _MIN_WRITTEN)
    return _upscale(probabilities[..., list(regions)].sum(axis=-1) / written, shape)


def without_rulings(ink: NDArray[np.float32], rulings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Ink float32 (H, W) without rulings and their leftovers.

    `rulings`, float32 (H, W), is the share of rulings in whatever is written at each pixel. Each connected
    stroke that may be a ruling is removed or kept as a whole, because straight parts of digits resemble
    rulings. Isolated ink no larger than the digits is kept: a 1 is as straight as a ruling, but shorter. If
    nothing would remain, all ink is kept.
    """
    is_possible = rulings > _POSSIBLE
    kept = _erase(ink, rulings, np.where(is_possible, ink, np.float32(0)), _RULING)
    kept = _erase(kept, np.where(is_possible, np.float32(0), rulings), kept, _LEFTOVER)
    if np.array_equal(kept, ink):
        return ink
    _, kept_stats = find_components(kept)
    heights = kept_stats[1:, cv2.CC_STAT_HEIGHT]
    if not heights.size:
        return ink
    labels, stats = find_components(ink)
    is_small = stats[:, 2:4].max(axis=1) <= _MIN_LENGTH * typical_height(heights)
    is_small[0] = False
    return np.where(is_small[labels], ink, kept)


def _erase(
    ink: NDArray[np.float32], rulings: NDArray[np.float32], within: NDArray[np.float32], max_mean: float
) -> NDArray[np.float32]:
    """Ink without the connected components of `within` whose mean of `rulings` exceeds `max_mean`."""
    components, means = average_components(rulings, within)
    is_erased = means > max_mean
    return np.where(is_erased[components], np.float32(0), ink) if is_erased.any() else ink


def _upscale(values: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(values, shape[::-1], interpolation=cv2.INTER_LINEAR), dtype=np.float32)
