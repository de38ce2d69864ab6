"""Tell ink from paper.

Paper is what the border of the picture mostly is, ink is what differs from it: dark on a white page, light on
a blackboard. One level of paper is assumed for the whole picture.
"""

import numpy as np
from numpy.typing import NDArray

# Of 255. Below this a picture is taken for blank paper.
_FAINTEST_INK = 24
# Of the strongest ink. What is fainter is paper: the ripples JPEG leaves around strokes are of this size.
_FAINTEST_SHARE = 0.04
_DEVIATIONS_OF_NOISE = 5
# The median absolute deviation times this is the standard deviation, where the noise is Gaussian.
_DEVIATIONS_PER_MAD = 1.4826


def find_ink(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Grey levels uint8 (H, W), of either polarity, as ink float32 (H, W): 0 is paper, 1 the strongest ink.

    What is no stronger than five standard deviations of the noise along the border is set to 0; specks
    stronger than that stay. A picture without contrast is blank: all zeros.
    """
    levels = grey.astype(np.float32)
    border = np.concatenate([levels[0], levels[-1], levels[1:-1, 0], levels[1:-1, -1]])
    paper = np.median(border)
    darkest, lightest = levels.min(), levels.max()
    difference = paper - levels if paper - darkest >= lightest - paper else levels - paper
    strongest = difference.max()
    if strongest < _FAINTEST_INK:
        return np.zeros_like(levels)
    noise = _DEVIATIONS_PER_MAD * np.median(np.abs(border - paper))
    ink: NDArray[np.float32] = (difference / strongest).astype(np.float32)
    ink[difference <= max(_DEVIATIONS_OF_NOISE * noise, _FAINTEST_SHARE * strongest)] = 0
    return ink
