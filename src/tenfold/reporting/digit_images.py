"""A digit under disturbances."""

import numpy as np

from tenfold.data import augment
from tenfold.drawing.digits import Digit, data_uri
from tenfold.runs.settings import PERMUTATION_SEED


def disturbed(image: Digit, name: str, levels: tuple[float, ...]) -> list[str]:
    """`image` at each level of the disturbance "shift", "rotation" or "noise"."""
    stack = image[np.newaxis]
    if name == "shift":
        variants = [augment.shift_images(stack, int(level), 0) for level in levels]
    elif name == "rotation":
        variants = [augment.rotate_images(stack, level) for level in levels]
    else:
        variants = [augment.add_noise(stack, level, seed=0) for level in levels]
    return [data_uri(variant[0]) for variant in variants]


def permuted(image: Digit) -> str:
    """`image` with its pixels in the random order of permuted runs."""
    return data_uri(augment.permute_pixels(image[np.newaxis], PERMUTATION_SEED)[0])
