"""Grey levels, uint8 (H, W), of a Pillow image of any mode, with extra memory for only one block."""

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.imaging.depth import Depth
from tenfold.imaging.grey import Block, Colors, blocks, to_grey

_ALMOST_WHITE = 245


def levels_of(image: Image.Image, name: str) -> NDArray[np.uint8]:
    """The grey levels of an image, with transparency as paper. Raises ImageError, which names it `name`."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return _levels_of_deep(image, name)
    if image.mode in ("1", "L") and not image.has_transparency_data:
        return _levels_of_grey(image)
    return levels_of_colors(*image.size, image.crop, transparent=image.has_transparency_data)


def levels_of_colors(width: int, height: int, colors: Colors, *, transparent: bool) -> NDArray[np.uint8]:
    """The grey levels, uint8 (height, width), of a picture whose blocks are images of any mode."""
    if transparent:
        return _levels_on_paper(width, height, colors)
    return to_grey(width, height, lambda block: _as_rgb(colors(block)))


def _levels_of_grey(image: Image.Image) -> NDArray[np.uint8]:
    levels = np.empty((image.height, image.width), dtype=np.uint8)
    for block in blocks(*image.size):
        left, top, right, bottom = block
        levels[top:bottom, left:right] = np.asarray(image.crop(block).convert("L"))
    return levels


def _levels_of_deep(image: Image.Image, name: str) -> NDArray[np.uint8]:
    """The grey levels of 16-bit or 32-bit integers, or of floats."""
    parts = list(blocks(*image.size))
    depth = Depth.of((np.asarray(image.crop(block)) for block in parts), name)
    levels = np.empty((image.height, image.width), dtype=np.uint8)
    for block in parts:
        left, top, right, bottom = block
        levels[top:bottom, left:right] = depth.to_8_bits(np.asarray(image.crop(block)))
    return levels


def _levels_on_paper(width: int, height: int, colors: Colors) -> NDArray[np.uint8]:
    """A picture composited on white, or on black if it is drawn in a white that would vanish."""
    on_white = partial(_composited_on, "white", colors)
    levels = to_grey(width, height, on_white)
    if levels.min() < _ALMOST_WHITE:
        return levels
    del levels  # a large picture leaves no memory for both
    on_black = to_grey(width, height, partial(_composited_on, "black", colors))
    return on_black if on_black.any() else to_grey(width, height, on_white)


def _as_rgb(image: Image.Image) -> Image.Image:
    return image if image.mode == "RGB" else image.convert("RGB")


def _composited_on(paper: str, colors: Colors, block: Block) -> Image.Image:
    image = colors(block).convert("RGBA")
    composite = Image.new("RGB", image.size, paper)
    composite.paste(image, mask=image)
    return composite
