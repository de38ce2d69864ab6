"""The result of reading a picture of a table: rows of cells."""

import csv
import io
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.segment import Box
from tenfold.reader.reading import DECIMALS, Digit, Line, box_to_dict, line_of

if TYPE_CHECKING:
    from tenfold.drawing import Drawing
    from tenfold.reader.reading import Reading

_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the lines of digits and signs in it, and its box in pixels of the picture.

    `box` is None if the table has no rulings and this place is empty.
    """

    lines: tuple[Line, ...] = ()
    box: Box | None = None

    @property
    def text(self) -> str:
        """The text with signs, `?` for each digit that is not accepted; "" for an empty cell."""
        return " ".join(line.written for line in self.lines)

    def moved(self, place: Callable[[Box], Box]) -> "Cell":
        """The cell with each box mapped by `place`."""
        return Cell(tuple(line.moved(place) for line in self.lines), self.box and place(self.box))

    @property
    def guess(self) -> str:
        """As `text`, but with the most likely value of each digit that is not accepted."""
        return " ".join(
            line_of(
                [replace(mark, accepted=True) if isinstance(mark, Digit) else mark for mark in line.marks]
            ).written
            for line in self.lines
        )

    @property
    def digits(self) -> tuple[Digit, ...]:
        """The digits, line by line."""
        return tuple(digit for line in self.lines for digit in line.digits)

    @property
    def confidence(self) -> float:
        """The probability that all digits are right, as `Reading.confidence`; 1 for an empty cell."""
        return math.prod(digit.confidence for digit in self.digits)

    @property
    def accepted(self) -> bool:
        """Whether every digit is accepted; true for an empty cell."""
        return all(digit.accepted for digit in self.digits)


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """Rows of cells, all of the same length: iterates over the rows."""

    rows: tuple[tuple[Cell, ...], ...]
    reading: "Reading" = field(repr=False)

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows and of columns."""
        return len(self.rows), len(self.rows[0]) if self.rows else 0

    @property
    def doubtful(self) -> list[tuple[int, int]]:
        """Row and column, counted from 0, of the cells that are not accepted, least confident first."""
        found = [
            (cell.confidence, row, column)
            for row, cells in enumerate(self.rows)
            for column, cell in enumerate(cells)
            if not cell.accepted
        ]
        return [(row, column) for _, row, column in sorted(found)]

    def to_csv(self) -> str:
        """The texts as CSV (RFC 4180), one line per row; `?` stands for digits that are not accepted."""
        file = io.StringIO()
        csv.writer(file, lineterminator="\n").writerows([[cell.text for cell in row] for row in self.rows])
        return file.getvalue()

    def to_numpy(self) -> NDArray[np.float64]:
        """The numbers as float64 (rows, columns); NaN if a cell is empty, in doubt, or not a single number.

        A comma is a decimal point: 12,50 is 12.5.
        """
        return np.array([[_number(cell.text) for cell in row] for row in self.rows]).reshape(self.shape)

    def show(self) -> "Drawing":
        """The picture, if still available, with a box around each digit, and the text of each line."""
        return self.reading.show()

    def __repr__(self) -> str:
        rows, columns = self.shape
        return f"<Table: {rows} rows, {columns} columns, {len(self.doubtful)} cells in doubt>"

    def __str__(self) -> str:
        texts = [[cell.text for cell in row] for row in self.rows]
        widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
        return "\n".join(
            "  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            for row in texts
        )

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr>{''.join(_html_of(cell) for cell in row)}</tr>" for row in self.rows)
        return f"{self.reading._repr_html_()}<table>{rows}</table>"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: text, guess, confidence, accepted and box of the cells, and the
        `reading`."""
        return {
            "rows": [[_cell_to_dict(cell) for cell in row] for row in self.rows],
            "reading": self.reading.to_dict(),
        }


def _number(text: str) -> float:
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else math.nan


def _html_of(cell: Cell) -> str:
    doubt = "" if cell.accepted else ' style="background:rgba(205,75,0,.2)"'
    return f"<td{doubt}>{cell.text}</td>"


def _cell_to_dict(cell: Cell) -> dict[str, Any]:
    return {
        "text": cell.text,
        "guess": cell.guess,
        "confidence": round(cell.confidence, DECIMALS),
        "accepted": cell.accepted,
        "box": cell.box and box_to_dict(cell.box),
    }
