"""Read a picture."""

import functools

from tenfold.api.in_python import in_python
from tenfold.imaging.decode import Picture
from tenfold.reader import Reader, Reading


@in_python
def read(picture: Picture, *, timeout_s: float | None = None) -> Reading:
    """All lines of digits in a picture, as `Reader.read`, by the bundled networks.

    >>> tenfold.read("example.jpg")
    <Reading: 31415926 | 27182818 (2 lines, confidence 0.74...)>
    """
    return _bundled_reader().read(picture, timeout_s=timeout_s)


@functools.cache
def _bundled_reader() -> Reader:
    return Reader()
