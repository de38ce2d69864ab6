"""What decoding a picture takes of memory: bounded before it begins, given back when it is done."""

import ctypes
from functools import cache
from typing import Any

from PIL import Image

from tenfold.errors import ImageError

# Enough for 50 million pixels decoded at four bytes each, and a fifth for the grey levels. The process
# itself, with both networks open, takes another 125 MB.
MAX_DECODING_BYTES = 265_000_000
BYTES_PER_PIXEL = 8  # while a picture of most formats is decoded and its ink is found
_MOST_PER_PIXEL = 5.3  # where larger pictures were allowed

# What the decoders of Pillow keep of a whole picture, in bytes a pixel.
_BYTES_OF_MODE = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16L": 2, "I;16B": 2, "I;16N": 2}
_BYTES_OF_COLOURS = 4
_BYTES_OF_ROW = 8  # the pointer to each: what counts in a picture that is one pixel wide
_OF_WEBP = 16  # the frame, the one before, its bytes, and the image made of them; AVIF needs no more
_OF_HEIF, _OF_DEEP_HEIF = (
    9.5,
    19,
)  # of 8 bits a level, and of more: planes, colours, their bytes, and the image
_BYTES_OF_COEFFICIENT = 2  # libjpeg keeps those of all scans until it has the last
_TIFF_BITS, _TIFF_SAMPLES, _TIFF_ROWS, _TIFF_WIDTH, _TIFF_LENGTH = 258, 277, 278, 322, 323

_GIVEN_BACK_FROM_PX = 2_000_000


def check_memory(image: Image.Image, name: str, max_pixels: int) -> None:
    """Raise ImageError where decoding an opened `image` would take more memory than a picture may.

    Nothing is unpacked. It may take `MAX_DECODING_BYTES`, more only where `max_pixels` is above 50 million.
    """
    allowed = max(MAX_DECODING_BYTES, _MOST_PER_PIXEL * max_pixels)
    needed = bytes_to_decode(image)
    if needed > allowed:
        width, height = image.size
        megapixels = int(width * height * allowed / needed / 1e6)
        raise ImageError(
            f"{name} has {width} x {height} pixels and takes {needed / 1e6:,.0f} MB to decode; "
            f"a {image.format} like it may have {megapixels} million pixels: make it smaller"
            f"{'' if image.format == 'PNG' else ', or a PNG'}"
        )


def bytes_to_decode(image: Image.Image) -> int:
    """What decoding an opened `image` takes at most, its grey levels included."""
    pixels = image.width * image.height
    kept = pixels * _BYTES_OF_MODE.get(image.mode, _BYTES_OF_COLOURS) + image.height * _BYTES_OF_ROW
    match image.format:
        case "HEIF":
            each = _OF_HEIF if image.info.get("bit_depth", 8) <= 8 else _OF_DEEP_HEIF
            return int(pixels * (each + 1))
        case "WEBP" | "AVIF":
            return pixels * (_OF_WEBP + 1) + image.height * _BYTES_OF_ROW
        case "JPEG" | "MPO":
            return kept + max(pixels, _coefficients(image))
        case "TIFF":
            return kept + pixels + _part_of_tiff(image)
    return kept + pixels


def give_back(pixels: int) -> None:
    """Give the memory that a large picture took back to the system, now that it is done with.

    glibc keeps what was freed in pieces of less than 32 MB, as Pillow's are, for later; other C libraries do
    not have the call, nor need it.
    """
    trim = _find_trim()
    if pixels >= _GIVEN_BACK_FROM_PX and trim is not None:
        trim(0)


def _coefficients(image: Image.Image) -> int:
    """The bytes of a JPEG's coefficients, where it has several scans; those of one are never kept."""
    components = [(across, down) for _, across, down, _ in getattr(image, "layer", ())]
    if not components or not (
        image.info.get("progressive") or _is_one_of_several_scans(image, len(components))
    ):
        return 0
    widest, highest = (max(sampling) for sampling in zip(*components, strict=True))
    share = sum(across * down for across, down in components) / (widest * highest)
    return int(image.width * image.height * share * _BYTES_OF_COEFFICIENT)


def _is_one_of_several_scans(image: Image.Image, n_components: int) -> bool:
    """Whether the head of an opened JPEG's first scan, behind which its file stands, lacks components."""
    file = getattr(image, "fp", None)
    if file is None:
        return False
    here = file.tell()
    file.seek(max(here - _scan_head_bytes(n_components), 0))
    read = file.read(here - file.tell())
    file.seek(here)
    return any(
        read[-_scan_head_bytes(n) :].startswith(bytes((0, _scan_head_bytes(n), n)))
        for n in range(1, n_components)
    )


def _scan_head_bytes(n_components: int) -> int:
    """Two bytes of length, the number of components, two for each, and three more."""
    return 6 + 2 * n_components


def _part_of_tiff(image: Image.Image) -> int:
    """The bytes of a compressed TIFF's tile or strip, which libtiff unpacks as a whole and Pillow copies."""
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
