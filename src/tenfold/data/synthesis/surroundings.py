"""What a form prints around a number: frames, parts of frames, separators.

Each function takes ink, float32 (h, w), and the rows of the digits' tops and feet. Sides and separators are
much taller or much shorter than a digit, because a stroke of a digit's height is a 1.
"""

from itertools import pairwise

import cv2
import numpy as np

from tenfold.data.synthesis.pen import Ink

_INKED = 0.3
_NARROWEST_GAP = 5  # pixels
Rng = np.random.Generator


def frame(ink: Ink, top: float, foot: float, rng: Rng) -> Ink:
    """A box around all writing, or some of its sides."""
    height = foot - top
    columns = np.flatnonzero((ink > _INKED).any(axis=0))
    if not columns.size:
        return ink
    near = round(rng.uniform(0.1, 0.6) * height)
    ink = np.pad(ink, ((0, 0), (near + 4, near + 4)))
    left, right = int(columns[0]) + 4, int(columns[-1]) + 2 * near + 4
    above, below = top - rng.uniform(0.15, 0.6) * height, foot + rng.uniform(0.15, 0.6) * height
    corners = [(left, above), (right, above), (right, below), (left, below)]
    strength, thickness = float(rng.uniform(0.4, 1)), int(rng.integers(1, 4))
    whole = rng.random() < 0.5
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        if whole or rng.random() < 0.6:
            _rule(ink, start, end, strength, thickness)
    return ink


def separate(ink: Ink, top: float, foot: float, rng: Rng) -> Ink:
    """Upright lines between the digits: through the whole field, or a comb's teeth at its foot."""
    columns = np.flatnonzero((ink > _INKED).any(axis=0))
    gaps = [(left, right) for left, right in pairwise(columns.tolist()) if right - left > _NARROWEST_GAP]
    ink, height = ink.copy(), foot - top
    if rng.random() < 0.5:
        above, below = top - rng.uniform(0.15, 0.5) * height, foot + rng.uniform(0.15, 0.5) * height
    else:
        above, below = foot - rng.uniform(0, 0.3) * height, foot + rng.uniform(0.05, 0.3) * height
    strength, thickness = float(rng.uniform(0.3, 1)), int(rng.integers(1, 3))
    for start, end in gaps:
        column = (start + end) // 2
        _rule(ink, (column, above), (column, below), strength, thickness)
    if rng.random() < 0.5:
        _rule(ink, (0, below), (ink.shape[1], below), strength, thickness)
    return ink


def _rule(
    ink: Ink, start: tuple[float, float], end: tuple[float, float], strength: float, thickness: int
) -> None:
    layer = np.zeros_like(ink)
    begin, stop = ((round(float(x)), round(float(y))) for x, y in (start, end))
    cv2.line(layer, begin, stop, strength, thickness)
    np.maximum(ink, layer, out=ink)
