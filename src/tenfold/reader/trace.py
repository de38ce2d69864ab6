"""All intermediate results between a picture and its reading."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tenfold.reader.cut import Cut, CutLine
from tenfold.reader.page import Page
from tenfold.reader.reading import Digit, Line, Reading, Sign
from tenfold.reader.table import Table
from tenfold.reader.tabulate import tabulate

Mark = TypeVar("Mark", Digit, Sign)


@dataclass(frozen=True, slots=True)
class Trace:
    """All intermediate results between a picture and its reading.

    `grey`, uint8 (H, W), is the picture, `page` the part of it that is read. `lines` are those of `reading`,
    cut into digits; their boxes are in pixels of the page's ink.
    """

    grey: NDArray[np.uint8]
    page: Page
    lines: tuple[CutLine, ...]
    reading: Reading

    @property
    def table(self) -> Table:
        """The reading as rows of cells.

        Rows and columns are those of the page, which may be tilted in the picture.
        """
        on_page = tuple(
            Line(tuple(map(_on_page, line.digits, cut.cuts)), tuple(map(_on_page, line.signs, cut.signs)))
            for line, cut in zip(self.reading.lines, self.lines, strict=True)
        )
        rows = tabulate(on_page, self.page.cells)
        in_picture = self.page.in_picture
        return Table(tuple(tuple(cell.moved(in_picture) for cell in row) for row in rows), self.reading)


def _on_page(mark: Mark, cut: Cut | Sign) -> Mark:
    """A digit or sign with its box on the page rather than in the picture."""
    return replace(mark, box=cut.box)
