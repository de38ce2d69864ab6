"""The number of pages of a file: a TIFF or PDF may have several, any other picture has one."""

import io
from pathlib import Path
from typing import IO

from PIL import Image

from tenfold.errors import ImageError
from tenfold.imaging.bounds import MAX_PIXELS
from tenfold.imaging.damage import raising_image_error
from tenfold.imaging.formats import HEAD_BYTES
from tenfold.imaging.pdf import MAX_BYTES, count_pdf_pages, is_pdf

MAX_PAGES = 100
_TIFF_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def count_pages(picture: Path | bytes) -> int:
    """The number of pages of a file, given by its path or content, from 1 to 100.

    Raises ImageError if a TIFF or PDF is damaged or has more.
    """
    name = _name(picture)
    n_pages = _count(picture, name, MAX_PAGES + 1)
    if n_pages > MAX_PAGES:
        raise ImageError(f"{name} has more than the {MAX_PAGES} pages allowed here; split it")
    return n_pages


def has_more_pages(picture: Path | bytes) -> bool:
    """Whether there are pages after the first, readable or not."""
    try:
        return _count(picture, _name(picture), 2) > 1
    except ImageError:
        return True


def _name(picture: Path | bytes) -> str:
    return str(picture) if isinstance(picture, Path) else "these bytes"


def _count(picture: Path | bytes, name: str, limit: int) -> int:
    """The number of pages, or `limit` if there are more."""
    try:
        with picture.open("rb") if isinstance(picture, Path) else io.BytesIO(picture) as stream:
            return _count_in_stream(stream, name, limit)
    except OSError as error:
        raise ImageError(f"{name} cannot be opened: {error.strerror or error}") from error


def _count_in_stream(stream: IO[bytes], name: str, limit: int) -> int:
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if is_pdf(head):
        return min(count_pdf_pages(stream.read(MAX_BYTES + 1), name), limit)
    if not head.startswith(_TIFF_SIGNATURES):
        return 1
    with raising_image_error(name, MAX_PIXELS), Image.open(stream, formats=["TIFF"]) as image:
        return _count_in(image, limit)


def _count_in(image: Image.Image, limit: int) -> int:
    # Page by page: Pillow would count all of them, however many a file claims to have.
    for page in range(1, limit):
        try:
            image.seek(page)
        except EOFError:
            return page
    return limit
