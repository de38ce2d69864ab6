"""Progress bars on stderr for reading pictures and training runs."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from tenfold import wording
from tenfold.cli.printing import err, percent, print_note
from tenfold.errors import DivergedError
from tenfold.runs.run import Run
from tenfold.training.folder import recipe_of

if TYPE_CHECKING:
    from tenfold.engines import Task, Usage
    from tenfold.training.progress import Progress as RunProgress
    from tenfold.tuning import Findings, Trial

_HEADING = "epoch    loss  accuracy"


class PictureBar:
    """A bar while pictures are read; it disappears afterwards."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("reading pictures"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            console=err,
            disable=not err.is_terminal,
            transient=True,
        )
        self._bar: TaskID | None = None

    def __enter__(self) -> "PictureBar":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, done: int, total: int) -> None:
        """Show that `done` of `total` pictures have been read."""
        if self._bar is None:
            self._progress.start()
            self._bar = self._progress.add_task("", total=total)
        self._progress.update(self._bar, completed=done)
        if done == total:
            self._progress.stop()  # other bars may start


class TrainingBars:
    """A bar for all runs together and one per active run, with epoch, loss, accuracy and time left.

    They fit a terminal of 80 columns; wider ones would push the time left out of it.
    """

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=8),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(compact=True),
            TextColumn("left"),
            TextColumn("{task.fields[note]}"),
            console=err,
            disable=not err.is_terminal,
        )
        self._all: TaskID | None = None
        self._bars: dict[Path, TaskID] = {}
        self._done: dict[Path, float] = {}
        self._costs: dict[Path, float] = {}
        self._each = 0.0  # the cost of a run that was not planned

    def __enter__(self) -> "TrainingBars":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._all is not None:
            self._progress.stop()

    def plan(self, tasks: "Sequence[Task]") -> None:
        """Show the bars; runs already finished do not count as work."""
        outstanding = [task for task in tasks if not Run(task.path).ended]
        kept = len(tasks) - len(outstanding)
        if kept:
            print_note(f"{kept} of {len(tasks)} runs are already finished")
        if not outstanding:
            return
        self._progress.start()
        self._costs = {task.path: recipe_of(task.settings).cost for task in outstanding}
        self._all = self._progress.add_task(
            wording.plural(len(outstanding), "run"), total=sum(self._costs.values()), note=_HEADING
        )

    def plan_trials(self, findings: "Findings", trials: int) -> None:
        """Show the bars of a tuning's trials, some of which may have ended already."""
        ended = len(findings.trials)
        if ended:
            print_note(f"{ended} of {wording.plural(trials, 'trial')} have already ended")
        if ended < trials:
            self._progress.start()
            self._each = 1.0
            self._all = self._progress.add_task(
                wording.plural(trials - ended, "trial"), total=trials - ended, note=_HEADING
            )

    def show(self, task: "Task", progress: "RunProgress") -> None:
        """Show the progress of one run."""
        if task.path not in self._bars:
            self._bars[task.path] = self._progress.add_task(task.path.name, total=1.0, note="")
        self._progress.update(self._bars[task.path], completed=progress.fraction, note=_note(progress))
        self._count(task.path, progress.fraction)

    def finish(self, run: Run) -> None:
        """Replace a run's bar by a line with its result."""
        self._remove(run.path)
        result = run.result
        err.print(
            Text("✓", "green"),
            f"{run.path.name}: {percent(result['test_accuracy'])} on the test images, "
            f"{result['seconds']:.0f} s",
        )

    def end_diverged(self, task: "Task", error: DivergedError) -> None:
        """Replace a run's bar by a line that says why it ended."""
        self._remove(task.path)
        err.print(Text("✗", "yellow"), str(error), soft_wrap=True)

    def finish_trial(self, findings: "Findings", trial: "Trial") -> None:
        """Replace a trial's bar by a line with its result."""
        for path in [path for path in self._bars if path.name == f"{trial.number:04d}"]:
            self._remove(path)
        accuracy = "no epoch" if trial.accuracy is None else percent(trial.accuracy)
        best = findings.best
        err.print(
            Text("✗", "yellow") if trial.given_up else Text("✓", "green"),
            f"trial {trial.number}: {accuracy} on the held-out images"
            + (", pruned" if trial.given_up else "")
            + (f"; best {percent(best.accuracy or 0)}" if best else ""),
        )

    def print_usage(self, usage: "Usage") -> None:
        """A line on how well the cores were used."""
        print_note(
            f"{usage.cores_used:.1f} of {wording.plural(usage.cores, 'core')} busy on average, "
            f"{100 * usage.idle_share:.0f} % idle time"
        )

    def _remove(self, path: Path) -> None:
        if path in self._bars:
            self._progress.remove_task(self._bars.pop(path))
        self._count(path, 1.0)

    def _count(self, path: Path, fraction: float) -> None:
        self._done[path] = fraction * self._costs.get(path, self._each)
        if self._all is not None:
            self._progress.update(self._all, completed=sum(self._done.values()))


def _note(progress: "RunProgress") -> str:
    """The run's figures, aligned with the heading next to the bar of all runs."""
    if progress.stage == "testing":
        return "on the test images"
    loss = "" if progress.loss is None else f"{progress.loss:.4f}"
    accuracy = "" if progress.accuracy is None else percent(progress.accuracy)
    return f"{f'{progress.epoch}/{progress.epochs}':>5}  {loss:>6}  {accuracy:>8}"
