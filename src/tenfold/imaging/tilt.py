"""How far the rulings of a page are from horizontal and vertical."""

import cv2
import numpy as np
from numpy.typing import NDArray

_STEP = np.pi / 720  # between the directions that are compared
_MIN_LENGTH, _MAX_GAP = 0.1, 0.01  # of a ruling, as shares of the picture's longer side
_LEVEL = np.radians(1)  # a page whose rulings lean less is read as it is


def find_tilt(rulings: NDArray[np.float32]) -> float:
    """How far the rulings, float32 (H, W), 0 where there are none, are turned clockwise, in radians.

    0 if they are nearly level, or if there are none.
    """
    longest = max(rulings.shape)
    segments = cv2.HoughLinesP(
        (rulings > 0).view(np.uint8), 1, _STEP, round(_MIN_LENGTH * longest / 2),
        minLineLength=_MIN_LENGTH * longest, maxLineGap=max(1, _MAX_GAP * longest),
    )  # fmt: skip
    if segments is None:
        return 0.0
    starts, ends = np.split(segments.reshape(-1, 4).astype(np.float64), 2, axis=1)
    x, y = (ends - starts).T
    # Those of horizontal and of vertical rulings, -45 to 45 degrees.
    angles = (np.arctan2(y, x) + np.pi / 4) % (np.pi / 2) - np.pi / 4
    order = np.argsort(angles)
    covered = np.cumsum(np.hypot(x, y)[order])
    tilt = float(angles[order][np.searchsorted(covered, covered[-1] / 2)])
    return tilt if abs(tilt) > _LEVEL else 0.0
