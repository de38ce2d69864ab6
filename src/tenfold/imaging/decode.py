"""From anything that holds a picture to grey levels: uint8 (H, W), 0 black .. 255 white.

Photographs are turned upright as their EXIF data says, transparent pictures are laid on white, pictures of
several pages give their first, 16-bit grey is scaled to 8 bits. What is no picture, is damaged, or unpacks to
more pixels than are allowed raises ImageError before it is unpacked.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from tenfold.errors import ImageError
from tenfold.imaging.grey import to_grey

MAX_PIXELS = 50_000_000  # a photograph of 48 megapixels passes

# The formats people keep handwriting in. Pillow's other readers stay shut: nobody needs them here, and some
# start other programs.
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")

_PILLOWS_LIMIT = 178_956_970  # twice PIL.Image.MAX_IMAGE_PIXELS
_ORIENTATION = 0x0112
_ALMOST_WHITE = 245

Picture = str | Path | bytes | Image.Image | NDArray[Any]


def decode(picture: Picture, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """The grey levels of a path, a file's bytes, a PIL image, or an array.

    An array is uint8, uint16 or bool of shape (H, W), (H, W, 1), (H, W, 3) RGB or (H, W, 4) RGBA.
    Raises ImageError, which names the file, for anything that cannot be read as a picture.
    """
    match picture:
        case np.ndarray():
            return _grey_of_array(picture, max_pixels)
        case str() | Path():
            return _decode_file(Path(picture), max_pixels)
        case bytes():
            return _decode_stream(io.BytesIO(picture), "these bytes", max_pixels)
        case Image.Image():
            with _naming_what_is_wrong("this image", max_pixels):
                return _grey_of_image(picture, "this image", max_pixels)
    raise ImageError(f"expected a path, bytes, a PIL image or an array, received {type(picture).__name__}")


def pixels_of(picture: bytes, max_pixels: int = MAX_PIXELS) -> int:
    """How many pixels a picture has, as the head of its file says; nothing is unpacked.

    Raises ImageError as `decode` does, for what can be seen in the head.
    """
    name = "these bytes"
    stream = io.BytesIO(picture)
    with _naming_what_is_wrong(name, max_pixels), Image.open(stream, formats=_FORMATS) as image:
        _check_size(*image.size, name, max_pixels)
        return image.width * image.height


def _decode_file(path: Path, max_pixels: int) -> NDArray[np.uint8]:
    try:
        with path.expanduser().open("rb") as stream:
            return _decode_stream(stream, str(path), max_pixels)
    except OSError as error:
        raise ImageError(f"{path} cannot be opened: {error.strerror or error}") from error
    except (ValueError, RuntimeError) as error:  # a NUL in the name; the home of a user nobody knows
        if isinstance(error, ImageError):
            raise
        raise ImageError(f"{str(path)!r} cannot be opened: {error}") from error


def _decode_stream(stream: Any, name: str, max_pixels: int) -> NDArray[np.uint8]:
    with _naming_what_is_wrong(name, max_pixels), Image.open(stream, formats=_FORMATS) as image:
        return _grey_of_image(image, name, max_pixels)


@contextmanager
def _naming_what_is_wrong(name: str, max_pixels: int) -> Iterator[None]:
    """Turn all that Pillow stumbles on in a picture into ImageError."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures and odd metadata; size is judged here, metadata is not used.
            warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", module=r"PIL\.")
            yield
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        kinds = ", ".join(_FORMATS[:-1])
        raise ImageError(f"{name}: expected a picture ({kinds} or {_FORMATS[-1]}), received none") from error
    except Image.DecompressionBombError as error:
        allowed = min(max_pixels, _PILLOWS_LIMIT)
        raise ImageError(f"{name} has more than the {allowed:,} pixels a picture may have here") from error
    except Exception as error:  # Pillow lets through whatever a broken file makes it stumble on
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ImageError(f"{name} is damaged and cannot be read as a picture: {reason}") from error


def _grey_of_image(image: Image.Image, name: str, max_pixels: int) -> NDArray[np.uint8]:
    _check_size(*image.size, name, max_pixels)
    levels = _levels(image, name)
    # Asked for only now: Pillow turns a TIFF by itself while loading, and then says so.
    return _upright(levels, image.getexif().get(_ORIENTATION))


def _levels(image: Image.Image, name: str) -> NDArray[np.uint8]:
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return _grey_of_deep(np.asarray(image), name)
    if image.has_transparency_data:
        return _levels_on_paper(image.convert("RGBA"))
    if image.mode in ("1", "L"):
        return np.array(image.convert("L"), dtype=np.uint8)
    return to_grey(image if image.mode == "RGB" else image.convert("RGB"))


def _levels_on_paper(image: Image.Image) -> NDArray[np.uint8]:
    """An RGBA image laid on white; or on black, where all that was drawn is so white that it would vanish."""
    levels = to_grey(_lay_on("white", image))
    if levels.min() >= _ALMOST_WHITE:
        on_black = to_grey(_lay_on("black", image))
        if on_black.any():
            return on_black
    return levels


def _lay_on(paper: str, image: Image.Image) -> Image.Image:
    laid = Image.new("RGB", image.size, paper)
    laid.paste(image, mask=image)
    return laid


def _upright(levels: NDArray[np.uint8], orientation: Any) -> NDArray[np.uint8]:
    """Turn and mirror as the EXIF orientation, 2 to 8, says; 1 and all else say that it is upright."""
    if orientation in (5, 6, 7, 8):
        levels = levels.T
    if orientation in (2, 3, 6, 7):
        levels = levels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        levels = levels[::-1]
    return np.ascontiguousarray(levels)


def _grey_of_array(array: NDArray[Any], max_pixels: int) -> NDArray[np.uint8]:
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    is_grey, is_colour = array.ndim == 2, array.ndim == 3 and array.shape[2] in (3, 4)
    if array.dtype not in (np.uint8, np.uint16, np.bool_) or not (is_grey or is_colour):
        raise ImageError(
            "expected an array of uint8, uint16 or bool with shape (H, W), (H, W, 3) or (H, W, 4), "
            f"received {array.dtype} with shape {array.shape}"
        )
    _check_size(array.shape[1], array.shape[0], "this array", max_pixels)
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * 255
    elif array.dtype == np.uint16:
        array = _to_8_bits(array)
    if is_grey:
        return np.array(array, dtype=np.uint8)
    return _levels(Image.fromarray(np.ascontiguousarray(array)), "this array")


def _grey_of_deep(array: NDArray[Any], name: str) -> NDArray[np.uint8]:
    """Grey of more than 8 bits: whole numbers are taken as 16-bit, fractions as 0..1."""
    if array.dtype.kind == "f":
        if not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
            raise ImageError(f"{name}: expected grey levels from 0 to 1 in a picture of fractions")
        array = np.rint(array * 65535)
    return _to_8_bits(np.clip(array, 0, 65535))


def _to_8_bits(array: NDArray[Any]) -> NDArray[np.uint8]:
    """0..65535 to 0..255, rounded: 257 steps to one."""
    rounded: NDArray[np.uint8] = ((array.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return rounded


def _check_size(width: int, height: int, name: str, max_pixels: int) -> None:
    if width * height == 0:
        raise ImageError(f"{name} is empty: {width} x {height} pixels")
    if width * height > max_pixels:
        raise ImageError(
            f"{name} has {width} x {height} pixels, more than the {max_pixels:,} a picture may have here; "
            "make it smaller or allow more"
        )
