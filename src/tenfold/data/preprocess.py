"""Images and labels as networks and losses take them: four single steps, and all of them combined."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenfold.errors import InputError

Scalar = TypeVar("Scalar", bound=np.generic)


def scale(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Grey levels 0-255 divided by 255, float32 in [0, 1]. Any shape; raises InputError unless uint8."""
    if images.dtype != np.uint8:
        raise InputError(f"expected uint8 images with values 0-255, received {images.dtype}")
    return images.astype(np.float32) / np.float32(255)


def flatten(images: NDArray[Scalar]) -> NDArray[Scalar]:
    """(N, H, W) to (N, H * W), row by row: networks without convolutions take vectors."""
    _require_stack(images)
    return images.reshape(len(images), images.shape[1] * images.shape[2])


def add_channel(images: NDArray[Scalar]) -> NDArray[Scalar]:
    """(N, H, W) to (N, H, W, 1): convolutions expect a channel axis, and grey is one channel."""
    _require_stack(images)
    return images[..., np.newaxis]


def one_hot(labels: ArrayLike, n_classes: int = 10) -> NDArray[np.float32]:
    """Integer labels (N,) as float32 (N, n_classes): 1 in the column of the label, 0 elsewhere.

    Categorical cross-entropy takes this; its sparse form takes the integers themselves.
    Raises InputError for labels outside 0..n_classes-1.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or (labels.size and labels.dtype.kind not in "iu"):
        raise InputError(
            f"expected integer labels of shape (N,), received {labels.dtype} of shape {labels.shape}"
        )
    if labels.size and not 0 <= labels.min() <= labels.max() < n_classes:
        raise InputError(f"expected labels 0-{n_classes - 1}, received {labels.min()}-{labels.max()}")
    encoded = np.zeros((len(labels), n_classes), dtype=np.float32)
    encoded[np.arange(len(labels)), labels.astype(np.int64)] = 1
    return encoded


def network_input(images: NDArray[np.uint8], input_shape: Sequence[object]) -> NDArray[np.float32]:
    """Images, uint8 (N, h, w), scaled to [0, 1] and reshaped to match `input_shape`: (N, h w), (N, h, w) or
    (N, h, w, 1)."""
    x = scale(images)
    match len(input_shape):
        case 2:
            return flatten(x)
        case 3:
            return x
    return add_channel(x)


def network_target(
    labels: NDArray[np.int64], loss: str, n_classes: int = 10
) -> NDArray[np.float32] | NDArray[np.int64]:
    """Labels (N,) as `loss` takes them: one-hot (N, n_classes) for categorical cross-entropy, else
    unchanged."""
    return one_hot(labels, n_classes) if loss == "categorical_crossentropy" else labels


def _require_stack(images: NDArray[Scalar]) -> None:
    if images.ndim != 3:
        raise InputError(f"expected images of shape (N, height, width), received shape {images.shape}")
