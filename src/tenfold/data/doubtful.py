"""Recognizing MNIST, and its test images whose labels people did not confirm.

C. Northcutt, A. Athalye, J. Mueller, "Pervasive label errors in test sets destabilize machine learning
benchmarks" (NeurIPS 2021), asked five people about each label that networks doubted most; the answers are at
github.com/cleanlab/label-errors. For the images listed here, most of the five did not see the labelled digit.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tenfold.data.sources import FASHION_MNIST

MNIST_SHA256 = "53b4de002add035efcc1bfa27d6d7517ef6c2afced7b7012fd6913d0c3f8e78b"  # of the `Dataset`
DOUBTFUL = (947, 1621, 1901, 2130, 2462, 2597, 2654, 3520, 3558, 5937, 6651, 6783, 8527, 9679, 9729)


def is_published(data_sha256: str, class_names: Sequence[str]) -> bool:
    """Whether data are MNIST, by their fingerprint, or Fashion-MNIST, by their class names.

    The data set's name proves nothing: a user's folder may be called mnist, too.
    """
    return data_sha256 == MNIST_SHA256 or tuple(class_names) == FASHION_MNIST.class_names


def confirmed_images(data_sha256: str, n_test_images: int) -> NDArray[np.bool_]:
    """For each test image, (N,), whether its label is not in doubt; always true for data other than MNIST."""
    confirmed = np.ones(n_test_images, dtype=bool)
    if data_sha256 == MNIST_SHA256:
        confirmed[list(DOUBTFUL)] = False
    return confirmed
