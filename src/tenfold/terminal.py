"""What the command line shows: tables, and bars while training goes on."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.segment import Segment
from rich.text import Text

from tenfold.data.dataset import Summary
from tenfold.engines import Task, Usage
from tenfold.errors import DivergedError
from tenfold.evaluation import ClassBalance, class_balance
from tenfold.export.agreement import Agreement
from tenfold.files import as_typed
from tenfold.printable import printable
from tenfold.recipes import Recipe, load_recipe
from tenfold.report import wording
from tenfold.report.balance import render_balance
from tenfold.report.evidence import things_of
from tenfold.runs.evaluate import Evaluation
from tenfold.runs.run import Run
from tenfold.table import new_table, print_classification_report, print_confusion_matrix, print_table
from tenfold.tracking import Target
from tenfold.training.progress import Progress as RunProgress
from tenfold.tuning import Findings, Trial
from tenfold.tuning.page import headline, standfirst
from tenfold.tuning.tune import recipe_file

_SENTENCES = 3  # of the conclusion; the report has all
_HEADING = "epoch    loss  accuracy"


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


class PictureBar:
    """A bar while pictures are read, gone when they are."""

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
        """Take in that so many pictures of all have been read."""
        if self._bar is None:
            self._progress.start()
            self._bar = self._progress.add_task("", total=total)
        self._progress.update(self._bar, completed=done)
        if done == total:
            self._progress.stop()  # other bars may begin


class TrainingBars:
    """A bar for all runs together and one for each run at work, with epoch, loss, accuracy and time left.

    They fit a terminal of 80 columns; wider ones would crowd the time left out of it.
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

    def plan(self, tasks: Sequence[Task]) -> None:
        """Begin to show bars; runs that are finished already count as no work."""
        outstanding = [task for task in tasks if not Run(task.path).ended]
        kept = len(tasks) - len(outstanding)
        if kept:
            tell(f"{kept} of {len(tasks)} runs are finished already and are kept")
        if not outstanding:
            return
        self._progress.start()
        self._costs = {task.path: load_recipe(task.settings.recipe).cost for task in outstanding}
        self._all = self._progress.add_task(
            wording.plural(len(outstanding), "run"), total=sum(self._costs.values()), note=_HEADING
        )

    def plan_trials(self, findings: Findings, trials: int) -> None:
        """Begin to show bars of a tuning's trials, of which some may have ended already."""
        ended = len(findings.trials)
        if ended:
            tell(f"{ended} of {wording.plural(trials, 'trial')} have ended already and count")
        if ended < trials:
            self._progress.start()
            self._each = 1.0
            self._all = self._progress.add_task(
                wording.plural(trials - ended, "trial"), total=trials - ended, note=_HEADING
            )

    def show(self, task: Task, progress: RunProgress) -> None:
        """Take in a sign of life of one run."""
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
            f"{run.path.name}: {_percent(result['test_accuracy'])} on the test images, "
            f"{result['seconds']:.0f} s",
        )

    def end_diverged(self, task: Task, error: DivergedError) -> None:
        """Replace a run's bar by a line that says why it ended."""
        self._remove(task.path)
        err.print(Text("✗", "yellow"), str(error), soft_wrap=True)

    def finish_trial(self, findings: Findings, trial: Trial) -> None:
        """Replace a trial's bar by a line with what came of it."""
        for path in [path for path in self._bars if path.name == f"{trial.number:04d}"]:
            self._remove(path)
        accuracy = "no epoch" if trial.accuracy is None else _percent(trial.accuracy)
        best = findings.best
        err.print(
            Text("✗", "yellow") if trial.given_up else Text("✓", "green"),
            f"trial {trial.number}: {accuracy} on the held-out images"
            + (", given up" if trial.given_up else "")
            + (f"; best {_percent(best.accuracy or 0)}" if best else ""),
        )

    def tell_usage(self, usage: Usage) -> None:
        """A line on how well the cores were used."""
        tell(
            f"{usage.cores_used:.1f} of {wording.plural(usage.cores, 'core')} at work on average, "
            f"{100 * usage.idle_share:.0f} % of their time idle"
        )

    def _remove(self, path: Path) -> None:
        if path in self._bars:
            self._progress.remove_task(self._bars.pop(path))
        self._count(path, 1.0)

    def _count(self, path: Path, fraction: float) -> None:
        self._done[path] = fraction * self._costs.get(path, self._each)
        if self._all is not None:
            self._progress.update(self._all, completed=sum(self._done.values()))


def _note(progress: RunProgress) -> str:
    """The run's figures, beneath the heading that stands beside the bar of all runs."""
    if progress.stage == "testing":
        return "on the test images"
    loss = "" if progress.loss is None else f"{progress.loss:.4f}"
    accuracy = "" if progress.accuracy is None else _percent(progress.accuracy)
    return f"{f'{progress.epoch}/{progress.epochs}':>5}  {loss:>6}  {accuracy:>8}"


def print_study(results: Mapping[str, Any], report: Path) -> None:
    """The comparison in short: a line per system, the conclusion, and where the report is."""
    per_image = f"µs/{things_of(results['data']['class_names'])[:-1]}"
    unbalanced = any(system["balance"]["unbalanced"] for system in results["systems"])
    balanced = ["balanced"] * unbalanced
    table = new_table("system", "runs", "test accuracy", *balanced, "±", "parameters", "train s", per_image)
    for system in results["systems"]:
        table.add_row(
            system["label"],
            str(system["n"]),
            _percent(system["test_accuracy"]),
            *[_percent(system["balance"]["balanced_accuracy"])] * unbalanced,
            "" if system["standard_deviation"] is None else f"{100 * system['standard_deviation']:.2f}",
            f"{system['parameters']:,}",
            f"{system['seconds']:.0f}",
            f"{system['microseconds_per_digit']:.0f}",
        )
    print_table(out, table)
    headline, *sentences = results["conclusion"]
    out.print(f"\n{headline}", style="bold")
    warnings = results["warnings"]
    for sentence in warnings + [each for each in sentences if each not in warnings][:_SENTENCES]:
        out.print(f"- {sentence}")
    out.print(f"\nHow, how sure and why: {report.resolve().as_uri()}", soft_wrap=True)


def print_tuning(findings: Findings, folder: Path) -> None:
    """The best values beside the recipe's own, how they compare, and what can be done with them."""
    best, own = findings.best, findings.own
    if best:
        table = new_table("field", "the recipe's own", "the best")
        for name, value in best.values.items():
            table.add_row(name, f"{findings.own_values[name]:g}", f"{value:g}")
        table.add_section()
        table.add_row(
            "held-out images read right",
            _percent(own.accuracy or 0) if own else "",
            _percent(best.accuracy or 0),
        )
        print_table(out, table)
    out.print(f"\n{headline(findings)}", style="bold", soft_wrap=True)
    out.print(standfirst(findings), soft_wrap=True)
    if best:
        file = folder / recipe_file(findings.recipe)
        then = f"tenfold study {findings.recipe} {as_typed(file)} --seeds 5"
        out.print(f"recipe: {file}   next: {then}", soft_wrap=True)
    out.print(f"report: {(folder / 'report.html').resolve().as_uri()}", soft_wrap=True)


def print_recipes(recipes: Iterable[Recipe]) -> None:
    """A line per recipe."""
    table = new_table("recipe", "what it is", "parameters", "epochs", "documented")
    for recipe in recipes:
        table.add_row(
            recipe.name,
            recipe.summary,
            f"{recipe.parameters:,}",
            str(recipe.epochs),
            render_accuracy_range(recipe.documented_accuracy),
        )
    print_table(out, table)


def print_data(summary: Summary) -> None:
    """Shapes, dtypes, range of values and images per class."""
    out.print(Text(summary.name, "bold"), f" from {summary.origin}", soft_wrap=True)
    for part, facts in (("train", summary.train), ("test", summary.test)):
        out.print(
            f"{part:5}  images {facts.images_shape} {facts.images_dtype}, "
            f"values {facts.smallest_value}-{facts.largest_value}; "
            f"labels {facts.labels_shape} {facts.labels_dtype}"
        )
    table = new_table("class", "train", "test")
    for name in summary.class_names:
        table.add_row(
            name, f"{summary.train.images_per_class[name]:,}", f"{summary.test.images_per_class[name]:,}"
        )
    print_table(out, table)


def print_run(run: Run) -> None:
    """What came of one run, and what can be done with it."""
    result = run.result
    reads_lines = load_recipe(result["recipe"]).reads_lines
    what = "rows of lines made of test images" if reads_lines else "test images"
    out.print(
        f"{run.label}, seed {result['seed']}: {_percent(result['test_accuracy'])} "
        f"of {result['test_images']:,} {what}, trained in {result['seconds']:.0f} s",
        soft_wrap=True,
    )
    if not reads_lines:
        predicted = run.predictions
        _print_balance(class_balance(predicted.labels, [predicted.y_pred]), result["data"]["class_names"])
    own = result.get("own_digits", {})
    if own.get("held_out"):
        out.print(
            f"your own digits: {_percent(own['accuracy'])} of {own['held_out']:,} held out, "
            f"{_percent(own['accuracy_before'])} before",
            soft_wrap=True,
        )
    next_command = f"evaluate {as_typed(run.path)}"
    if reads_lines or own:
        next_command = f"export {as_typed(run.path)} {'lines' if reads_lines else 'mine'}.onnx"
    out.print(f"run: {run.path}   next: tenfold {next_command}", soft_wrap=True)


def _print_balance(balance: ClassBalance, class_names: Sequence[str]) -> None:
    """What accuracy hides, if anything."""
    if hidden := render_balance({"": balance}, class_names):
        out.print(hidden, soft_wrap=True)


def print_network(recipe: Recipe, layers: Sequence[Mapping[str, Any]], picture: Path | None) -> None:
    """A recipe's layer table, and where its picture is."""
    out.print(Text(recipe.name, "bold"), f" {recipe.summary}")
    _print_layers(layers)
    out.print(f"picture: {picture or f'tenfold show {recipe.name} --picture FILE.svg'}", soft_wrap=True)


def _print_layers(layers: Sequence[Mapping[str, Any]]) -> None:
    """A line per layer, and the sums."""
    table = new_table("layer", "activation", "output shape", "parameters", "multiply-adds")
    for layer in layers:
        table.add_row(
            layer["name"],
            layer["activation"],
            " × ".join(map(str, layer["output_shape"])),
            f"{layer['parameters']:,}",
            f"{layer['multiply_adds']:,}",
        )
    table.add_section()
    parameters, multiply_adds = (
        sum(layer[key] for layer in layers) for key in ("parameters", "multiply_adds")
    )
    table.add_row("total", "", "", f"{parameters:,}", f"{multiply_adds:,}")
    print_table(out, table)


def print_export(path: Path, agreement: Agreement) -> None:
    """What was written, and how well it agrees."""
    size = sum(file.stat().st_size for file in (path, *path.rglob("*")) if file.is_file())
    how = "exactly the run's probabilities"
    if agreement.difference:
        how = f"probabilities at most {agreement.difference:.1e} from the run's"
    classes = (
        f"another class for {agreement.other_classes:,}" if agreement.other_classes else "the same class"
    )
    out.print(
        f"wrote {path}: {size:,} bytes; loaded again without tenfold, it answers {agreement.images:,} images "
        f"with {classes} and {how}",
        soft_wrap=True,
    )


def print_tracked(target: Target, runs: int, pages: Sequence[str]) -> None:
    """How many runs a tracker has now, and where to look at them."""
    out.print(f"{target} has {wording.plural(runs, 'run')}: {', '.join(pages)}", soft_wrap=True)


def print_evaluation(evaluation: Evaluation) -> None:
    """Accuracy, loss, the classification report and the confusion matrix."""
    low, high = evaluation.accuracy_interval
    out.print(
        f"{evaluation.data}: {evaluation.images:,} images, accuracy {_percent(evaluation.accuracy)} "
        f"(95 % interval {_percent(low)} - {_percent(high)}), loss {evaluation.loss:.4f}, "
        f"calibration error {_percent(evaluation.calibration_error)}\n",
        soft_wrap=True,
    )
    if evaluation.doubtful:
        out.print(
            f"Without the {evaluation.doubtful} images whose label people did not confirm: "
            f"{_percent(evaluation.confirmed_accuracy)}\n",
            soft_wrap=True,
        )
    class_names = [score.name for score in evaluation.report.classes]
    _print_balance(evaluation.balance, class_names)
    print_classification_report(out, evaluation.report)
    print_confusion_matrix(out, evaluation.confusion_matrix, class_names)


def render_accuracy_range(accuracy: Sequence[float] | None) -> str:
    """A documented accuracy, e.g. "97.8-98.0 %"."""
    if accuracy is None:
        return "not stated"
    low, high = accuracy
    return f"{100 * low:.2f} %" if low == high else f"{100 * low:.1f}-{100 * high:.1f} %"


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.2f} %"
