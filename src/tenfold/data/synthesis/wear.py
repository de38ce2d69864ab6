"""What pens, paper, scanners and cameras do to writing before a reader sees it.

Each function takes ink, float32 (h, w), 0 paper .. 1 ink, and returns a degraded copy.
"""

import cv2
import numpy as np

from tenfold.data.synthesis.pen import Ink


def dry_out(ink: Ink, rng: np.random.Generator) -> Ink:
    """Vary the pressure, as if a pencil pressed unevenly or a pen ran dry."""
    grain = int(rng.integers(4, 36))
    pressure = cv2.resize(
        rng.uniform(0, 1, (grain, grain)).astype(np.float32), ink.shape[::-1], interpolation=cv2.INTER_LINEAR
    )
    return ink * (1 - np.float32(rng.uniform(0.3, 0.9)) * pressure)


def break_stroke(ink: Ink, rng: np.random.Generator) -> Ink:
    """Break the strokes at one or two places."""
    ink = ink.copy()
    for _ in range(rng.integers(1, 3)):
        _line(ink, rng, thickness=int(rng.integers(1, 4)), length=rng.uniform(8, 20), level=0)
    return ink


def rule(ink: Ink, rng: np.random.Generator) -> Ink:
    """Add part of a ruling, a grid line or an underline near or across the digit."""
    ink = ink.copy()
    upright = rng.random() < 0.3
    height, width = ink.shape
    across, along = (width, height) if upright else (height, width)
    at, thickness = int(rng.integers(6, across - 6)), int(rng.integers(1, 3))
    start, end = sorted(rng.integers(4, along - 4, 2).tolist())
    line = ink[start:end, at : at + thickness] if upright else ink[at : at + thickness, start:end]
    np.maximum(line, np.float32(rng.uniform(0.2, 1)), out=line)
    return ink


def speckle(ink: Ink, rng: np.random.Generator) -> Ink:
    """Add specks of dirt."""
    ink = ink.copy()
    for _ in range(rng.integers(1, 6)):
        at = int(rng.integers(6, ink.shape[1] - 6)), int(rng.integers(6, ink.shape[0] - 6))
        cv2.circle(ink, at, int(rng.integers(0, 3)), float(rng.uniform(0.2, 1)), -1)
    return ink


def crowd(neighbour: Ink, ink: Ink, rng: np.random.Generator) -> Ink:
    """Add a sliver of a neighbouring digit on the left or right, as an imprecise crop does."""
    columns = np.flatnonzero((ink > 0.3).any(axis=0))
    others = np.flatnonzero((neighbour > 0.3).any(axis=0))
    if not (len(columns) and len(others)):
        return ink
    width = min(int(rng.integers(2, 9)), len(others))
    gap = int(rng.integers(-2, 3))
    ink = ink.copy()
    if rng.random() < 0.5:
        sliver = neighbour[:, others[0] : others[0] + width]
        start = min(max(columns[-1] + 1 + gap, 0), ink.shape[1] - width)
    else:
        sliver = neighbour[:, others[-1] + 1 - width : others[-1] + 1]
        start = max(columns[0] - gap - width, 0)
    place = ink[:, start : start + width]
    np.maximum(place, sliver, out=place)
    return ink


def cut_off(ink: Ink, rng: np.random.Generator) -> Ink:
    """Cut a little off one side of the digit, as a crop that is too tight does."""
    rows, columns = np.nonzero(ink > 0.3)
    if not len(rows):
        return ink
    loss = rng.uniform(0, 0.09)
    top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    height, width = loss * (bottom - top), loss * (right - left)
    match rng.integers(4):
        case 0:
            return ink[round(top + height) :]
        case 1:
            return ink[: round(bottom - height)]
        case 2:
            return ink[:, round(left + width) :]
        case _:
            return ink[:, : max(round(right - width), round(left) + 2)]


def blur(ink: Ink, rng: np.random.Generator) -> Ink:
    """Blur the ink, as if out of focus."""
    return cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.5, 2.8)).astype(np.float32)


def sample(ink: Ink, rng: np.random.Generator) -> Ink:
    """Scan the ink at a low resolution, or in black and white only."""
    return coarsen(ink, rng) if rng.random() < 0.6 else binarize(ink, rng)


def coarsen(ink: Ink, rng: np.random.Generator) -> Ink:
    """Scan the ink at a low resolution, sometimes in black and white only."""
    factor = rng.uniform(12, 34) / 44
    size = max(round(ink.shape[1] * factor), 2), max(round(ink.shape[0] * factor), 2)
    coarse = cv2.resize(ink, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    return binarize(coarse, rng) if rng.random() < 0.5 else coarse


def binarize(ink: Ink, rng: np.random.Generator) -> Ink:
    """Make the ink black and white, thresholded at a random level."""
    black: Ink = (ink > ink.max() * rng.uniform(0.25, 0.7)).astype(np.float32)
    return black


def add_noise(ink: Ink, rng: np.random.Generator) -> Ink:
    """Add camera noise where there is ink."""
    noise = rng.standard_normal(ink.shape, dtype=np.float32) * np.float32(rng.uniform(0.02, 0.2))
    noisy: Ink = np.clip(ink + noise * (ink > 0.05), 0, 1)
    return noisy


def _line(ink: Ink, rng: np.random.Generator, thickness: int, length: float, level: float) -> None:
    x, y = rng.uniform(14, ink.shape[1] - 14), rng.uniform(14, ink.shape[0] - 14)
    angle = rng.uniform(0, np.pi)
    dx, dy = 0.5 * length * np.cos(angle), 0.5 * length * np.sin(angle)
    cv2.line(ink, (round(x - dx), round(y - dy)), (round(x + dx), round(y + dy)), level, thickness)
