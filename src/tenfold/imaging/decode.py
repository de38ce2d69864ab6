"""From anything that holds a picture to grey levels: uint8 (H, W), 0 black .. 255 white.

Photographs are turned upright as their EXIF data says, transparent pictures are laid on white, pictures of
several pages give their first, 16-bit grey is scaled to 8 bits. What is no picture, is damaged, or unpacks to
more than MAX_PIXELS raises InputError before it is unpacked.
"""

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from tenfold.errors import InputError

MAX_PIXELS = 50_000_000  # a photograph of 48 megapixels passes

# The formats people keep handwriting in. Pillow's other readers stay shut: nobody needs them here, and some
# start other programs.
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")

Picture = str | Path | bytes | Image.Image | NDArray[Any]


def decode(picture: Picture) -> NDArray[np.uint8]:
    """The grey levels of a path, a file's bytes, a PIL image, or an array.

    An array is uint8, uint16 or bool of shape (H, W), (H, W, 1), (H, W, 3) RGB or (H, W, 4) RGBA.
    Raises InputError, which names the file, for anything that cannot be read as a picture.
    """
    match picture:
        case str() | Path():
            return _decode_file(Path(picture).expanduser())
        case bytes():
            return _decode_stream(io.BytesIO(picture), "these bytes")
        case Image.Image():
            return _grey_of_image(picture, "this image")
        case np.ndarray():
            return _grey_of_array(picture)
    raise InputError(f"expected a path, bytes, a PIL image or an array, received {type(picture).__name__}")


def _decode_file(path: Path) -> NDArray[np.uint8]:
    try:
        with path.open("rb") as stream:
            return _decode_stream(stream, str(path))
    except OSError as error:
        raise InputError(f"{path} cannot be opened: {error.strerror or error}") from error


def _decode_stream(stream: Any, name: str) -> NDArray[np.uint8]:
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures and odd metadata; size is judged here, metadata is not used.
            warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", module=r"PIL\.")
            with Image.open(stream, formats=_FORMATS) as image:
                _check_size(*image.size, name)
                return _grey_of_image(ImageOps.exif_transpose(image), name)
    except InputError:
        raise
    except UnidentifiedImageError as error:
        kinds = ", ".join(_FORMATS[:-1])
        raise InputError(f"{name}: expected a picture ({kinds} or {_FORMATS[-1]}), received none") from error
    except Image.DecompressionBombError as error:
        raise InputError(f"{name} has more than the {MAX_PIXELS:,} pixels a picture may have here") from error
    except Exception as error:  # Pillow lets through whatever a broken file makes it stumble on
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{name} is damaged and cannot be read as a picture: {reason}") from error


def _grey_of_image(image: Image.Image, name: str) -> NDArray[np.uint8]:
    _check_size(*image.size, name)
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return _grey_of_deep(np.asarray(image), name)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    elif image.mode not in ("1", "L", "P", "RGB"):
        # CMYK, YCbCr and their like reach grey over RGB only.
        image = image.convert("RGB")
    return np.array(image.convert("L"), dtype=np.uint8)


def _grey_of_array(array: NDArray[Any]) -> NDArray[np.uint8]:
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    is_grey, is_colour = array.ndim == 2, array.ndim == 3 and array.shape[2] in (3, 4)
    if array.dtype not in (np.uint8, np.uint16, np.bool_) or not (is_grey or is_colour):
        raise InputError(
            "expected an array of uint8, uint16 or bool with shape (H, W), (H, W, 3) or (H, W, 4), "
            f"received {array.dtype} with shape {array.shape}"
        )
    _check_size(array.shape[1], array.shape[0], "this array")
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * 255
    elif array.dtype == np.uint16:
        array = _to_8_bits(array)
    if is_grey:
        return np.array(array, dtype=np.uint8)
    return _grey_of_image(Image.fromarray(np.ascontiguousarray(array)), "this array")


def _grey_of_deep(array: NDArray[Any], name: str) -> NDArray[np.uint8]:
    """Grey of more than 8 bits: whole numbers are taken as 16-bit, fractions as 0..1."""
    if array.dtype.kind == "f":
        if not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
            raise InputError(f"{name}: expected grey levels from 0 to 1 in a picture of fractions")
        array = np.rint(array * 65535)
    return _to_8_bits(np.clip(array, 0, 65535))


def _to_8_bits(array: NDArray[Any]) -> NDArray[np.uint8]:
    """0..65535 to 0..255, rounded: 257 steps to one."""
    rounded: NDArray[np.uint8] = ((array.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return rounded


def _check_size(width: int, height: int, name: str) -> None:
    if width * height == 0:
        raise InputError(f"{name} is empty: {width} x {height} pixels")
    if width * height > MAX_PIXELS:
        raise InputError(
            f"{name} has {width} x {height} pixels, more than the {MAX_PIXELS:,} a picture may have here; "
            "make it smaller"
        )
