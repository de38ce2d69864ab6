"""Read a picture."""

import functools
from pathlib import Path

from tenfold.api.in_python import in_python
from tenfold.files import expand_home
from tenfold.imaging.decode import Picture, decode
from tenfold.imaging.pages import count_pages
from tenfold.reader import Reader, Reading


@in_python
def read(picture: Picture, *, timeout_s: float | None = None) -> Reading:
    """Read all lines of digits in a picture, like `Reader.read`, with the bundled networks.

    >>> tenfold.read("example.jpg")
    <Reading: 31415926 | 27182818 (2 lines, confidence 0.61...)>
    """
    return _bundled_reader().read(picture, timeout_s=timeout_s)


@in_python
def read_pages(file: str | Path | bytes, *, timeout_s: float | None = None) -> list[Reading]:
    """All lines of digits on each page of a TIFF or PDF; any other picture is one page.

    A file may have 100 pages, each of which may take `timeout_s` seconds to read. A PDF needs the extra
    `tenfold[pdf]`. Raises ImageError for the first page that cannot be read.

    >>> len(tenfold.read_pages("example.jpg"))
    1
    """
    content = file if isinstance(file, bytes) else expand_home(file)
    pages = range(1, count_pages(content) + 1)
    return [_bundled_reader().read(decode(content, page=page), timeout_s=timeout_s) for page in pages]


@functools.cache
def _bundled_reader() -> Reader:
    return Reader()
