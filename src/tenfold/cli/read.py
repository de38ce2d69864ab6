"""The command that reads pictures.

Plain prints: loading Rich would take as long as reading the picture.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.cli.options import MaxPixels, Single
from tenfold.cli.program import app
from tenfold.console import printable
from tenfold.errors import InputError
from tenfold.imaging.bounds import MAX_PIXELS

if TYPE_CHECKING:
    from tenfold.reader.files import Outcome

_NAMED = 5  # skipped files named in the message


@app.command()
def read(
    pictures: Annotated[
        list[str], typer.Argument(metavar="FILE|DIR|-...", help="Pictures, folders of them, or - for stdin.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON per picture.")] = False,
    signs: Annotated[
        bool, typer.Option("--signs", help="Also print signs and the spaces between numbers: 12.50  -3.")
    ] = False,
    table: Annotated[
        bool,
        typer.Option("--table", help="Print rows and columns as CSV, and list uncertain cells on stderr."),
    ] = False,
    single: Single = False,
    pages: Annotated[
        bool, typer.Option("--pages", help="Read all pages of a TIFF or PDF, not only the first.")
    ] = False,
    annotate: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.png", help="Draw the reading onto the picture; a folder for several pictures."
        ),
    ] = None,
    explain: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write every stage, from picture to digits, as PNGs.")
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(metavar="RUN|FILE.onnx", help="Read with your own network. [default: the bundled one]"),
    ] = None,
    max_pixels: MaxPixels = MAX_PIXELS,
) -> None:
    """Read the digits in pictures; uncertain digits are shown as ?.

    One picture may have 5,000 separate marks, 500 lines and 4,000 digits; more is refused.
    """
    from tenfold.reader import Reader
    from tenfold.reader.files import Drawings, find_sources, read_sources

    if table and single:
        raise InputError("expected --table or --single, received both: a table has more than one digit")
    sources, passed_over = find_sources(pictures)
    several = len(sources) > 1 or pages
    drawings = Drawings(annotate, explain, several=several)
    reader = Reader(model, max_pixels=max_pixels)
    _warn_of_skipped_files(passed_over)
    failed = 0
    outcomes = read_sources(sources, reader, single=single, pages=pages, max_pixels=max_pixels)
    for outcome in _show_progress(outcomes, None if pages else len(sources)):
        if as_json:
            _print_outcome_as_json(outcome, as_table=table)
        elif table:
            _print_table(outcome, named=several)
        else:
            _print_outcome(outcome, named=several, with_signs=signs)
        if outcome.has_more_pages:
            _warn(f"{outcome.source.name}: only the first page was read; --pages reads all")
        drawings.draw(outcome)
        failed += outcome.trace is None
    if failed:
        raise typer.Exit(2)


def _warn_of_skipped_files(files: "Sequence[Path]") -> None:
    """One line, even for thousands of files."""
    if files:
        named = ", ".join(map(str, files[:_NAMED]))
        further = f" and {len(files) - _NAMED:,} more" if len(files) > _NAMED else ""
        _warn(f"skipped, because their names are not those of pictures: {named}{further}")


def _warn(text: str) -> None:
    print(f"tenfold: {printable(text)}", file=sys.stderr)  # noqa: T201


def _show_progress(outcomes: "Iterable[Outcome]", total: int | None) -> "Iterator[Outcome]":
    """Pass results on, with a bar on stderr unless the results themselves show the progress."""
    if total == 1 or sys.stdout.isatty() or not sys.stderr.isatty():
        yield from outcomes
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        yield from progress.track(outcomes, total=total, description="reading")


def _print_outcome(outcome: "Outcome", *, named: bool, with_signs: bool) -> None:
    """Print a line per line of digits, beginning with the picture's name if `named`."""
    if outcome.trace is None:
        _warn(outcome.error or "")
        return
    lines = outcome.trace.reading.lines
    for line in lines:
        text = line.written if with_signs else line.text
        print(f"{printable(outcome.source.title)}: {text}" if named else text)  # noqa: T201
    if not lines:
        print(f"{printable(outcome.source.title)}: no digits found", file=sys.stderr)  # noqa: T201


def _print_table(outcome: "Outcome", *, named: bool) -> None:
    """Print the table as CSV, after its picture's name if `named`; and on stderr the uncertain cells, rows
    and columns counted from 1."""
    table, name = outcome.table, outcome.source.title
    if table is None:
        _warn(outcome.error or "")
        return
    if named:
        print(printable(name))  # noqa: T201
    print(table.to_csv(), end="")  # noqa: T201
    for row, column in table.doubtful:
        cell = table.rows[row][column]
        sure = f"{100 * cell.confidence:.0f} %"
        _warn(f"{name}: row {row + 1}, column {column + 1} is {cell.text}, perhaps {cell.guess} ({sure})")
    if not len(table):
        _warn(f"{name}: no digits found")


def _print_outcome_as_json(outcome: "Outcome", *, as_table: bool) -> None:
    """Print one line of JSON: the file, and its text and lines, its table, or the error."""
    if outcome.trace is None or outcome.table is None:
        _warn(outcome.error or "")
        content = {"error": outcome.error}
    elif as_table:
        content = outcome.table.to_dict()
    else:
        content = outcome.trace.reading.to_dict()
    page = {} if outcome.source.page is None else {"page": outcome.source.page}
    print(json.dumps({"file": outcome.source.name, **page, **content}))  # noqa: T201
