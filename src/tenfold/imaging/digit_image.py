"""A picture of one digit as a network sees it: the one way for all who train and all who read."""

import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.ink import find_ink
from tenfold.imaging.isolate import isolate
from tenfold.imaging.normalize import normalize
from tenfold.imaging.size import fit
from tenfold.imaging.stroke import prepare


def digit_image(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey levels uint8 (H, W), of either polarity, that show one digit, as uint8 (28, 28) like MNIST's.

    0 is paper and 255 ink. Specks and frames are left out, and hairlines are thickened, so that a digit looks
    the same whatever its size. A picture without contrast comes back blank.
    """
    sized, _ = fit(grey)
    return image_of_ink(find_ink(sized))


def image_of_ink(ink: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The same of ink that was found already, float32 (H, W), 0 paper .. 1 ink."""
    return normalize(prepare(isolate(ink)))
