"""Draw a reading: a box around each digit and sign, its value above, its confidence in percent below."""

import statistics
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tenfold.imaging.segment import Box

if TYPE_CHECKING:
    from tenfold.reader.reading import Digit, Reading

Color = tuple[int, int, int]
ACCEPTED: Color = (0, 125, 95)
NOT_ACCEPTED: Color = (205, 75, 0)
PRINTED: Color = (125, 75, 165)
SIGN: Color = (0, 90, 170)
PASSED_OVER: Color = (150, 150, 150)

# A picture of smaller digits is enlarged, so that the labels are legible.
_LEGIBLE_PX = 96
_LONGEST_SIDE_PX = 4000
# Shares of the median height of the digits.
_VALUE_SIZE, _CONFIDENCE_SIZE, _LINE_WIDTH = 0.38, 0.2, 0.02


class _Mark(NamedTuple):
    """A box and its labels."""

    box: Box
    value: str
    confidence: float
    color: Color


def annotate(grey: NDArray[np.uint8], reading: "Reading") -> Image.Image:
    """The picture, grey uint8 (H, W), with a box around each digit, orange unless accepted, otherwise violet
    if printed and green if not, and around each sign, blue.

    If digits are near the edge, a margin makes room for their labels.
    """
    marks = [
        *(_Mark(sign.box, sign.text, sign.confidence, SIGN) for line in reading.lines for sign in line.signs),
        *(
            _Mark(digit.box, str(digit.value), digit.confidence, color_of(digit))
            for line in reading.lines
            for digit in line.digits
        ),
    ]
    heights = [digit.box.height for line in reading.lines for digit in line.digits]
    height = statistics.median(heights) if heights else _LEGIBLE_PX
    factor = max(1, min(round(_LEGIBLE_PX / height), _LONGEST_SIDE_PX // max(grey.shape)))
    height *= factor
    size = grey.shape[1] * factor, grey.shape[0] * factor
    margin = max((_overhang(mark.box, factor, size, height) for mark in marks), default=0)
    canvas = Image.new("RGB", (size[0] + 2 * margin, size[1] + 2 * margin), "white")
    canvas.paste(Image.fromarray(grey).resize(size, Image.Resampling.BICUBIC), (margin, margin))
    draw = ImageDraw.Draw(canvas)
    for box in reading.passed_over:
        draw.rectangle(
            _edges(box, factor, margin), outline=PASSED_OVER, width=max(1, round(_LINE_WIDTH * height))
        )
    for mark in marks:
        _draw_mark(draw, mark, factor, margin, height)
    return canvas


def color_of(digit: "Digit") -> Color:
    """Green for an accepted digit, violet if it is printed; orange for one in doubt."""
    if not digit.accepted:
        return NOT_ACCEPTED
    return PRINTED if digit.printed else ACCEPTED


def percent(confidence: float) -> str:
    """A confidence from 0 to 1 in percent, rounded down so that only certainty shows as 100."""
    return str(int(100 * confidence))


@cache
def font(size: float) -> Any:
    """Pillow's built-in typeface, never too small to read."""
    return ImageFont.load_default(max(size, 9))


def _edges(box: Box, factor: int, margin: int, padding: int = 0) -> tuple[int, int, int, int]:
    """The left, top, right and bottom edge of a padded box in the enlarged picture."""
    left, top, right, bottom = (factor * edge + margin for edge in (box.x, box.y, box.right, box.bottom))
    return left - padding, top - padding, right + padding, bottom + padding


def _overhang(box: Box, factor: int, size: tuple[int, int], height: float) -> int:
    """By how many pixels the labels of a box would extend beyond the picture of `size`."""
    left, top, right, bottom = (factor * edge for edge in (box.x, box.y, box.right, box.bottom))
    nearest = min(left, top, size[0] - right, size[1] - bottom)
    return max(0, round((_VALUE_SIZE + 4 * _LINE_WIDTH) * height - nearest))


def _draw_mark(draw: ImageDraw.ImageDraw, mark: _Mark, factor: int, margin: int, height: float) -> None:
    box, color = mark.box, mark.color
    line = max(2, round(_LINE_WIDTH * height))
    left, top, right, bottom = _edges(box, factor, margin, line)
    draw.rectangle((left, top, right, bottom), outline=color, width=line)
    middle = (left + right) / 2
    for text, share, y, anchor in (
        (mark.value, _VALUE_SIZE, top - line, "mb"),
        (percent(mark.confidence), _CONFIDENCE_SIZE, bottom + line, "mt"),
    ):
        draw.text(
            (middle, y),
            text,
            font=font(share * height),
            fill=color,
            anchor=anchor,
            stroke_width=line,
            stroke_fill="white",
        )
