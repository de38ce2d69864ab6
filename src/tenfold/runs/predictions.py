"""A run's predictions for its test images."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Predictions:
    """A run's predictions for the M test images."""

    probabilities: NDArray[np.float32]  # (M, classes)
    labels: NDArray[np.int64]  # (M,)
    shown: NDArray[np.int64]  # (K,) indices of the images stored: the first, and the worst mistakes
    images: NDArray[np.uint8]  # (K, 28, 28)

    def __post_init__(self) -> None:
        m, k = len(self.labels), len(self.shown)
        n_classes = self.probabilities.shape[-1] if self.probabilities.ndim == 2 else 0
        expected = {
            "probabilities": ("f", (m, n_classes)),
            "labels": ("i", (m,)),
            "shown": ("i", (k,)),
            "images": ("u", (k, 28, 28)),
        }
        for name, (kind, shape) in expected.items():
            array = getattr(self, name)
            if array.dtype.kind != kind or array.shape != shape:
                raise ValueError(f"{name} cannot be {array.dtype} of shape {array.shape}")
        for name, end in (("labels", n_classes), ("shown", m)):
            values = getattr(self, name)
            if len(values) and not 0 <= values.min() <= values.max() < end:
                raise ValueError(f"{name} must lie from 0 to {end - 1}")
        if not np.isfinite(self.probabilities).all():
            raise ValueError("probabilities must be finite")

    @property
    def y_pred(self) -> NDArray[np.int64]:
        """The most probable class of each image, (M,)."""
        y_pred: NDArray[np.int64] = self.probabilities.argmax(axis=1).astype(np.int64)
        return y_pred
