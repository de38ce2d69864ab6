"""What of a picture is to be read: the ink on its paper, without rulings."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.cells import find_cells
from tenfold.imaging.desk import clear_desk
from tenfold.imaging.digit_image import ink_of_digit
from tenfold.imaging.faces import find_faces
from tenfold.imaging.grouping import typical_height
from tenfold.imaging.ink import CROP_PX, find_ink
from tenfold.imaging.layout import (
    OF_NUMBERS,
    Region,
    average_components,
    level_of_edge,
    likelihood_of,
    share_of,
    without_rulings,
)
from tenfold.imaging.segment import Box
from tenfold.imaging.size import fit, reduce
from tenfold.reader.network import RegionNetwork

Matrix = NDArray[np.float64]

_LOOK_PX = 256  # the longer side in which paper is told from what it lies on
_DIGIT_PX = (
    30  # the height of digits where the network is asked what ink is of; the bounds of the longer side
)
_SMALLEST_PX, _LARGEST_PX = 96, 1024
_SPECK = 0.2  # of the usual height


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """The ink of what is to be read, of rulings and of other words, float32 (h, w), 0 paper .. 1.

    `numbers`, float32 (h, w), says how likely a place is of a number.
    `back` (3, 3) takes places of the ink, as columns (x, y, 1), to those in a picture of `size` (width,
    height).
    """

    ink: NDArray[np.float32]
    rulings: NDArray[np.float32]
    words: NDArray[np.float32]
    numbers: NDArray[np.float32]
    back: Matrix
    size: tuple[int, int]

    def in_picture(self, box: Box) -> Box:
        """The box in pixels of the picture around one in those of the ink."""
        edges = [(x, y, 1) for x in (box.x, box.right) for y in (box.y, box.bottom)]
        x, y, depth = self.back @ np.array(edges, dtype=np.float64).T
        # What differs from a whole number by rounding alone is one.
        places = np.round(np.clip([x / depth, y / depth], 0, np.array(self.size)[:, None]), 6)
        left, top = np.floor(places.min(axis=1)).astype(int).tolist()
        right, bottom = np.ceil(places.max(axis=1)).astype(int).tolist()
        return Box(left, top, right - left, bottom - top)

    @property
    def cells(self) -> list[Box]:
        """The boxes of the cells between rulings, in pixels of the ink."""
        return find_cells((self.rulings > 0).view(np.uint8))

    def without_words(self, least: float) -> "Page":
        """The page without connected ink that is less likely than `least` of a number, on average."""
        components, likelihoods = average_components(self.numbers, within=self.ink)
        ink = np.where((likelihoods >= least)[components], self.ink, np.float32(0))
        return replace(self, ink=ink, words=self.words + self.ink - ink)

    def without_faces(self) -> "Page":
        """The page without smileys: to a network they look like zeros."""
        # A large ring may be taken for a frame.
        ink = np.where(find_faces(self.ink + self.rulings), np.float32(0), self.ink)
        return replace(self, ink=ink, words=self.words + self.ink - ink)

    def likelihood(self, box: Box, ink: NDArray[np.float32]) -> float:
        """How likely the ink in a box, float32 (box.height, box.width), is of a number, on average."""
        there = self.numbers[box.y : box.bottom, box.x : box.right]
        return float(np.average(there, weights=ink))


def back_from_turn(size: tuple[int, int], quarters: int) -> Matrix:
    """The matrix (3, 3) to places in a picture of `size` (width, height) from those after 1 to 3 quarter
    turns against the clock."""
    width, height = size
    back = {
        1: [[0, -1, width], [1, 0, 0], [0, 0, 1]],
        2: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        3: [[0, 1, 0], [-1, 0, height], [0, 0, 1]],
    }
    return np.array(back[quarters], dtype=np.float64)


def find_page(grey: NDArray[np.uint8], desk: RegionNetwork, layout: RegionNetwork) -> Page:
    """What is to be read in a picture, grey levels uint8 (H, W)."""
    size = grey.shape[1], grey.shape[0]
    sized, factor = fit(grey)
    back = np.diag([1 / factor, 1 / factor, 1.0])
    paper, onto = (sized, np.eye(3)) if max(sized.shape) <= CROP_PX else _clear(sized, desk)
    ink = find_ink(paper)
    small = np.rint(reduce(paper, _longest(ink))).astype(np.uint8)
    shown = np.rint(255 * find_ink(small)).astype(np.uint8)
    said = layout.probabilities(shown, beyond=0)
    writing = without_rulings(ink, share_of([Region.RULING], said, ink.shape))
    numbers = likelihood_of(OF_NUMBERS, said, ink.shape)
    return Page(writing, ink - writing, np.zeros_like(ink), numbers, back @ onto, size)


def _clear(grey: NDArray[np.uint8], desk: RegionNetwork) -> tuple[NDArray[np.uint8], Matrix]:
    """The paper in a picture, and the way back to it, as `clear_desk` returns them."""
    small = np.rint(reduce(grey, _LOOK_PX)).astype(np.uint8)
    return clear_desk(grey, desk.probabilities(small, level_of_edge(small))[..., Region.SURROUNDINGS])


def page_of_digit(grey: NDArray[np.uint8]) -> Page:
    """The same of a picture of one digit: all of it is paper."""
    sized, factor = fit(grey)
    ink = ink_of_digit(sized)
    back = np.diag([1 / factor, 1 / factor, 1.0])
    nothing = np.zeros_like(ink)
    return Page(ink, nothing, nothing, np.ones_like(ink), back, (grey.shape[1], grey.shape[0]))


def _longest(ink: NDArray[np.float32]) -> int:
    """The longer side of the picture in which pieces of ink are as high as the network knows digits best."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((ink > 0).view(np.uint8), connectivity=8)
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    if not heights.size:
        return _LOOK_PX
    usual = float(np.median(heights[heights > _SPECK * typical_height(heights)]))
    longest: float = max(ink.shape) * _DIGIT_PX / usual
    return round(min(max(longest, _SMALLEST_PX), _LARGEST_PX))
