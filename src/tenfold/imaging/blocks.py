"""A picture in blocks: what is done to each needs memory for a block, not for another picture."""

from collections.abc import Iterator
from typing import NamedTuple

_PIXELS = 2**18


class Block(NamedTuple):
    """A part of a picture, in pixels; `right` and `bottom` are beyond it."""

    left: int
    top: int
    right: int
    bottom: int


def blocks(width: int, height: int, multiple: int = 1) -> Iterator[Block]:
    """Blocks of about 260,000 pixels that cover a picture of this size.

    All but the last ones in a row and a column have sides that are a `multiple`.
    """
    rows = min(height, max(_PIXELS // width // multiple, 1) * multiple)
    columns = min(width, max(_PIXELS // rows // multiple, 1) * multiple)
    for top in range(0, height, rows):
        for left in range(0, width, columns):
            yield Block(left, top, min(left + columns, width), min(top + rows, height))
