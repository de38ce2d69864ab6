"""Random deformations, new in every epoch: rotation, slant, stretch, shift and stroke width."""

import cv2
import numpy as np
from numpy.typing import NDArray

# Largest rotation and slant in radians, stretch and scale as logarithms, and shift in pixels.
_TURN, _SLANT, _STRETCH, _SIZE, _SHIFT_PX = 0.2, 0.2, 0.12, 0.12, 2.0

# A pixel and its four neighbours: their maximum makes strokes bolder, their minimum finer.
_BESIDE = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


class Deformed:
    """Deforms images, uint8 (N, S, S) with labels (N,), differently in every epoch.

    A fraction `bolder_or_finer` of them also gets bolder or finer strokes (half each), by up to a pixel on
    either side.
    """

    label_shape: tuple[int, ...] = ()

    def __init__(
        self, images: NDArray[np.uint8], labels: NDArray[np.int64], bolder_or_finer: float = 0.0
    ) -> None:
        self._bolder_or_finer = bolder_or_finer
        self._images, self._labels = np.ascontiguousarray(images), labels
        self.image_shape: tuple[int, ...] = images.shape[1:]

    def __len__(self) -> int:
        """The number of images per epoch."""
        return len(self._labels)

    def draw(self, seed: int, epoch: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The images and labels of one epoch; they depend on `seed` and `epoch` alone."""
        side = self.image_shape[0]
        rng = np.random.default_rng([seed, epoch])
        maps = _draw_maps(len(self), side, rng)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        deformed = np.empty_like(self._images)
        for image, target, places in zip(self._images, deformed, maps, strict=True):
            cv2.warpAffine(image, places, (side, side), dst=target, flags=flags, borderValue=0)
        if self._bolder_or_finer:
            _vary_strokes(deformed, self._bolder_or_finer, rng)
        return deformed, self._labels


def _vary_strokes(images: NDArray[np.uint8], share: float, rng: np.random.Generator) -> None:
    """Make the strokes of that share of `images` bolder or finer, each by a random amount, in place."""
    kinds, parts = rng.random((2, len(images)))
    for image, kind, part in zip(images, kinds.tolist(), parts.tolist(), strict=True):
        if kind < share:
            changed = cv2.dilate(image, _BESIDE) if kind < share / 2 else cv2.erode(image, _BESIDE)
            cv2.addWeighted(image, 1 - part, changed, part, 0, dst=image)


def _draw_maps(n_images: int, side: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """For each image an affine map, (2, 3), from a pixel's (column, row, 1) to its source (column, row)."""
    most = np.array([_TURN, _SLANT, _STRETCH, _SIZE, _SHIFT_PX, _SHIFT_PX])
    turn, slant, stretch, size, right, down = rng.uniform(-most, most, (n_images, len(most))).T
    narrow, low = np.exp(size + stretch), np.exp(size - stretch)
    cos, sin = np.cos(turn), np.sin(turn)
    rows = [[narrow * (cos - slant * sin), narrow * (sin + slant * cos)], [-low * sin, low * cos]]
    about_middle = np.moveaxis(np.array(rows), -1, 0)
    middle = np.full(2, (side - 1) / 2)
    moved = np.stack([right, down], axis=1) + middle - about_middle @ middle
    return np.concatenate([about_middle, moved[:, :, None]], axis=2)
