"""Training images drawn anew for every epoch: turned, slanted, stretched and moved a little."""

import cv2
import numpy as np
from numpy.typing import NDArray

# The most that an image is turned and slanted, in radians, stretched and enlarged, in logarithms, and moved.
_TURN, _SLANT, _STRETCH, _SIZE, _SHIFT_PX = 0.2, 0.2, 0.12, 0.12, 2.0


class Deformed:
    """Deforms given images, uint8 (N, S, S) with labels (N,), in another way in every epoch."""

    label_shape: tuple[int, ...] = ()

    def __init__(self, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
        self._images, self._labels = np.ascontiguousarray(images), labels
        self.image_shape: tuple[int, ...] = images.shape[1:]

    def __len__(self) -> int:
        """How many images an epoch has."""
        return len(self._labels)

    def draw(self, seed: int, epoch: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The images and labels of one epoch; decided by `seed` and `epoch` alone."""
        side = self.image_shape[0]
        maps = _draw_maps(len(self), side, np.random.default_rng([seed, epoch]))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        deformed = np.empty_like(self._images)
        for image, target, places in zip(self._images, deformed, maps, strict=True):
            cv2.warpAffine(image, places, (side, side), dst=target, flags=flags, borderValue=0)
        return deformed, self._labels


def _draw_maps(n_images: int, side: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """For each image the map, (2, 3), from a pixel's column, row and 1 to the column and row it shows."""
    most = np.array([_TURN, _SLANT, _STRETCH, _SIZE, _SHIFT_PX, _SHIFT_PX])
    turn, slant, stretch, size, right, down = rng.uniform(-most, most, (n_images, len(most))).T
    narrow, low = np.exp(size + stretch), np.exp(size - stretch)
    cos, sin = np.cos(turn), np.sin(turn)
    rows = [[narrow * (cos - slant * sin), narrow * (sin + slant * cos)], [-low * sin, low * cos]]
    about_middle = np.moveaxis(np.array(rows), -1, 0)
    middle = np.full(2, (side - 1) / 2)
    moved = np.stack([right, down], axis=1) + middle - about_middle @ middle
    return np.concatenate([about_middle, moved[:, :, None]], axis=2)
