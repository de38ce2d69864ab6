"""Training progress: a live bar in a notebook or terminal, else a line per epoch."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any, Literal, Protocol

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from tenfold import wording
from tenfold.console import printable
from tenfold.errors import InputError
from tenfold.runs.run import Run
from tenfold.training.progress import Progress, ignore

Verbose = Literal["auto", 0, 1, 2]  # as in Keras: automatic, nothing, a bar, a line per epoch
_CELLS = 24


class OnProgress(Protocol):
    def __call__(self, progress: Progress, /) -> object: ...


@contextmanager
def shown(verbose: Verbose, path: Path) -> Iterator[OnProgress]:
    """A callback that shows the progress of the run in `path`. Raises InputError for another `verbose`."""
    match form_of(verbose):
        case "nothing":
            yield ignore
        case "lines":
            yield _Lines(path)
        case "bar":
            with open_bar(path.name) as show:
                yield lambda progress: show(progress.fraction, describe_progress(progress))


def form_of(verbose: Verbose) -> Literal["nothing", "bar", "lines"]:
    """The kind of output that `verbose` means here. Raises InputError for other values."""
    if verbose not in ("auto", 0, 1, 2):
        raise InputError(f"expected verbose to be 'auto', 0, 1 or 2, received {verbose!r}")
    if verbose == 0:
        return "nothing"
    if verbose == 2 or (verbose == "auto" and not _notebook() and not sys.stderr.isatty()):
        return "lines"
    return "bar"


@contextmanager
def open_bar(name: str) -> Iterator[Callable[[float, str], None]]:
    """A bar labelled `name`, updated with the fraction done, 0 to 1, and a text."""
    bar = _NotebookBar(name) if _notebook() else _TerminalBar(name)
    begun = time.monotonic()

    def show(fraction: float, figures: str) -> None:
        if 0 < fraction < 1:
            left = (time.monotonic() - begun) * (1 / fraction - 1)
            figures += f", {wording.duration(left)} left"
        bar.show(fraction, figures.replace(wording.NO_BREAK, " "))

    try:
        yield show
    finally:
        bar.end()


class _Lines:
    """A line per finished epoch, on standard output."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._printed: int | None = None

    def __call__(self, progress: Progress, /) -> None:
        history = Run(self._path).history if Run(self._path).history_path.exists() else []
        if self._printed is None:  # earlier epochs are not printed again
            self._printed = len(history) if progress.stage == "training" and progress.loss is None else 0
        for epoch in history[self._printed :]:
            print(f"epoch {_describe_epoch(epoch, progress.epochs)}", flush=True)  # noqa: T201
        self._printed = max(self._printed, len(history))


def _describe_epoch(epoch: dict[str, float], epochs: int) -> str:
    held_out = f", held out {wording.percent(epoch['val_accuracy'])}" if "val_accuracy" in epoch else ""
    return (
        f"{epoch['epoch']:.0f}/{epochs}: loss {epoch['loss']:.4f}, accuracy "
        f"{wording.percent(epoch['accuracy'])}{held_out}, {wording.duration(epoch['seconds'])}"
    ).replace(wording.NO_BREAK, " ")


def describe_progress(progress: Progress) -> str:
    """A run's progress in words."""
    if progress.stage == "testing":
        return f"{progress.epochs} of {progress.epochs} epochs done, on the test images"
    figures = [f"epoch {progress.epoch}/{progress.epochs}"]
    if progress.loss is not None and progress.accuracy is not None:
        figures += [f"loss {progress.loss:.4f}", f"accuracy {wording.percent(progress.accuracy)}"]
    return ", ".join(figures)


class _TerminalBar:
    """One line on standard error, rewritten in place."""

    def __init__(self, name: str) -> None:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=_CELLS),
            TextColumn("{task.fields[figures]}", markup=False),
        )
        self._bar = Bar(*columns, console=Console(stderr=True), auto_refresh=False)
        self._task = self._bar.add_task(printable(name), total=1.0, figures="")

    def show(self, fraction: float, figures: str) -> None:
        self._bar.start()
        self._bar.update(self._task, completed=fraction, figures=figures, refresh=True)

    def end(self) -> None:
        self._bar.stop()


class _NotebookBar:
    """One output that is replaced."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._handle: Any = None

    def show(self, fraction: float, figures: str) -> None:
        from IPython.display import HTML, display

        bar = f'<progress value="{fraction:.3f}" max="1" style="vertical-align:middle"></progress>'
        html = HTML(f"{escape(self._name)} {bar} {escape(figures)}")
        if self._handle is None:
            self._handle = display(html, display_id=True)
        else:
            self._handle.update(html)

    def end(self) -> None:
        """The last state stays."""


def _notebook() -> bool:
    """Whether output is displayed in a notebook."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None
