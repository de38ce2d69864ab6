"""Arrays, tensors, nested lists and batches of them as pictures."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.errors import ImageError
from tenfold.imaging.depth import Depth
from tenfold.imaging.grey import Block, blocks
from tenfold.imaging.levels import levels_of_colors

_CHANNELS = (1, 3, 4)  # grey, RGB, RGBA
_REAL_KINDS = "buif"  # of dtypes: bool, unsigned and signed integers, floats


def is_array(picture: object) -> bool:
    """Whether `picture` is an array or can be converted to one: tensors, data frames, nested lists."""
    return isinstance(picture, list | tuple) or hasattr(picture, "__array__")


def to_array(picture: Any) -> NDArray[Any]:
    """`picture`, for which `is_array` holds, as an array. Raises ImageError if it is not of real numbers."""
    kind = type(picture).__name__
    try:
        with warnings.catch_warnings(action="ignore"):
            array = np.asarray(picture)
    except Exception as error:  # a tensor on another device or a ragged list may raise anything
        reason = " ".join(str(error).split())[:150]
        raise ImageError(f"expected a picture, received a {kind} that is not an array: {reason}") from error
    if array.dtype.kind not in _REAL_KINDS:
        raise ImageError(
            f"expected an array of real numbers, received {array.dtype} with shape {array.shape}; "
            "pass files one at a time, or as a list to read_digits"
        )
    return array


def picture_of(array: NDArray[Any]) -> NDArray[Any]:
    """The single picture in an array, as a view of shape (H, W) or (H, W, 3 or 4).

    (H, W, 1) and (1, H, W) are grey; (3, H, W) and (4, H, W) are channels first. If both the first and the
    last axis could be the channels, the last one is. Raises ImageError for any other shape.
    """
    picture = array
    if picture.ndim == 3 and picture.shape[2] not in _CHANNELS and picture.shape[0] in _CHANNELS:
        picture = np.moveaxis(picture, 0, 2)
    if picture.ndim == 3 and picture.shape[2] == 1:
        picture = picture[:, :, 0]
    if picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] in _CHANNELS):
        return picture
    hint = "; read_digits takes a batch of pictures with one digit each" if array.ndim in (3, 4) else ""
    raise ImageError(
        "expected an array of one picture with shape (H, W), (H, W, 1), (H, W, 3), (H, W, 4), or with the "
        f"channels first, received {array.dtype} with shape {array.shape}{hint}"
    )


def levels_of_array(picture: NDArray[Any]) -> NDArray[np.uint8]:
    """The grey levels uint8 (H, W) of a non-empty picture as `picture_of` returns it; always a copy.

    Raises ImageError for values that cannot be grey levels.
    """
    depth = Depth.of([picture], "this array")
    height, width = picture.shape[:2]

    def to_8_bits(block: Block) -> NDArray[np.uint8]:
        return depth.to_8_bits(picture[block.top : block.bottom, block.left : block.right])

    if picture.ndim == 3:
        transparent = picture.shape[2] == _CHANNELS[-1]
        return levels_of_colors(
            width,
            height,
            lambda block: Image.fromarray(np.ascontiguousarray(to_8_bits(block))),
            transparent=transparent,
        )
    levels = np.empty((height, width), dtype=np.uint8)
    for block in blocks(width, height):
        levels[block.top : block.bottom, block.left : block.right] = to_8_bits(block)
    return levels


def split_batch(batch: NDArray[Any]) -> list[NDArray[np.uint8]]:
    """The pictures of a batch as uint8: (N, H, W), (N, H, W, 1, 3 or 4) or (N, 1, 3 or 4, H, W).

    The value range is determined over the whole batch. Three axes always mean N grey pictures. If the last of
    three axes is 1, 3 or 4, too narrow for a digit, ImageError is raised, as it is for other shapes and for
    values that cannot be grey levels.
    """
    shape = batch.shape
    if batch.ndim not in (3, 4) or (batch.ndim == 3 and shape[2] in _CHANNELS):
        raise ImageError(
            "expected a batch of pictures with shape (N, H, W), (N, H, W, 1), (N, H, W, 3) or (N, H, W, 4), "
            f"received {batch.dtype} with shape {shape}; give a single picture in a list: [picture]"
        )
    if batch.size == 0:
        if shape[0]:
            raise ImageError(f"this batch is empty: its shape is {shape}")
        return []
    depth = Depth.of([batch], "this batch")
    return [depth.to_8_bits(picture) for picture in batch]
