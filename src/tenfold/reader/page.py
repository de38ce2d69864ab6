"""The part of a picture that is read: the ink on its paper, without rulings."""

import math
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.cells import find_cells
from tenfold.imaging.components import average_components, find_components
from tenfold.imaging.decode import Decoded
from tenfold.imaging.desk import cut_out_sheets, of_centres
from tenfold.imaging.digit_image import ink_of_digit
from tenfold.imaging.faces import find_faces
from tenfold.imaging.grouping import typical_height
from tenfold.imaging.ink import find_fainter_ink, find_ink, is_crop
from tenfold.imaging.layout import (
    NUMBER_REGIONS,
    Region,
    edge_level,
    region_probability,
    region_share,
    without_rulings,
)
from tenfold.imaging.segment import Box
from tenfold.imaging.size import downscale, fit_working_size
from tenfold.imaging.tilt import find_tilt
from tenfold.reader.network import RegionNetwork

Matrix = NDArray[np.float64]

_DESK_PX = 256  # longer side of the desk network's input
_DIGIT_PX = 30  # height of digits at which the layout network is most accurate
_MIN_LAYOUT_PX, _MAX_LAYOUT_PX = 96, 1024  # longer side of its input
_SPECK = 0.2  # of the typical height of components


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A sheet of paper in a picture of `size` (width, height): grey levels uint8 (h, w).

    `homography`, float64 (3, 3), maps its points, as columns (x, y, 1), to points of the picture.
    """

    grey: NDArray[np.uint8]
    homography: Matrix
    size: tuple[int, int]

    def rotated(self, quarter_turns: int) -> "Sheet":
        """The sheet after 1 to 3 counter-clockwise quarter turns."""
        height, width = self.grey.shape
        inverse = {
            1: [[0, -1, width], [1, 0, 0], [0, 0, 1]],
            2: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
            3: [[0, 1, 0], [-1, 0, height], [0, 0, 1]],
        }
        homography = self.homography @ np.array(inverse[quarter_turns], dtype=np.float64)
        return replace(
            self, grey=np.ascontiguousarray(np.rot90(self.grey, quarter_turns)), homography=homography
        )


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """What is on a sheet: the ink to read, the rulings, and other words: float32 (h, w), 0 paper .. 1 ink.

    `numbers`, float32 (h, w), is the probability that a pixel is part of a number. `homography`, float64 (3,
    3), maps points of the ink, as columns (x, y, 1), to points of the picture of `size` (width, height).
    If it `has_one_line`, the picture shows nothing else, and none of it is dropped as a word. `grey`, uint8
    (h, w), is the sheet.
    """

    ink: NDArray[np.float32]
    rulings: NDArray[np.float32]
    words: NDArray[np.float32]
    numbers: NDArray[np.float32]
    homography: Matrix
    size: tuple[int, int]
    grey: NDArray[np.uint8]
    has_one_line: bool = False

    def in_picture(self, box: Box) -> Box:
        """The bounding box, in pixels of the picture, of a box in pixels of the ink."""
        corners = [(x, y, 1) for x in (box.x, box.right) for y in (box.y, box.bottom)]
        x, y, w = self.homography @ np.array(corners, dtype=np.float64).T
        # Rounding errors must not enlarge the box by a pixel.
        points = np.round(np.clip([x / w, y / w], 0, np.array(self.size)[:, None]), 6)
        left, top = np.floor(points.min(axis=1)).astype(int).tolist()
        right, bottom = np.ceil(points.max(axis=1)).astype(int).tolist()
        return Box(left, top, right - left, bottom - top)

    def straightened(self) -> "Page":
        """The page turned so that its rulings are level."""
        tilt = find_tilt(self.rulings)
        if not tilt:
            return self
        height, width = self.ink.shape
        cos, sin = math.cos(tilt), math.sin(tilt)
        turned = np.array([(cos, -sin, 0), (sin, cos, 0), (0, 0, 1)])
        corners = turned.T @ np.array([(0, 0, 1), (width, 0, 1), (0, height, 1), (width, height, 1)]).T
        left, top, _ = corners.min(axis=1)
        size = np.ceil(np.ptp(corners[:2], axis=1)).astype(int).tolist()
        to_page = turned @ np.array([(1, 0, left), (0, 1, top), (0, 0, 1)])

        def turn(picture: NDArray[Any], border: int = cv2.BORDER_CONSTANT) -> NDArray[Any]:
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            affine = of_centres(to_page)[:2]
            return np.asarray(cv2.warpAffine(picture, affine, size, flags=flags, borderMode=border))

        return replace(
            self,
            ink=turn(self.ink),
            rulings=turn(self.rulings),
            words=turn(self.words),
            numbers=turn(self.numbers),
            grey=turn(self.grey, cv2.BORDER_REPLICATE),
            homography=self.homography @ to_page,
        )

    def place_on(self, straightened: "Page", box: Box) -> Box:
        """Where a box, in pixels of the ink, is once the page is straightened; its size stays."""
        to_other = np.linalg.inv(straightened.homography) @ self.homography
        x, y, _ = to_other @ (box.x + box.width / 2, box.y + box.height / 2, 1)
        return Box(round(x - box.width / 2), round(y - box.height / 2), box.width, box.height)

    @property
    def cells(self) -> list[Box]:
        """The boxes of the cells between rulings, however faint, in pixels of the ink."""
        _, stats = find_components(self.ink)
        if len(stats) == 1:
            return []
        rulings = self.rulings + self.words
        found = rulings + self.ink
        ink = found + find_fainter_ink(self.grey, found)
        height = typical_height(stats[1:, cv2.CC_STAT_HEIGHT])
        return find_cells((rulings > 0).view(np.uint8), (ink > 0).view(np.uint8), height)

    def without_words(self, min_probability: float) -> "Page":
        """The page without components whose mean probability of being a number is below `min_probability`."""
        components, means = average_components(self.numbers, within=self.ink)
        return self._keep((means >= min_probability)[components])

    def without_faces(self) -> "Page":
        """The page without smileys, which the networks take for zeros."""
        return self._keep(~find_faces(self.ink + self.rulings))  # a large ring may be taken for a frame

    def number_probability(self, box: Box, ink: NDArray[np.float32]) -> float:
        """The mean probability that ink in a box, float32 (box.height, box.width), belongs to a number."""
        window = self.numbers[box.y : box.bottom, box.x : box.right]
        return float(np.average(window, weights=ink))

    def _keep(self, mask: NDArray[np.bool_]) -> "Page":
        """The page with only the ink in `mask`, bool (h, w); the rest becomes words."""
        if mask.all():
            return self
        ink = np.where(mask, self.ink, np.float32(0))
        return replace(self, ink=ink, words=self.words + self.ink - ink)


def find_sheets(picture: Decoded, desk: RegionNetwork) -> list[Sheet]:
    """The sheets of paper that the `desk` network sees in a picture, in reading order."""
    sized, size = fit_working_size(picture.grey), picture.size
    if is_crop(sized):
        return [Sheet(sized, _scaling(sized, size), size)]
    small = np.rint(downscale(sized, _DESK_PX)).astype(np.uint8)
    probabilities = desk.probabilities(small, edge_level(small))
    found = cut_out_sheets(sized, probabilities[..., Region.SURROUNDINGS])
    return [Sheet(sheet, _scaling(sized, size) @ to_sized, size) for sheet, to_sized in found]


def find_page(sheet: Sheet, layout: RegionNetwork) -> Page:
    """The page on a sheet, without the rulings that the `layout` network finds."""
    ink = find_ink(sheet.grey)
    small = np.rint(downscale(sheet.grey, _layout_px(ink))).astype(np.uint8)
    small_ink = np.rint(255 * find_ink(small)).astype(np.uint8)
    probabilities = layout.probabilities(small_ink, border_level=0)
    kept = without_rulings(ink, region_share([Region.RULING], probabilities, ink.shape))
    numbers = region_probability(NUMBER_REGIONS, probabilities, ink.shape)
    blank = np.zeros_like(ink)
    return Page(kept, ink - kept, blank, numbers, sheet.homography, sheet.size, sheet.grey)


def page_of_digit(picture: Decoded) -> Page:
    """As `find_page`, for a picture of one digit: all of it is paper and may be a number."""
    sized = fit_working_size(picture.grey)
    ink = ink_of_digit(sized)
    blank = np.zeros_like(ink)
    return Page(ink, blank, blank, np.ones_like(ink), _scaling(sized, picture.size), picture.size, sized)


def _scaling(sized: NDArray[np.uint8], size: tuple[int, int]) -> Matrix:
    """The homography from a picture as it is read to itself, of a larger `size` (width, height)."""
    return np.diag([size[0] / sized.shape[1], size[1] / sized.shape[0], 1.0])


def _layout_px(ink: NDArray[np.float32]) -> int:
    """The longer side of the layout network's input at which digits have the height it knows best."""
    _, stats = find_components(ink)
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    if not heights.size:
        return _DESK_PX
    typical = float(np.median(heights[heights > _SPECK * typical_height(heights)]))
    longest: float = max(ink.shape) * _DIGIT_PX / typical
    return round(min(max(longest, _MIN_LAYOUT_PX), _MAX_LAYOUT_PX))
