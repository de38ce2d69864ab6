"""Pictures of digits for the page: ink on transparent ground, so that they fit light and dark."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.data import augment
from tenfold.runs.settings import PERMUTATION_SEED

Digit = NDArray[np.uint8]  # (28, 28), 0 paper .. 255 ink


def data_uri(image: Digit) -> str:
    """`image` as a PNG inside an address: black, as opaque as there is ink."""
    buffer = io.BytesIO()
    Image.fromarray(np.dstack([np.zeros_like(image), image])).save(buffer, format="PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def disturbed(image: Digit, name: str, levels: tuple[float, ...]) -> list[str]:
    """`image` as each level of the disturbance "shift", "rotation" or "noise" leaves it."""
    stack = image[np.newaxis]
    if name == "shift":
        variants = [augment.shift_images(stack, int(level), 0) for level in levels]
    elif name == "rotation":
        variants = [augment.rotate_images(stack, level) for level in levels]
    else:
        variants = [augment.add_noise(stack, level, seed=0) for level in levels]
    return [data_uri(variant[0]) for variant in variants]


def permuted(image: Digit) -> str:
    """`image` with its pixels in the random order that permuted runs are trained on."""
    return data_uri(augment.permute_pixels(image[np.newaxis], PERMUTATION_SEED)[0])
