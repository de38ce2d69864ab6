"""The command that reads millions of pictures."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.cli.options import Address, AsJson, EngineName, MaxPixels, Single
from tenfold.cli.program import app, resumable
from tenfold.console import printable
from tenfold.imaging.bounds import MAX_PIXELS

if TYPE_CHECKING:
    from tenfold.bulk import BulkProgress, BulkSummary


@app.command()
def read_many(
    given: Annotated[
        str,
        typer.Argument(metavar="INPUT", help="A folder, a glob in quotes, or a .tar or .parquet file."),
    ],
    output: Annotated[str, typer.Argument(metavar="OUTPUT", help="The folder for the results.")],
    single: Single = False,
    max_pixels: MaxPixels = MAX_PIXELS,
    engine: EngineName = "local",
    address: Address = None,
    as_json: AsJson = False,
) -> None:
    """Read millions of pictures into Parquet, on all cores or on a Ray cluster."""
    from tenfold import bulk

    # Ray reports losses on stdout, which is for the summary alone.
    with resumable("Finished parts are kept"), _show_bar() as show:
        summary = bulk.read_many(
            given,
            output,
            engine=engine,
            address=address,
            single=single,
            max_pixels=max_pixels,
            on_progress=show,
        )
    if as_json:
        _print_summary_as_json(summary)
    else:
        _print_summary(summary)


@contextmanager
def _show_bar() -> "Iterator[Callable[[BulkProgress], None]]":
    """A bar of shards done, with images, their rate and the time left, if stderr is a terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    bar = Progress(
        SpinnerColumn(),
        TextColumn("reading"),
        BarColumn(bar_width=16),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = bar.add_task("reading", total=None, note="")

    def show(progress: "BulkProgress") -> None:
        elapsed = bar.tasks[0].elapsed
        rate = f", {progress.images / elapsed:,.0f}/s" if elapsed and progress.images else ""
        note = f"shards, {progress.images:,} images{rate}"
        bar.update(task, total=progress.of, completed=progress.shards, note=note)

    with bar:
        yield show


def _print_summary(summary: "BulkSummary") -> None:
    """Print images, errors, time and output; parts kept from before on a separate line."""
    if summary.kept == summary.parts:
        print(f"all {summary.parts:,} parts were already there: {printable(summary.output)}")  # noqa: T201
        return
    if summary.kept:
        print(f"{summary.kept:,} of {summary.parts:,} parts were already there and are kept")  # noqa: T201
    print(  # noqa: T201
        f"{summary.images:,} images, {summary.errors:,} with errors, in {summary.seconds:.1f} s, "
        f"{summary.images_per_s:,.0f} a second: {printable(summary.output)}"
    )


def _print_summary_as_json(summary: "BulkSummary") -> None:
    """Print one line of JSON."""
    print(json.dumps({**asdict(summary), "images_per_s": round(summary.images_per_s, 1)}))  # noqa: T201
