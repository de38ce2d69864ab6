"""How far the trainings of a study are: one live bar for all of them, else a line for each that ends."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tenfold import wording
from tenfold.engines.engine import NOBODY, Listener, Task
from tenfold.errors import DivergedError
from tenfold.runs.run import Run
from tenfold.training.folder import recipe_of
from tenfold.training.live import Verbose, describe, form_of, open_bar
from tenfold.training.progress import Progress


@contextmanager
def watched(verbose: Verbose, folder: Path) -> Iterator[Listener]:
    """What shows how far the study in `folder` is. Raises InputError for another `verbose`."""
    match form_of(verbose):
        case "nothing":
            yield NOBODY
        case "lines":
            yield Listener(on_finished=_print_finished, on_diverged=_print_diverged)
        case "bar":
            with open_bar(folder.name) as show:
                yield _Whole(show).listener()


def _print_finished(run: Run) -> None:
    accuracy, seconds = run.result["test_accuracy"], run.result["seconds"]
    told = f"{run.path.name}: {wording.percent(accuracy)} of the test images, {wording.duration(seconds)}"
    print(told.replace(wording.NO_BREAK, " "), flush=True)  # noqa: T201


def _print_diverged(_task: Task, error: DivergedError) -> None:
    print(error, flush=True)  # noqa: T201


class _Whole:
    """All runs together, each as much of the whole as it costs."""

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
        self._tell(f"{task.path.name} {describe(progress)}")

    def _end(self, path: Path) -> None:
        self._done[path] = 1.0
        self._ended += 1
        self._tell("")

    def _tell(self, of_one: str) -> None:
        done = sum(self._costs[path] * fraction for path, fraction in self._done.items())
        runs = f"{self._ended} of {wording.plural(len(self._costs), 'run')} done"
        self._show(done / sum(self._costs.values()), f"{runs}; {of_one}" if of_one else runs)
