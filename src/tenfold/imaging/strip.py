"""Scale a line of digits of any size to the input of the line network: a strip 36 pixels high, with digits
about 20."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.normalize import BOX_PX
from tenfold.imaging.stroke import HAIRLINE_PX, PEN_PX, WORKING_PX, shrink, stroke_width, widen

HEIGHT_PX = 36
STEP_PX = 4  # widths are multiples of this
MARGIN_PX = 8  # paper at both ends
LONGEST_PX = 2000  # longer lines are scaled down
# If one digit of a line is much higher than the rest, all are scaled down, but the others not below this.
_MIN_DIGIT_PX = 14


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """A line as uint8 (36, w), 0 paper .. 255 ink, with w a multiple of 4, and its position in the ink.

    The strip's first column and row correspond to `left` and `top` in pixels of the ink, which may lie
    outside it; the strip is scaled by `factor`.
    """

    image: NDArray[np.uint8]
    left: float
    top: float
    factor: float


def to_strip(ink: NDArray[np.float32], middle: float, height: float) -> Strip:
    """The strip of a line's ink, float32 (H, W), 0 paper .. 1 ink.

    `height` is the typical height of the line's digits and `middle` the row of the line's middle, both in
    pixels.
    """
    rows = np.flatnonzero(ink.any(axis=1))
    top, bottom = (int(rows[0]), int(rows[-1]) + 1) if rows.size else (0, ink.shape[0])
    factor = max(min(BOX_PX / height, HEIGHT_PX / (bottom - top)), _MIN_DIGIT_PX / height)
    factor = min(factor, LONGEST_PX / ink.shape[1])
    reach = HEIGHT_PX / 2 / factor
    if bottom - top <= 2 * reach:
        middle = min(max(middle, bottom - reach), top + reach)
    first, n_rows = round(middle - reach), max(round(2 * reach), 1)
    kept = ink[max(first, 0) : max(first + n_rows, 0)]
    strongest = kept.max(initial=0)
    if strongest > 0:
        kept = kept / strongest
    margin, start = round(MARGIN_PX / factor), max(-first, 0)
    window = np.zeros((n_rows, ink.shape[1] + 2 * margin), dtype=np.float32)
    window[start : start + len(kept), margin : margin + ink.shape[1]] = kept
    if 0 < stroke_width(kept) < HAIRLINE_PX / factor:
        window = _thicken_hairlines(window, factor)
    size = max(round(window.shape[1] * HEIGHT_PX / window.shape[0]), 1), HEIGHT_PX
    interpolation = cv2.INTER_AREA if window.shape[0] > HEIGHT_PX else cv2.INTER_CUBIC
    sized = np.rint(255 * np.clip(cv2.resize(window, size, interpolation=interpolation), 0, 1)).astype(
        np.uint8
    )
    image = np.pad(sized, ((0, 0), (0, -size[0] % STEP_PX)))
    return Strip(image, -margin, first, HEIGHT_PX / n_rows)


def _thicken_hairlines(ink: NDArray[np.float32], factor: float) -> NDArray[np.float32]:
    """As `stroke.without_hairlines` for a line: no stroke thinner than a thin pen's in the strip."""
    working = WORKING_PX / BOX_PX
    if factor * working < 1:
        rows, columns = ink.shape
        ink = shrink(ink, (max(1, round(columns * factor * working)), max(1, round(rows * factor * working))))
        factor = 1 / working
    missing = PEN_PX / factor - stroke_width(ink)
    return widen(ink, missing) if missing > 0 else ink
