"""The memory that decoding a picture takes: limited beforehand, released afterwards."""

import ctypes
from functools import cache
from typing import Any

from PIL import Image

from tenfold.errors import ImageError

# Enough for 50 million pixels of four bytes each while decoding, plus one for the grey levels. The process
# itself takes another 125 MB.
MAX_DECODING_BYTES = 265_000_000
BYTES_PER_PIXEL = 8  # while a picture of a common format is decoded and its ink found
_MAX_BYTES_PER_PIXEL = 5.3  # if `max_pixels` allows larger pictures

# Bytes per pixel that Pillow's decoders keep of a whole picture, by mode.
_BYTES_OF_MODE = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16L": 2, "I;16B": 2, "I;16N": 2}
_BYTES_OF_COLOURS = 4
_BYTES_PER_ROW = 8  # a pointer; matters for a picture one pixel wide
_WEBP_BYTES_PER_PIXEL = 16  # this frame and the previous one, its bytes, and the image; AVIF needs no more
# Planes, colours, their bytes, and the image; the second for more than 8 bits per channel.
_HEIF_BYTES_PER_PIXEL, _DEEP_HEIF_BYTES_PER_PIXEL = 9.5, 19
_BYTES_PER_COEFFICIENT = 2  # libjpeg keeps the coefficients of all scans until it has the last
_TIFF_BITS, _TIFF_SAMPLES, _TIFF_ROWS, _TIFF_WIDTH, _TIFF_LENGTH = 258, 277, 278, 322, 323

_RELEASED_FROM_PX = 2_000_000


def check_memory(image: Image.Image, name: str, max_pixels: int) -> None:
    """Raise ImageError if decoding the opened `image` would take more memory than allowed.

    Nothing is decompressed. The limit is `MAX_DECODING_BYTES`, or more if `max_pixels` exceeds 50 million.
    """
    allowed = max(MAX_DECODING_BYTES, _MAX_BYTES_PER_PIXEL * max_pixels)
    needed = bytes_to_decode(image)
    if needed > allowed:
        width, height = image.size
        megapixels = int(width * height * allowed / needed / 1e6)
        raise ImageError(
            f"{name} has {width} x {height} pixels and would take {needed / 1e6:,.0f} MB to "
            f"decode; a {image.format} like it may have {megapixels} million pixels: make it smaller"
            f"{'' if image.format == 'PNG' else ', or save it as PNG'}"
        )


def bytes_to_decode(image: Image.Image) -> int:
    """An upper bound on the bytes that decoding the opened `image` takes, including its grey levels."""
    pixels = image.width * image.height
    kept = pixels * _BYTES_OF_MODE.get(image.mode, _BYTES_OF_COLOURS) + image.height * _BYTES_PER_ROW
    match image.format:
        case "HEIF":
            each = (
                _HEIF_BYTES_PER_PIXEL if image.info.get("bit_depth", 8) <= 8 else _DEEP_HEIF_BYTES_PER_PIXEL
            )
            return int(pixels * (each + 1))
        case "WEBP" | "AVIF":
            return pixels * (_WEBP_BYTES_PER_PIXEL + 1) + image.height * _BYTES_PER_ROW
        case "JPEG" | "MPO":
            return kept + max(pixels, _coefficients(image))
        case "TIFF":
            return kept + pixels + _part_of_tiff(image)
    return kept + pixels


def release_memory(pixels: int) -> None:
    """Return the memory used for a picture of this many `pixels` to the system, if it is large.

    glibc keeps freed blocks below 32 MB, such as Pillow's, for reuse. Other C libraries neither have nor need
    the call.
    """
    trim = _find_trim()
    if pixels >= _RELEASED_FROM_PX and trim is not None:
        trim(0)


def _coefficients(image: Image.Image) -> int:
    """The bytes of a JPEG's coefficients if it has several scans; with one, libjpeg does not keep them."""
    components = [(across, down) for _, across, down, _ in getattr(image, "layer", ())]
    if not components or not (
        image.info.get("progressive") or _is_one_of_several_scans(image, len(components))
    ):
        return 0
    widest, highest = (max(sampling) for sampling in zip(*components, strict=True))
    share = sum(across * down for across, down in components) / (widest * highest)
    return int(image.width * image.height * share * _BYTES_PER_COEFFICIENT)


def _is_one_of_several_scans(image: Image.Image, n_components: int) -> bool:
    """Whether the first scan of an opened JPEG, whose header precedes the file position, lacks components."""
    file = getattr(image, "fp", None)
    if file is None:
        return False
    here = file.tell()
    file.seek(max(here - _scan_header_bytes(n_components), 0))
    read = file.read(here - file.tell())
    file.seek(here)
    return any(
        read[-_scan_header_bytes(n) :].startswith(bytes((0, _scan_header_bytes(n), n)))
        for n in range(1, n_components)
    )


def _scan_header_bytes(n_components: int) -> int:
    """Two bytes of length, the number of components, two bytes for each, and three more."""
    return 6 + 2 * n_components


def _part_of_tiff(image: Image.Image) -> int:
    """The bytes of a compressed TIFF's tile or strip: libtiff decompresses all of it and Pillow copies it."""
    if not getattr(image, "use_load_libtiff", True):
        return 0
    tags = getattr(image, "tag_v2", {})
    bits, samples = tags.get(_TIFF_BITS, (1,)), tags.get(_TIFF_SAMPLES, 1)
    if _TIFF_WIDTH in tags:
        pixels = tags[_TIFF_WIDTH] * tags.get(_TIFF_LENGTH, 0)
    else:
        pixels = image.width * min(tags.get(_TIFF_ROWS, image.height), image.height)
    return int(pixels * max(max(bits) * samples / 8, 4 if samples > 1 else 1))


@cache
def _find_trim() -> Any:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # TypeError on Windows, which has no such library
        return None
