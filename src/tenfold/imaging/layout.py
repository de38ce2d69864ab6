"""What is where in a picture: the answers of the network for layouts, and what they leave of its ink."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.grouping import typical_height

PAGE_PX = 256  # the sides of the pictures that networks for layouts learn from
# The share of rulings: above the first, a pixel may be part of one; above the second, on average, a connected
# stroke of such pixels is one; above the third, on average, what remains beside it is a crumb of it.
_LIKELY, _SURE, _CRUMB = 0.5, 0.7, 0.25
_LONGER = 1.25  # times as long as digits are high is a ruling that stands alone, at least
_UNSURE = 1e-3


class Region(IntEnum):
    """What is seen at a place of a picture."""

    PAPER = 0
    SURROUNDINGS = 1  # beside the paper: a desk, a scanner's lid
    RULING = 2  # rulings, frames, separators, fraction bars
    TEXT = 3  # letters, words, print, doodles
    DIGIT = 4  # written by hand
    SIGN = 5  # of a number, written by hand
    PRINT = 6  # printed digits


OF_NUMBERS = (Region.DIGIT, Region.SIGN, Region.PRINT)


def level_of_edge(picture: NDArray[np.uint8]) -> int:
    """The level that most of a picture's edge, (H, W), has."""
    return int(np.median(np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])))


def fill_up(picture: NDArray[np.uint8], height: int, width: int, level: int) -> NDArray[np.uint8]:
    """The picture (h, w) in one of `height` and `width`; below and on the right is `level`."""
    filled = np.full((height, width), level, dtype=np.uint8)
    filled[: picture.shape[0], : picture.shape[1]] = picture
    return filled


def likelihood_of(
    regions: Sequence[Region], probabilities: NDArray[np.float32], shape: tuple[int, int]
) -> NDArray[np.float32]:
    """How likely each place is of one of the `regions`, float32 of a `shape` (H, W).

    `probabilities`, (h, w, R), are those of all regions in the same picture.
    """
    return _enlarged(probabilities[..., list(regions)].sum(axis=-1), shape)


def share_of(
    regions: Sequence[Region], probabilities: NDArray[np.float32], shape: tuple[int, int]
) -> NDArray[np.float32]:
    """The same, given that the place is not paper."""
    written = np.maximum(1 - probabilities[..., Region.PAPER], _UNSURE)
    return _enlarged(probabilities[..., list(regions)].sum(axis=-1) / written, shape)


def average_components(
    values: NDArray[np.float32], within: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """The mean value of each connected component of ink: `values` and the ink `within`, float32 (H, W).

    Returns the component of each pixel, int32 (H, W), and float64 (C,) the means; component 0 is the paper,
    and its mean 0.
    """
    n, labels, _, _ = _components(within)
    inked = labels > 0
    of_component = labels[inked]
    sums = np.bincount(of_component, weights=values[inked], minlength=n)
    return labels, sums / np.maximum(np.bincount(of_component, minlength=n), 1)


def without_rulings(ink: NDArray[np.float32], rulings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Ink float32 (H, W) without rulings, and without the crumbs of them that remain.

    `rulings` is the share of rulings in what is written. Each connected stroke that may be a ruling is
    removed or kept as a whole, because straight parts of digits resemble rulings. Isolated ink no larger than
    the digits is kept: a 1 is as straight as a ruling, but shorter. All ink is kept if nothing else would
    remain.
    """
    likely = rulings > _LIKELY
    strokes, means = average_components(rulings, within=np.where(likely, ink, np.float32(0)))
    left = np.where((means > _SURE)[strokes], np.float32(0), ink)
    pieces, means = average_components(np.where(likely, np.float32(0), rulings), within=left)
    left[(means > _CRUMB)[pieces]] = 0
    _, labels, stats, _ = _components(ink)
    heights = _components(left)[2][1:, cv2.CC_STAT_HEIGHT]
    if not heights.size:
        return ink
    small = stats[:, 2:4].max(axis=1) <= _LONGER * typical_height(heights)
    small[0] = False
    return np.where(small[labels], ink, left)


def _components(ink: NDArray[np.float32]) -> tuple[int, NDArray[Any], NDArray[Any], NDArray[Any]]:
    return cv2.connectedComponentsWithStats((ink > 0).view(np.uint8), connectivity=8)


def _enlarged(values: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(values, shape[::-1], interpolation=cv2.INTER_LINEAR), dtype=np.float32)
