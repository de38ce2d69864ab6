"""Robustness to shift, rotation and noise."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import augment
from tenfold.evaluation import accuracy

SHIFTS_PX = (0, 1, 2, 3, 4, 5, 6)
ROTATIONS_DEGREES = (0, 10, 20, 30, 40, 50, 60)
NOISE_LEVELS = (0, 20, 40, 60, 80, 100, 120)  # standard deviation in grey levels
LARGEST_SAMPLE = 1_000

Images = NDArray[np.uint8]
Classify = Callable[[Images], NDArray[np.int64]]


def measure_robustness(classify: Classify, images: Images, labels: NDArray[np.int64]) -> dict[str, Any]:
    """Accuracy under disturbances of growing strength, as JSON-serializable lists.

    `classify` maps images, uint8 (N, 28, 28), to labels (N,). At most 1,000 evenly spaced `images` are used.
    Shifts are averaged over left, right, up and down, rotations over both directions.
    """
    step = -(-len(images) // LARGEST_SAMPLE)
    images, labels = images[::step], labels[::step]

    def mean_accuracy(*disturbed: Images) -> float:
        return float(np.mean([accuracy(labels, classify(variant)) for variant in disturbed]))

    undisturbed = mean_accuracy(images)
    shifted = [
        mean_accuracy(
            *(augment.shift_images(images, dx * s, dy * s) for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)))
        )
        for s in SHIFTS_PX[1:]
    ]
    rotated = [
        mean_accuracy(augment.rotate_images(images, degrees), augment.rotate_images(images, -degrees))
        for degrees in ROTATIONS_DEGREES[1:]
    ]
    noisy = [mean_accuracy(augment.add_noise(images, level, seed=0)) for level in NOISE_LEVELS[1:]]
    return {
        "images": len(images),
        "shift": {"pixels": list(SHIFTS_PX), "accuracy": [undisturbed, *shifted]},
        "rotation": {"degrees": list(ROTATIONS_DEGREES), "accuracy": [undisturbed, *rotated]},
        "noise": {"grey_levels": list(NOISE_LEVELS), "accuracy": [undisturbed, *noisy]},
    }
