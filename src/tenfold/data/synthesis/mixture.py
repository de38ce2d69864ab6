"""The user's own digits among MNIST's, all redrawn for every epoch."""

import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthesis.world import World
from tenfold.imaging.normalize import SIDE_PX


class Mixture:
    """An epoch has `size` of MNIST's digits, chosen anew, and non-digits as in `World`.

    `images`, uint8 (N, 28, 28) with `labels` (N,), are MNIST's; `own_images` and `own_labels` the user's. A
    `share` of the images of each digit that the user provides is replaced by the user's, repeated as needed:
    no digit becomes more frequent, however unbalanced the user's are.
    """

    image_shape: tuple[int, ...] = (SIDE_PX, SIDE_PX)
    label_shape: tuple[int, ...] = ()

    def __init__(
        self,
        images: NDArray[np.uint8],
        labels: NDArray[np.int64],
        own_images: NDArray[np.uint8],
        own_labels: NDArray[np.int64],
        *,
        size: int,
        share: float,
    ) -> None:
        self._images, self._labels = images, labels
        self._own_images, self._own_labels = own_images, own_labels
        self._size, self._share = min(size, len(labels)), share

    def __len__(self) -> int:
        """The number of images in an epoch."""
        return World.size_of(self._size)

    def draw(self, seed: int, epoch: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The images and labels of one epoch; they depend only on `seed` and `epoch`."""
        rng = np.random.default_rng([seed, epoch, 2])  # World uses 0 and 1
        chosen = rng.choice(len(self._labels), self._size, replace=False)
        images, labels = self._images[chosen], self._labels[chosen]
        for digit in np.unique(self._own_labels):
            own = np.flatnonzero(self._own_labels == digit)
            places = np.flatnonzero(labels == digit)
            places = places[rng.random(len(places)) < self._share]
            images[places] = self._own_images[rng.choice(own, len(places))]
        return World(images, labels).draw(seed, epoch)
