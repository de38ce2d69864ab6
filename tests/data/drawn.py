"""Drawings that stand for digits: each number gives another, whatever is done to its size."""

from pathlib import Path

import cv2
import numpy as np


def scribble(number: int, side: int = 80) -> np.ndarray:
    """Five strokes, dark on light, grey (side, side)."""
    grey = np.full((side, side), 250, dtype=np.uint8)
    points = np.random.default_rng(number).uniform(0.15, 0.85, (6, 2)) * side
    cv2.polylines(grey, [points.astype(np.int32)], isClosed=False, color=20, thickness=max(side // 16, 1))
    return grey


def draw(path: Path, number: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), scribble(number))
    return path
