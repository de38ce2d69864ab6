"""What the commands print with: consoles, and tables that stay readable however narrow these are."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

from tenfold.console import printable

NOTHING = "·"  # in a cell of many
_LEAST = 20  # columns that a text needs, or its words are torn apart
_GAP = 2  # between two columns


class _PlainConsole(Console):
    """Shows names of files as they are: brackets are no markup, and control characters are escaped."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(markup=False, highlight=False, stderr=stderr)

    def render_str(self, text: str, **options: Any) -> Text:
        """Text, and cells of tables: escaped before the room for it is measured."""
        return super().render_str(_without_controls(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What was text from the start, such as the names beside bars; Rich's own controls pass."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=_without_controls(segment.text))


def _without_controls(text: str) -> str:
    return text if text.isprintable() else "\n".join(map(printable, text.split("\n")))


out = _PlainConsole()
err = _PlainConsole(stderr=True)


def tell(text: str) -> None:
    """One line beside the result, on stderr."""
    err.print(text, style="dim", soft_wrap=True)


def percent(fraction: float) -> str:
    """0.9783 as "97.83 %"."""
    return f"{100 * fraction:.2f} %"


def new_table(name: str, *figures: str, texts: Sequence[str] = ()) -> Table:
    """A table with these columns: a name in the first, then texts, then figures."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(name, overflow="fold")
    for heading in texts:
        table.add_column(heading)
    for heading in figures:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def print_table(table: Table) -> None:
    """Print it where it fits; else row by row, each as its name and, beneath, what the columns say of it."""
    for column in table.columns:
        column.min_width = _width(column)
    if sum(map(_width, table.columns)) + _GAP * (len(table.columns) - 1) <= out.width:
        out.print(table)
        return
    names, *columns = table.columns
    out.print(Text(str(names.header), "dim"))
    for name, *row in zip(names.cells, *(column.cells for column in columns), strict=True):
        told = (f"{column.header}: {cell}" for column, cell in zip(columns, row, strict=True) if _says(cell))
        out.print(Text(str(name), "bold"))
        out.print(Padding(Text(", ".join(told)), (0, 0, 0, 2)))


def _width(column: Column) -> int:
    """What it cannot do without: its widest figure; less of texts and names, which go on in further lines."""
    widest = max(cell_len(str(cell)) for cell in (column.header, *column.cells))
    return widest if column.no_wrap else min(widest, _LEAST)


def _says(cell: RenderableType) -> bool:
    return str(cell) not in ("", NOTHING)
