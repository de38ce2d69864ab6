"""What `tenfold read` prints: text or JSON, line by line, and complaints on stderr.

Plain prints: Rich would take as long to load as the picture to read.
"""

import json
import sys
from collections.abc import Iterable, Iterator

from tenfold.printable import printable
from tenfold.reader.files import Outcome


def show_progress(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    """Pass on what was read, with a bar on stderr where the results themselves do not show how far it is."""
    if total == 1 or sys.stdout.isatty() or not sys.stderr.isatty():
        yield from outcomes
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        yield from progress.track(outcomes, total=total, description="reading")


def print_outcome(outcome: Outcome, *, named: bool) -> None:
    """A line per line of digits, beginning with the picture's name if `named`."""
    if outcome.trace is None:
        _complain(outcome)
        return
    lines = outcome.trace.reading.lines
    for line in lines:
        print(f"{printable(outcome.source.name)}: {line.text}" if named else line.text)  # noqa: T201
    if not lines:
        print(f"{printable(outcome.source.name)}: no digits found", file=sys.stderr)  # noqa: T201


def print_outcome_as_json(outcome: Outcome) -> None:
    """One line of JSON: the file, and either its text and lines or the error."""
    if outcome.trace is None:
        _complain(outcome)
        content = {"error": outcome.error}
    else:
        content = outcome.trace.reading.to_dict()
    print(json.dumps({"file": outcome.source.name, **content}))  # noqa: T201


def _complain(outcome: Outcome) -> None:
    print(f"tenfold: {printable(outcome.error or '')}", file=sys.stderr)  # noqa: T201
