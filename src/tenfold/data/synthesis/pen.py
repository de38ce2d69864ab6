"""Redraw strokes with another slant, size, steadiness and pen."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthesis.strokes import UNIT, ZERO, Fields

CANVAS = 72  # pixels along each side of a drawn character
HEIGHT = 44  # of a digit on it, approximately
WIDEST = 9.0  # of common pens

# Standard deviations of the turn and the slant, in radians, and of the logarithms of stretch and size.
_SPREADS = (0.12, 0.16, 0.13, 0.06)

Ink = NDArray[np.float32]

_COLUMNS, _ROWS = np.meshgrid(
    np.arange(CANVAS, dtype=np.float32) - CANVAS / 2, np.arange(CANVAS, dtype=np.float32) - CANVAS / 2
)


def choose_pen(rng: np.random.Generator, widest: float = WIDEST) -> float:
    """A random pen's width in pixels, from a hairline to a marker of `widest`."""
    return math.exp(rng.uniform(math.log(1.2), math.log(widest)))


def write_along(
    spine: Fields,
    rng: np.random.Generator,
    steadiness: float = 1.0,
    *,
    width: float | None = None,
    widest: float = WIDEST,
) -> Ink:
    """Draw strokes along a `spine` of any size: ink float32 (72, 72), 0 .. 1.

    The pen is `width` pixels wide, by default random, from a hairline to a marker of `widest`. `steadiness`
    above 1 distorts the spine less.
    """
    scale, columns, rows = _hand(spine.shape, rng, steadiness)
    if width is None:
        width = choose_pen(rng, widest)
    distance = _remap(spine, columns, rows, outside=255)
    ink = width / 2 + 0.5 - distance * (scale / UNIT)
    return np.clip(ink, 0, 1, out=ink)


def write_within(outline: Fields, rng: np.random.Generator, steadiness: float = 1.0) -> Ink:
    """As `write_along`, with the pen that drew the `outline`, or a slightly thinner or bolder one."""
    scale, columns, rows = _hand(outline.shape, rng, steadiness)
    bolder = min(max(rng.normal(0.3, 1.0 / steadiness), -1.5), 3.0)
    distance = _remap(outline, columns, rows, outside=0)
    ink = (distance - ZERO) * (scale / UNIT) + (0.5 + bolder)
    return np.clip(ink, 0, 1, out=ink)


def lean_degrees(ink: Ink) -> float:
    """How far the ink's main axis leans from the vertical, 0 to 90 degrees."""
    moments = cv2.moments(ink)
    from_horizontal = 0.5 * math.atan2(2 * moments["mu11"], moments["mu20"] - moments["mu02"])
    return 90 - abs(math.degrees(from_horizontal))


def _remap(
    field: Fields, columns: NDArray[np.float32], rows: NDArray[np.float32], outside: int
) -> NDArray[np.float32]:
    bent = cv2.remap(
        field, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=outside
    )
    return bent.astype(np.float32)


def _hand(
    shape: tuple[int, ...], rng: np.random.Generator, steadiness: float
) -> tuple[float, NDArray[np.float32], NDArray[np.float32]]:
    """How a hand distorts a character: canvas pixels per grid point, and for each canvas pixel the column and
    row of the field that it shows."""
    turn, slant, stretch, size = (
        float(deviations * spread / steadiness)
        for deviations, spread in zip(rng.standard_normal(4), _SPREADS, strict=True)
    )
    if rng.random() < 0.15:
        slant *= 2
    height, width = shape
    scale = HEIGHT / 40 * math.exp(size) * min(1, 60 / width)
    # From canvas to field: undo the turn, then the slant, then the stretch.
    narrow, tall = math.exp(-stretch / 2) / scale, math.exp(stretch / 2) / scale
    cos, sin = math.cos(turn), math.sin(turn)
    columns = _COLUMNS * (narrow * (cos - slant * sin)) + _ROWS * (narrow * (sin + slant * cos))
    rows = _ROWS * (tall * cos) - _COLUMNS * (tall * sin)
    grid = int(rng.integers(3, 6))
    wobble = rng.normal(0, rng.uniform(0.5, 3.0) / steadiness, (grid, grid, 2)).astype(np.float32)
    wobble += np.float32((width - 1) / 2), np.float32((height - 1) / 2)
    shifts = cv2.resize(wobble, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
    columns += shifts[:, :, 0]
    rows += shifts[:, :, 1]
    return scale, columns, rows
