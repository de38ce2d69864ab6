"""Which file formats are accepted as pictures, and what some need besides Pillow.

Pillow's other decoders stay disabled: nobody needs them here, and some start other programs.
"""

from tenfold.errors import ImageError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "AVIF")
HEIF_SUFFIXES = frozenset((".heic", ".heif"))
SUFFIXES = HEIF_SUFFIXES | {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".avif"}
HEAD_BYTES = 1024  # enough to identify any of them

_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx")


def formats_of(head: bytes, name: str) -> tuple[str, ...]:
    """The Pillow formats that a file beginning with the bytes `head` may have.

    Raises ImageError for HEIC if Pillow's plug-in for it is not installed.
    """
    if head[4:8] != b"ftyp" or head[8:12] not in _HEIF_BRANDS:
        return FORMATS
    try:
        import pillow_heif
    except ImportError:
        raise ImageError(
            f"{name} is a HEIC picture, which needs another package: pip install 'tenfold[heic]', or save "
            "it as JPEG"
        ) from None
    pillow_heif.register_heif_opener(thumbnails=False)
    return ("HEIF",)
