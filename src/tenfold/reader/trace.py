"""All intermediate results between a picture and its reading."""

from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.decode import Decoded
from tenfold.imaging.segment import Box
from tenfold.reader.cut import Cut, CutLine
from tenfold.reader.page import Page
from tenfold.reader.reading import Digit, Line, Reading, Sign
from tenfold.reader.table import Cell, Table
from tenfold.reader.tabulate import Rows, tabulate

Mark = TypeVar("Mark", Digit, Sign)

# Of the lines in doubt on drawn pages, by held-out writers, three quarters of those with a digit at least
# this certain were numbers, and fewer than half of the others.
_LIKELY = 0.3


@dataclass(frozen=True, slots=True)
class PageTrace:
    """One page of a picture: its lines, cut into digits and as they are read, and the boxes of what is left
    out.

    The boxes of `lines` are in pixels of the page's ink, all others in pixels of the picture.
    """

    page: Page
    lines: tuple[CutLine, ...]
    read: tuple[Line, ...]
    passed_over: tuple[Box, ...]

    @property
    def has_accepted_digits(self) -> bool:
        return any(digit.accepted for line in self.read for digit in line)

    def without_unlikely_lines(self) -> "PageTrace":
        """The page without lines that are probably no numbers: check marks, print and the like."""
        kept = [index for index, line in enumerate(self.read) if _is_likely(line)]
        unlikely = [line.box for index, line in enumerate(self.lines) if index not in kept]
        return replace(
            self,
            lines=tuple(self.lines[index] for index in kept),
            read=tuple(self.read[index] for index in kept),
            passed_over=(*self.passed_over, *map(self.page.in_picture, unlikely)),
        )

    @property
    def lines_on_page(self) -> tuple[Line, ...]:
        """The lines as they are read, with boxes in pixels of the page's ink."""
        return tuple(
            Line(tuple(map(_on_page, line.digits, cut.cuts)), tuple(map(_on_page, line.signs, cut.signs)))
            for line, cut in zip(self.read, self.lines, strict=True)
        )

    @property
    def rows(self) -> Rows:
        """What is read, as rows of cells: those between the page's rulings, once these are level."""
        level = self.page.straightened()
        lines = tuple(line.moved(partial(self.page.place_on, level)) for line in self.lines_on_page)
        marks = ((line.marks, read.marks) for line, read in zip(lines, self.read, strict=True))
        in_picture = {mark.box: read.box for pair in marks for mark, read in zip(*pair, strict=True)}

        def place(box: Box) -> Box:
            return in_picture.get(box) or level.in_picture(box)

        return tuple(tuple(cell.moved(place) for cell in row) for row in tabulate(lines, level.cells))


@dataclass(frozen=True, slots=True)
class Trace:
    """All intermediate results between a picture and its reading, page by page."""

    picture: Decoded
    pages: tuple[PageTrace, ...]

    @property
    def grey(self) -> NDArray[np.uint8]:
        """The grey levels of the picture, uint8 (H, W); of a large JPEG, no sharper than they were read."""
        levels, size = self.picture
        if levels.shape == size[::-1]:
            return levels
        return np.asarray(cv2.resize(levels, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)

    @property
    def reading(self) -> Reading:
        """The lines of all pages."""
        return Reading(
            tuple(line for page in self.pages for line in page.read),
            tuple(box for page in self.pages for box in page.passed_over),
        )

    @property
    def lines(self) -> tuple[CutLine, ...]:
        """Those of the reading, cut into digits, with boxes in pixels of their page's ink."""
        return tuple(line for page in self.pages for line in page.lines)

    @property
    def table(self) -> Table:
        """The reading as rows of cells, page by page."""
        rows = [row for page in self.pages for row in page.rows]
        n_columns = max(map(len, rows), default=0)
        return Table(tuple((*row, *[Cell()] * (n_columns - len(row))) for row in rows), self.reading)


def _is_likely(line: Line) -> bool:
    return any(digit.accepted or digit.confidence >= _LIKELY for digit in line)


def _on_page(mark: Mark, cut: Cut | Sign) -> Mark:
    """A digit or sign with its box on the page rather than in the picture."""
    return replace(mark, box=cut.box)
