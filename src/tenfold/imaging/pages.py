"""How many pages a file has: a TIFF or a PDF may have several, any other picture is one."""

import io
from pathlib import Path
from typing import IO

from PIL import Image

from tenfold.errors import ImageError
from tenfold.imaging.bounds import MAX_PIXELS
from tenfold.imaging.damage import naming_what_is_wrong
from tenfold.imaging.formats import HEAD_BYTES
from tenfold.imaging.pdf import MAX_BYTES, count_pdf_pages, is_pdf

MAX_PAGES = 100
_TIFF_MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def count_pages(picture: Path | bytes) -> int:
    """How many pages the picture has. Raises ImageError where a TIFF or PDF is damaged or has too many."""
    name = _name(picture)
    n_pages = _count(picture, name, MAX_PAGES + 1)
    if n_pages > MAX_PAGES:
        raise ImageError(f"{name} has more than the {MAX_PAGES} pages a file may have here; split it")
    return n_pages


def has_more_pages(picture: Path | bytes) -> bool:
    """Whether there are pages after the first, readable or not."""
    try:
        return _count(picture, _name(picture), 2) > 1
    except ImageError:
        return True


def _name(picture: Path | bytes) -> str:
    return str(picture) if isinstance(picture, Path) else "these bytes"


def _count(picture: Path | bytes, name: str, at_most: int) -> int:
    """How many pages, or `at_most`."""
    try:
        with picture.open("rb") if isinstance(picture, Path) else io.BytesIO(picture) as stream:
            return _count_in_stream(stream, name, at_most)
    except OSError as error:
        raise ImageError(f"{name} cannot be opened: {error.strerror or error}") from error


def _count_in_stream(stream: IO[bytes], name: str, at_most: int) -> int:
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if is_pdf(head):
        return min(count_pdf_pages(stream.read(MAX_BYTES + 1), name), at_most)
    if not head.startswith(_TIFF_MARKS):
        return 1
    with naming_what_is_wrong(name, MAX_PIXELS), Image.open(stream, formats=["TIFF"]) as image:
        return _count_in(image, at_most)


def _count_in(image: Image.Image, at_most: int) -> int:
    # Page by page: Pillow would count them all, of however many a file may claim.
    for page in range(1, at_most):
        try:
            image.seek(page)
        except EOFError:
            return page
    return at_most
