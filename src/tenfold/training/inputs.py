"""Images and labels as networks and their losses take them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tenfold.data.preprocess import add_channel, flatten, one_hot, scale


def network_input(images: NDArray[np.uint8], input_shape: Sequence[object]) -> NDArray[np.float32]:
    """Images, uint8 (N, h, w), scaled to [0, 1] and as `input_shape` says: (N, h w) or (N, h, w, 1)."""
    x = scale(images)
    return flatten(x) if len(input_shape) == 2 else add_channel(x)


def network_target(labels: NDArray[np.int64], loss: str) -> NDArray[np.float32] | NDArray[np.int64]:
    """Labels (N,) as `loss` takes them: one-hot (N, 10) for categorical cross-entropy, else as they are."""
    return one_hot(labels) if loss == "categorical_crossentropy" else labels
