"""Images changed in known ways, to ask a trained network what it can bear.

All take and return uint8 of shape (N, H, W), leave their input as it is, and fill what comes into view
with 0, which is paper.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.errors import InputError

Images = NDArray[np.uint8]


def shift_images(images: Images, dx: int, dy: int) -> Images:
    """Move by whole pixels: `dx` to the right, `dy` down. What leaves the frame is lost."""
    _require_images(images)
    height, width = images.shape[1:]
    shifted = np.zeros_like(images)
    shifted[:, _destination(dy, height), _destination(dx, width)] = images[
        :, _destination(-dy, height), _destination(-dx, width)
    ]
    return shifted


def rotate_images(images: Images, degrees: float) -> Images:
    """Turn counter-clockwise about the middle of the image, with bilinear interpolation."""
    _require_images(images)
    height, width = images.shape[1:]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    rotated = np.empty(images.shape, images.dtype)  # in C order, which OpenCV writes to
    for image, target in zip(images, rotated, strict=True):
        cv2.warpAffine(image, turn, (width, height), dst=target, flags=cv2.INTER_LINEAR, borderValue=0)
    return rotated


def add_noise(images: Images, standard_deviation: float, seed: int) -> Images:
    """Add Gaussian noise, `standard_deviation` in grey levels, to every pixel by itself; clipped to 0-255."""
    _require_images(images)
    if standard_deviation < 0:
        raise InputError(f"expected a standard deviation of 0 or more, received {standard_deviation}")
    noise = np.random.default_rng(seed).standard_normal(images.shape, dtype=np.float32)
    noise *= np.float32(standard_deviation)
    noise += images
    return np.clip(np.rint(noise, out=noise), 0, 255, out=noise).astype(np.uint8)


def permute_pixels(images: Images, seed: int) -> Images:
    """Put the pixels of every image in one and the same random order, which `seed` alone decides.

    Training and test images permuted with the same seed hold as much as before for a network without
    convolutions; what is near what is lost.
    """
    _require_images(images)
    n_images, height, width = images.shape
    order = np.random.default_rng(seed).permutation(height * width)
    return np.take(images.reshape(n_images, height * width), order, axis=1).reshape(images.shape)


def _destination(shift: int, length: int) -> slice:
    """Where along an axis of `length` the part that stays in view lands when moved by `shift`."""
    return slice(min(max(shift, 0), length), max(min(length + shift, length), 0))


def _require_images(images: Images) -> None:
    if images.dtype != np.uint8 or images.ndim != 3:
        raise InputError(
            f"expected uint8 images of shape (N, height, width), "
            f"received {images.dtype} of shape {images.shape}"
        )
