"""Consoles, and tables that stay readable on narrow ones."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

from tenfold.console import printable

NOTHING = "·"  # an empty cell
_LEAST = 20  # minimum width of text columns; narrower ones would split words
_GAP = 2  # between columns


class _PlainConsole(Console):
    """Prints file names literally: brackets are not markup, and control characters are escaped."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(markup=False, highlight=False, stderr=stderr)

    def render_str(self, text: str, **options: Any) -> Text:
        """Escape text and table cells before their width is measured."""
        return super().render_str(_without_controls(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Escape text objects, such as names next to bars; Rich's own control codes pass."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=_without_controls(segment.text))


def _without_controls(text: str) -> str:
    return text if text.isprintable() else "\n".join(map(printable, text.split("\n")))


out = _PlainConsole()
err = _PlainConsole(stderr=True)


def print_note(text: str) -> None:
    """Print one line on stderr, separate from the result."""
    err.print(text, style="dim", soft_wrap=True)


def percent(fraction: float) -> str:
    """0.9783 as "97.83 %", with a plain space, unlike `wording.percent`, for terminals and scripts."""
    return f"{100 * fraction:.2f} %"


def new_table(name: str, *figures: str, texts: Sequence[str] = ()) -> Table:
    """A table with a column of names, then texts, then figures."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(name, overflow="fold")
    for heading in texts:
        table.add_column(heading)
    for heading in figures:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def print_table(table: Table) -> None:
    """Print the table if it fits; else row by row, each as its name followed by its cells."""
    for column in table.columns:
        column.min_width = _width(column)
    if sum(map(_width, table.columns)) + _GAP * (len(table.columns) - 1) <= out.width:
        out.print(table)
        return
    names, *columns = table.columns
    out.print(Text(str(names.header), "dim"))
    for name, *row in zip(names.cells, *(column.cells for column in columns), strict=True):
        facts = (f"{column.header}: {cell}" for column, cell in zip(columns, row, strict=True) if _says(cell))
        out.print(Text(str(name), "bold"))
        out.print(Padding(Text(", ".join(facts)), (0, 0, 0, 2)))


def _width(column: Column) -> int:
    """The minimum width: the widest figure; texts and names may be narrower, since they wrap."""
    widest = max(cell_len(str(cell)) for cell in (column.header, *column.cells))
    return widest if column.no_wrap else min(widest, _LEAST)


def _says(cell: RenderableType) -> bool:
    return str(cell) not in ("", NOTHING)
