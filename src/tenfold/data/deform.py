"""Training images drawn anew for every epoch: turned, slanted, stretched, moved and bent a little.

The elastic part is as in P. Simard, D. Steinkraus, J. Platt, "Best practices for convolutional neural
networks applied to visual document analysis" (ICDAR 2003), with displacements given on a coarse grid.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

# The most that an image is turned and slanted, in radians, stretched and enlarged, in logarithms, and moved.
_TURN, _SLANT, _STRETCH, _SIZE, _SHIFT_PX = 0.2, 0.2, 0.1, 0.1, 2.0
_BEND_PX = 0.8  # standard deviation of the displacements
_GRID = 5  # points along each side of the grid that has them
_AT_A_TIME = 1000  # images; bounds the memory


class Deformed:
    """Deforms given images, uint8 (N, S, S) with labels (N,), in another way in every epoch."""

    label_shape: tuple[int, ...] = ()

    def __init__(self, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
        self._images, self._labels = np.ascontiguousarray(images), labels
        self.image_shape: tuple[int, ...] = images.shape[1:]
        side = images.shape[1]
        along = np.arange(side, dtype=np.float32) - np.float32((side - 1) / 2)
        self._columns, self._rows = np.meshgrid(along, along)
        # Each point of the grid spread over the image, by cubic interpolation.
        self._spread = cv2.resize(
            np.eye(_GRID, dtype=np.float32), (_GRID, side), interpolation=cv2.INTER_CUBIC
        )

    def __len__(self) -> int:
        """How many images an epoch has."""
        return len(self._labels)

    def draw(self, seed: int, epoch: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The images and labels of one epoch; decided by `seed` and `epoch` alone."""
        rng = np.random.default_rng([seed, epoch])
        deformed = np.empty_like(self._images)
        for start in range(0, len(deformed), _AT_A_TIME):
            part = np.s_[start : start + _AT_A_TIME]
            columns, rows = self._places(len(deformed[part]), rng)
            for image, target, column, row in zip(
                self._images[part], deformed[part], columns, rows, strict=True
            ):
                cv2.remap(image, column, row, cv2.INTER_LINEAR, dst=target, borderValue=0)
        return deformed, self._labels

    def _places(
        self, n_images: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """For every pixel of `n_images`, the column and the row that it shows, each float32 (n, S, S)."""

        def any_to(most: float) -> NDArray[np.float32]:
            return rng.uniform(-most, most, (n_images, 1, 1)).astype(np.float32)

        turn, slant, stretch, size = map(any_to, (_TURN, _SLANT, _STRETCH, _SIZE))
        narrow, low = np.exp(size + stretch), np.exp(size - stretch)
        cos, sin = np.cos(turn), np.sin(turn)
        bend = rng.normal(0, _BEND_PX, (2, n_images, _GRID, _GRID)).astype(np.float32)
        right, down = self._spread @ bend @ self._spread.T
        middle = np.float32((len(self._rows) - 1) / 2)
        columns = narrow * ((cos - slant * sin) * self._columns + (sin + slant * cos) * self._rows)
        rows = low * (cos * self._rows - sin * self._columns)
        return columns + right + any_to(_SHIFT_PX) + middle, rows + down + any_to(_SHIFT_PX) + middle
