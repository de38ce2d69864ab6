"""A study's progress: one live bar for all runs, else a line for each run that ends."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tenfold import wording
from tenfold.engines.engine import NO_CALLBACKS, Listener, Task
from tenfold.errors import DivergedError
from tenfold.runs.run import Run
from tenfold.training.folder import recipe_of
from tenfold.training.live import Verbose, describe_progress, form_of, open_bar
from tenfold.training.progress import Progress


@contextmanager
def watched(verbose: Verbose, folder: Path) -> Iterator[Listener]:
    """A listener that shows the progress of a study in `folder`. Raises InputError for another `verbose`."""
    match form_of(verbose):
        case "nothing":
            yield NO_CALLBACKS
        case "lines":
            yield Listener(on_finished=_print_finished, on_diverged=_print_diverged)
        case "bar":
            with open_bar(folder.name) as show:
                yield _Whole(show).listener()


def _print_finished(run: Run) -> None:
    accuracy, seconds = run.result["test_accuracy"], run.result["seconds"]
    text = f"{run.path.name}: {wording.percent(accuracy)} of the test images, {wording.duration(seconds)}"
    print(text.replace(wording.NO_BREAK, " "), flush=True)  # noqa: T201


def _print_diverged(_task: Task, error: DivergedError) -> None:
    print(error, flush=True)  # noqa: T201


class _Whole:
    """All runs together, weighted by their cost."""

    def __init__(self, show: Callable[[float, str], None]) -> None:
        self._show = show
        self._costs: dict[Path, float] = {}
        self._done: dict[Path, float] = {}
        self._ended = 0

    def listener(self) -> Listener:
        return Listener(
            on_plan=self._plan,
            on_progress=self._take_in,
            on_finished=lambda run: self._end(run.path),
            on_diverged=lambda task, _error: self._end(task.path),
        )

    def _plan(self, tasks: Sequence[Task]) -> None:
        outstanding = [task for task in tasks if not Run(task.path).ended]
        self._costs = {task.path: recipe_of(task.settings).cost for task in outstanding}

    def _take_in(self, task: Task, progress: Progress) -> None:
        self._done[task.path] = progress.fraction
        self._update(f"{task.path.name} {describe_progress(progress)}")

    def _end(self, path: Path) -> None:
        self._done[path] = 1.0
        self._ended += 1
        self._update("")

    def _update(self, of_one: str) -> None:
        done = sum(self._costs[path] * fraction for path, fraction in self._done.items())
        runs = f"{self._ended} of {wording.plural(len(self._costs), 'run')} done"
        self._show(done / sum(self._costs.values()), f"{runs}; {of_one}" if of_one else runs)
