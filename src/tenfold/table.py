"""Tables that stay readable however narrow the terminal is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from tenfold.evaluation import ClassificationReport, render_classification_report

_NOTHING = "·"  # in a cell of many
_TEXTS = ("what it is", "activation", "output shape")
_LEAST = 20  # columns that a text needs, or its words are torn apart
_GAP = 2  # between two columns


def new_table(first: str, *others: str) -> Table:
    """A table with these columns: a name in the first, and texts or figures."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first, overflow="fold")
    for name in others:
        text = name in _TEXTS
        table.add_column(name, justify="left" if text else "right", no_wrap=not text)
    return table


def print_table(console: Console, table: Table) -> None:
    """Print it where it fits; else row by row, each as its name and, beneath, what the columns say of it."""
    for column in table.columns:
        column.min_width = _width(column)
    if sum(map(_width, table.columns)) + _GAP * (len(table.columns) - 1) <= console.width:
        console.print(table)
        return
    names, *columns = table.columns
    console.print(Text(str(names.header), "dim"))
    for name, *row in zip(names.cells, *(column.cells for column in columns), strict=True):
        told = (f"{column.header}: {cell}" for column, cell in zip(columns, row, strict=True) if _says(cell))
        console.print(Text(str(name), "bold"))
        console.print(Padding(Text(", ".join(told)), (0, 0, 0, 2)))


def _width(column: Column) -> int:
    """What it cannot do without: its widest figure; less of texts and names, which go on in further lines."""
    widest = max(cell_len(str(cell)) for cell in (column.header, *column.cells))
    return widest if column.no_wrap else min(widest, _LEAST)


def _says(cell: RenderableType) -> bool:
    return str(cell) not in ("", _NOTHING)


def print_classification_report(console: Console, report: ClassificationReport) -> None:
    """As other programs lay it out, or row by row."""
    text = render_classification_report(report)
    if max(map(len, text.splitlines())) <= console.width:
        console.print(text)
        return
    table = new_table("", "precision", "recall", "f1-score", "support")
    for score in (*report.classes, report.macro_average, report.weighted_average):
        figures = (f"{figure:.4f}" for figure in (score.precision, score.recall, score.f1))
        table.add_row(score.name, *figures, str(score.support))
    print_table(console, table)
    console.print()


def print_confusion_matrix(console: Console, matrix: NDArray[np.int64], class_names: Sequence[str]) -> None:
    """True classes in rows, predicted ones in columns."""
    # Of long names the heads show the beginning; the rows, in the same order, tell them whole.
    table = new_table("true \\ predicted", *(name[:4] for name in class_names))
    for name, row in zip(class_names, matrix, strict=True):
        table.add_row(name, *(Text(_NOTHING, "dim") if count == 0 else str(count) for count in row))
    print_table(console, table)
