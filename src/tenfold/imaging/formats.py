"""Which files are taken for pictures, and what some of them need besides Pillow.

Pillow's other readers stay shut: nobody needs them here, and some start other programs.
"""

from tenfold.errors import ImageError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "AVIF")
HEIF_SUFFIXES = frozenset((".heic", ".heif"))
SUFFIXES = HEIF_SUFFIXES | {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".avif"}
HEAD_BYTES = 1024  # enough to tell them apart

_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx")


def formats_of(head: bytes, name: str) -> tuple[str, ...]:
    """The formats that a file beginning with `head` may have.

    Raises ImageError where it is HEIC, and Pillow's plug-in for that is not installed.
    """
    if head[4:8] != b"ftyp" or head[8:12] not in _HEIF_BRANDS:
        return FORMATS
    try:
        import pillow_heif
    except ImportError:
        raise ImageError(
            f"{name} is a HEIC picture, for which a package is missing: pip install 'tenfold[heic]', or save "
            "it as JPEG"
        ) from None
    pillow_heif.register_heif_opener(thumbnails=False)
    return ("HEIF",)
