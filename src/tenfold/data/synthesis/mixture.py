"""Few digits of one's own among MNIST's, all written and pictured anew for every epoch."""

import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthesis.world import World
from tenfold.imaging.normalize import SIDE_PX


class Mixture:
    """An epoch has `size` digits, chosen anew from MNIST's, and what is no digit, as `World` has it.

    `images`, uint8 (N, 28, 28) with `labels` (N,), are MNIST's, `own_images` and `own_labels` one's own. Of
    each digit that is among these, a `share` of the images is replaced by own ones, each of them as often as
    it takes: so no digit becomes more frequent than it was, however lopsided the own ones are.
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
        """How many images an epoch has."""
        return World.size_of(self._size)

    def draw(self, seed: int, epoch: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The images and labels of one epoch; decided by `seed` and `epoch` alone."""
        rng = np.random.default_rng([seed, epoch, 2])  # World's own end in 0 and 1
        chosen = rng.choice(len(self._labels), self._size, replace=False)
        images, labels = self._images[chosen], self._labels[chosen]
        for digit in np.unique(self._own_labels):
            own = np.flatnonzero(self._own_labels == digit)
            places = np.flatnonzero(labels == digit)
            places = places[rng.random(len(places)) < self._share]
            images[places] = self._own_images[rng.choice(own, len(places))]
        return World(images, labels).draw(seed, epoch)
