"""A data set from a name, a path or arrays."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenfold.data.dataset import DIGIT_NAMES, Dataset
from tenfold.data.doubtful import MNIST_SHA256
from tenfold.data.load import load_data
from tenfold.data.sources import MNIST
from tenfold.errors import InputError
from tenfold.imaging.normalize import SIDE_PX

Pair = tuple[ArrayLike, ArrayLike]  # images and labels
_NONE = (np.zeros((0, SIDE_PX, SIDE_PX), np.uint8), np.zeros(0, np.int64))
GivenData = Dataset | str | Path | Pair | tuple[Pair, Pair]


def as_dataset(given: GivenData | None) -> Dataset:
    """A data set from anything `load_data` takes, (x, y), or ((x_train, y_train), (x_test, y_test)).

    Images x are (N, 28, 28), (N, 28, 28, 1) or (N, 784): whole numbers from 0 to 255, or fractions from 0 to
    1, 0 is paper. Labels y are whole numbers, (N,) or (N, 1), or one-hot (N, classes). (x, y) alone are all
    test images. None is MNIST. Raises InputError for anything else.
    """
    if isinstance(given, Dataset):
        return given
    if given is None or isinstance(given, str | Path):
        return load_data() if given is None else load_data(given)
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise InputError(
            "expected data as a Dataset, a name, a path, (x, y) or ((x_train, y_train), (x_test, y_test)), "
            f"received {type(given).__name__}"
        )
    parts: Sequence[Any] = given if _are_pairs(given) else (_NONE, given)
    (x_train, y_train), (x_test, y_test) = parts
    return _name(
        Dataset(
            name="arrays",
            x_train=images_from(x_train, "x_train"),
            y_train=labels_from(y_train, "y_train"),
            x_test=images_from(x_test, "x_test"),
            y_test=labels_from(y_test, "y_test"),
            class_names=_class_names(y_train, y_test),
            origin="arrays",
        )
    )


def images_from(given: ArrayLike, name: str = "images") -> NDArray[np.uint8]:
    """Images as `as_dataset` takes them, or one (28, 28), as uint8 (N, 28, 28). Raises InputError."""
    images = np.asarray(given)
    n_pixels = SIDE_PX * SIDE_PX
    size = images.shape[1:] if images.ndim > 2 or images.shape[-1:] == (n_pixels,) else images.shape
    if int(np.prod(size)) != n_pixels or images.dtype.kind not in "uif":
        raise InputError(
            f"expected {name} of shape (N, 28, 28), (N, 28, 28, 1) or (N, 784), "
            f"received {images.dtype} of shape {images.shape}"
        )
    images = images.reshape(-1, SIDE_PX, SIDE_PX)
    if images.dtype == np.uint8:
        return images
    most = 1 if images.dtype.kind == "f" and images.max(initial=0) <= 1 else 255
    if not (images.min(initial=0) >= 0 and images.max(initial=0) <= most):  # also rejects NaN
        raise InputError(
            f"expected {name} from 0 to 255, or fractions from 0 to 1, "
            f"received {images.min():g} to {images.max():g}"
        )
    return np.rint(images * (255 / most)).astype(np.uint8)


def labels_from(given: ArrayLike, name: str = "labels") -> NDArray[np.int64]:
    """Labels as `as_dataset` takes them, as int64 (N,). Raises InputError."""
    labels = np.asarray(given)
    if labels.ndim == 2 and labels.shape[1] > 1 and np.all(labels.sum(axis=1) == 1):
        labels = labels.argmax(axis=1)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise InputError(
            f"expected {name} as whole numbers of shape (N,), or one-hot (N, classes), "
            f"received {labels.dtype} of shape {labels.shape}"
        )
    return labels.astype(np.int64)


def _are_pairs(given: Sequence[Any]) -> bool:
    return all(isinstance(part, tuple | list) and len(part) == 2 for part in given)


def _class_names(*labels: ArrayLike) -> tuple[str, ...]:
    n_classes = 1 + max(labels_from(of_part).max(initial=0) for of_part in labels)
    return DIGIT_NAMES if n_classes <= len(DIGIT_NAMES) else tuple(map(str, range(n_classes)))


def _name(data: Dataset) -> Dataset:
    """Name it "mnist" if it is, wherever it came from."""
    return replace(data, name=MNIST.name) if data.sha256 == MNIST_SHA256 else data
