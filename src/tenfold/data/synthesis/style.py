"""Handwriting and print in one style each."""

from dataclasses import dataclass

import cv2
import numpy as np

from tenfold.data.synthesis.hand import FOOT
from tenfold.data.synthesis.pen import HEIGHT
from tenfold.data.synthesis.penman import Penman
from tenfold.data.synthesis.print import print_text
from tenfold.data.synthesis.sheet import Sheet, code_of, shrink
from tenfold.imaging.layout import Region
from tenfold.symbols import DIGITS, SIGNS

Rng = np.random.Generator
_INKED, _FAINT = 0.3, 0.1
_PRINTED_HEIGHT, _PRINTED_FOOT = 23, 32  # rows of a printed digit


@dataclass
class Style:
    """The style of a page: who writes, the font, and how dark everything is."""

    penman: Penman
    font: int
    of_hand: float
    of_print: float
    of_rulings: float
    thickness: int
    gap: float  # between characters, in heights
    marker: float  # extra width of the lines, in heights of a digit; mostly 0

    def marker_for(self, height: float) -> np.ndarray:
        """The structuring element that dilates a digit of a `height` in pixels."""
        side = 2 * round(self.marker * height / 2) + 1
        return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))


def write(sheet: Sheet, text: str, x: float, foot: float, height: float, style: Style, rng: Rng) -> float:
    """Write by hand from column `x` on the row `foot`; return the column where it ends."""
    factor = height / HEIGHT
    for character in text:
        if character == " ":
            x += height * rng.uniform(0.4, 1.0)
            continue
        ink = style.penman.write(character)
        if ink is None:
            continue
        left, top, width, rows = cv2.boundingRect((ink > _INKED).view(np.uint8))
        if not width:
            continue
        ink = ink[:, left : left + width]
        is_digit = character in DIGITS
        bottom = top + rows if is_digit else FOOT
        other = Region.SIGN if character in SIGNS else Region.TEXT
        code = code_of(Region.DIGIT, int(character)) if is_digit else other
        small = shrink(ink, factor)
        small /= max(float(small.max()), _FAINT)  # fine lines are as dark as broad ones
        if style.marker and is_digit:
            small = np.asarray(cv2.dilate(small, style.marker_for(height)), dtype=np.float32)
        sheet.put(small, x, foot - bottom * factor + rng.normal(0, 0.04) * height, code, style.of_hand)
        x += small.shape[1] + height * (style.gap + rng.normal(0, 0.03))
    return x


def type_text(sheet: Sheet, text: str, x: float, foot: float, height: float, style: Style) -> float:
    """Print from column `x` on the row `foot`; return the column where it ends.

    Digits count as text if there are letters next to them.
    """
    factor = height / _PRINTED_HEIGHT
    numeric = not any(character.isalpha() for character in text)
    end = x
    for character, ink, column in print_text(text, style.font):
        small = shrink(ink, factor)
        is_digit = numeric and character in DIGITS
        code = code_of(Region.PRINT, int(character)) if is_digit else Region.TEXT
        sheet.put(small, x + column * factor, foot - _PRINTED_FOOT * factor, code, style.of_print)
        end = x + column * factor + small.shape[1]
    return end
