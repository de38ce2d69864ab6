"""What `tenfold read --engine` shows: a bar on stderr while it reads, and in the end what was read."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from tenfold.bulk.run import Progress, Summary
from tenfold.printable import printable


@contextmanager
def show_bar() -> Iterator[Callable[[Progress], None]]:
    """A bar of shards done, with images, their rate and the time left, where stderr is a terminal."""
    console = Console(stderr=True)
    bar = Bar(
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

    def show(progress: Progress) -> None:
        elapsed = bar.tasks[0].elapsed
        rate = f", {progress.images / elapsed:,.0f}/s" if elapsed and progress.images else ""
        note = f"shards, {progress.images:,} images{rate}"
        bar.update(task, total=progress.of, completed=progress.shards, note=note)

    with bar:
        yield show


def print_summary(summary: Summary) -> None:
    """Images, errors, time, and where they are; what was there before on a line of its own."""
    if summary.kept == summary.parts:
        print(f"all {summary.parts:,} parts were there already: {printable(summary.output)}")  # noqa: T201
        return
    if summary.kept:
        print(f"{summary.kept:,} of {summary.parts:,} parts were there already and are kept")  # noqa: T201
    print(  # noqa: T201
        f"{summary.images:,} images, {summary.errors:,} of them errors, in {summary.seconds:.1f} s, "
        f"{summary.images_per_s:,.0f} a second: {printable(summary.output)}"
    )


def print_summary_as_json(summary: Summary) -> None:
    """One line of JSON."""
    print(json.dumps({**asdict(summary), "images_per_s": round(summary.images_per_s, 1)}))  # noqa: T201
