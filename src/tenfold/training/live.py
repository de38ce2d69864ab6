"""How far a training is: a live bar in a notebook or a terminal, else a line for each epoch."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any, Literal, Protocol

from tenfold import wording
from tenfold.errors import InputError
from tenfold.runs.run import Run
from tenfold.training.progress import Progress, ignore

Verbose = Literal["auto", 0, 1, 2]  # as Keras has it: by where it runs, nothing, a bar, a line per epoch
_CELLS = 24


class OnProgress(Protocol):
    def __call__(self, progress: Progress, /) -> object: ...


@contextmanager
def shown(verbose: Verbose, path: Path) -> Iterator[OnProgress]:
    """What is to be told how far the run in `path` is. Raises InputError for another `verbose`."""
    if verbose not in ("auto", 0, 1, 2):
        raise InputError(f"expected verbose to be 'auto', 0, 1 or 2, received {verbose!r}")
    shell = _notebook()
    if verbose == 0:
        yield ignore
    elif verbose == 2 or (verbose == "auto" and not shell and not sys.stderr.isatty()):
        yield _Lines(path)
    else:
        bar = _NotebookBar(path.name) if shell else _TerminalBar(path.name)
        try:
            yield bar
        finally:
            bar.end()


class _Lines:
    """A line for each finished epoch, on standard output."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._printed: int | None = None

    def __call__(self, progress: Progress, /) -> None:
        history = Run(self._path).history if Run(self._path).history_path.exists() else []
        if self._printed is None:  # what was finished before is not told again
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


class _TerminalBar:
    """One line on standard error, written over and over."""

    def __init__(self, name: str) -> None:
        self._name, self._begun, self._width = name, time.monotonic(), 0

    def __call__(self, progress: Progress, /) -> None:
        done = round(_CELLS * progress.fraction)
        told = _describe(progress, time.monotonic() - self._begun)
        line = f"{self._name} [{'#' * done}{'.' * (_CELLS - done)}] {told}"
        sys.stderr.write("\r" + line.ljust(self._width))
        sys.stderr.flush()
        self._width = len(line)

    def end(self) -> None:
        if self._width:
            sys.stderr.write("\n")


class _NotebookBar:
    """One output that is replaced."""

    def __init__(self, name: str) -> None:
        self._name, self._begun = name, time.monotonic()
        self._handle: Any = None

    def __call__(self, progress: Progress, /) -> None:
        from IPython.display import HTML, display

        told = escape(_describe(progress, time.monotonic() - self._begun))
        bar = f'<progress value="{progress.fraction:.3f}" max="1" style="vertical-align:middle"></progress>'
        html = HTML(f"{escape(self._name)} {bar} {told}")
        if self._handle is None:
            self._handle = display(html, display_id=True)
        else:
            self._handle.update(html)

    def end(self) -> None:
        """The last state stays."""


def _describe(progress: Progress, seconds: float) -> str:
    if progress.stage == "testing":
        return f"{progress.epochs} of {progress.epochs} epochs done, on the test images"
    figures = [f"epoch {progress.epoch}/{progress.epochs}"]
    if progress.loss is not None and progress.accuracy is not None:
        figures += [f"loss {progress.loss:.4f}", f"accuracy {wording.percent(progress.accuracy)}"]
    if 0 < progress.fraction < 1:
        figures.append(f"{wording.duration(seconds / progress.fraction - seconds)} left")
    return ", ".join(figures).replace(wording.NO_BREAK, " ")


def _notebook() -> bool:
    """Whether what is displayed is shown in a notebook."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None
