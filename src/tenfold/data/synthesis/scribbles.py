"""Ink other than writing: tally marks, and stains like those left by the grain of paper."""

import cv2
import numpy as np

from tenfold.data.synthesis.pen import CANVAS, HEIGHT, Ink

Rng = np.random.Generator


def draw_tally(pen: float, rng: Rng) -> Ink:
    """Three or four upright strokes, struck through: ink (72, w)."""
    n, pitch, margin = int(rng.integers(3, 5)), rng.uniform(7, 16), 8
    ink = np.zeros((CANVAS, round(n * pitch) + 2 * margin), dtype=np.float32)
    top, foot = (CANVAS - HEIGHT) / 2, (CANVAS + HEIGHT) / 2
    starts = [(margin + pitch * (index + 0.5), top) for index in range(n)]
    ends = [(x + rng.normal(0, 3), foot) for x, _ in starts]
    left, right = foot - rng.uniform(0, 20), top + rng.uniform(0, 20)
    if rng.random() < 0.3:
        left, right = right, left
    strike = (margin, left), (ink.shape[1] - margin, right)
    thickness = max(1, round(pen))
    for start, end in (*zip(starts, ends, strict=True), strike):
        shaken = np.rint(rng.normal((start, end), 2)).astype(int).tolist()
        cv2.line(ink, shaken[0], shaken[1], 1.0, thickness, cv2.LINE_AA)
    return ink


def draw_stain(rng: Rng) -> Ink:
    """The strongest parts of smoothed noise: ink (72, w)."""
    noise = rng.random((CANVAS, int(rng.integers(20, 90))), dtype=np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), float(rng.uniform(1.5, 9)))
    low, high = np.quantile(smooth, [rng.uniform(0.5, 0.9), 1])
    return np.asarray(np.clip((smooth - low) / max(high - low, 1e-6), 0, 1), dtype=np.float32)
