"""Known distortions of images, to measure how robust a trained network is.

All functions take and return uint8 of shape (N, H, W), leave their input unchanged, and fill new area with
0 (paper).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.errors import InputError

Images = NDArray[np.uint8]


def shift_images(images: Images, dx: int, dy: int) -> Images:
    """Move by whole pixels: `dx` to the right, `dy` down. Pixels that leave the frame are lost."""
    _require_images(images)
    height, width = images.shape[1:]
    shifted = np.zeros_like(images)
    shifted[:, _destination(dy, height), _destination(dx, width)] = images[
        :, _destination(-dy, height), _destination(-dx, width)
    ]
    return shifted


def rotate_images(images: Images, degrees: float) -> Images:
    """Rotate counter-clockwise about the centre of the image, with bilinear interpolation."""
    _require_images(images)
    height, width = images.shape[1:]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    rotated = np.empty(images.shape, images.dtype)  # in C order, which OpenCV writes to
    for image, target in zip(images, rotated, strict=True):
        cv2.warpAffine(image, turn, (width, height), dst=target, flags=cv2.INTER_LINEAR, borderValue=0)
    return rotated


def add_noise(images: Images, standard_deviation: float, seed: int) -> Images:
    """Add independent Gaussian noise to every pixel, `standard_deviation` in grey levels; clip to 0-255."""
    _require_images(images)
    if standard_deviation < 0:
        raise InputError(f"expected a standard deviation of 0 or more, received {standard_deviation}")
    noise = np.random.default_rng(seed).standard_normal(images.shape, dtype=np.float32)
    noise *= np.float32(standard_deviation)
    noise += images
    return np.clip(np.rint(noise, out=noise), 0, 255, out=noise).astype(np.uint8)


def permute_pixels(images: Images, seed: int) -> Images:
    """Put the pixels of every image in the same random order, which depends on `seed` alone.

    A network without convolutions learns as much from images permuted with one seed as from the originals;
    only which pixels are neighbours is lost.
    """
    _require_images(images)
    n_images, height, width = images.shape
    order = np.random.default_rng(seed).permutation(height * width)
    return np.take(images.reshape(n_images, height * width), order, axis=1).reshape(images.shape)


def _destination(shift: int, length: int) -> slice:
    """The slice of an axis of `length` that holds the visible part after moving it by `shift`."""
    return slice(min(max(shift, 0), length), max(min(length + shift, length), 0))


def _require_images(images: Images) -> None:
    if images.dtype != np.uint8 or images.ndim != 3:
        raise InputError(
            f"expected uint8 images of shape (N, height, width), "
            f"received {images.dtype} of shape {images.shape}"
        )
