"""A sheet of paper, and a map of what is where on it: handwriting, print, rulings, and which digits."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthesis.pen import Ink
from tenfold.imaging.layout import Region

_REGIONS = 8  # codes per value
_SEEN = 0.3  # of the strongest ink; anything fainter still counts as paper


class Sheet:
    """Ink float32 (height, width), 0 paper .. 1, and the code of each pixel: its `Region`, or for a digit
    `code_of` its region and value.

    Whatever is drawn beyond the edge is clipped.
    """

    def __init__(self, height: int, width: int) -> None:
        self.ink = np.zeros((height, width), dtype=np.float32)
        self.codes = np.full((height, width), Region.PAPER, dtype=np.uint8)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        height, width = self.ink.shape
        return height, width

    def put(self, ink: Ink, x: float, y: float, code: int, strength: float = 1.0) -> None:
        """Draw `ink` (h, w) with its upper left corner at (x, y); where inks overlap, the stronger wins."""
        left, top = round(x), round(y)
        height, width = self.shape
        above, before = max(-top, 0), max(-left, 0)
        part = ink[above : max(height - top, 0), before : max(width - left, 0)]
        if not part.size:
            return
        top, left = max(top, 0), max(left, 0)
        window = np.s_[top : top + part.shape[0], left : left + part.shape[1]]
        there, codes = self.ink[window], self.codes[window]
        codes[(part > _SEEN) & (part * strength >= there)] = code
        np.maximum(there, part * np.float32(strength), out=there)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], thickness: int, strength: float = 1.0
    ) -> None:
        """Draw a ruling."""
        self._draw(
            lambda layer: cv2.line(layer, _whole(start), _whole(end), 1.0, thickness, cv2.LINE_AA), strength
        )

    def box(
        self, left: float, top: float, right: float, bottom: float, thickness: int, strength: float = 1.0
    ) -> None:
        """Draw a frame."""
        self._draw(
            lambda layer: cv2.rectangle(layer, _whole((left, top)), _whole((right, bottom)), 1.0, thickness),
            strength,
        )

    def shade(self, left: float, top: float, right: float, bottom: float, strength: float) -> None:
        """Tint a field, which remains paper."""
        layer = np.zeros(self.shape, dtype=np.float32)
        cv2.rectangle(layer, _whole((left, top)), _whole((right, bottom)), strength, -1)
        np.maximum(self.ink, layer, out=self.ink)

    def _draw(self, draw: Callable[[Ink], object], strength: float) -> None:
        layer = np.zeros(self.shape, dtype=np.float32)
        draw(layer)
        self.put(layer, 0, 0, Region.RULING, strength)

    def free(self, x: float, y: float, width: float, height: float) -> bool:
        """Whether a rectangle is still blank."""
        window = self.ink[max(round(y), 0) : round(y + height), max(round(x), 0) : round(x + width)]
        return not bool((window > _SEEN).any())


def _whole(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0]), round(point[1])


def code_of(region: Region, value: int) -> int:
    """The code of a digit's pixels."""
    return region + _REGIONS * value


def regions_of(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The `Region` of each code."""
    return codes % _REGIONS


def values_of(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The value of each digit's code; 0 for other codes."""
    return codes // _REGIONS


def shrink(ink: Ink, factor: float) -> NDArray[np.float32]:
    """Ink scaled by `factor`."""
    height, width = (max(round(side * factor), 1) for side in ink.shape)
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(ink, (width, height), interpolation=how), dtype=np.float32)
