"""Commands for trained runs: evaluate, report, track, export."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.cli.options import AsJson, RunFolder, SkipDamaged
from tenfold.cli.program import app, print_json
from tenfold.cli.study import print_study

if TYPE_CHECKING:
    from tenfold.evaluation import ClassBalance, ClassificationReport
    from tenfold.export.agreement import Agreement
    from tenfold.runs.evaluate import Evaluation
    from tenfold.tracking import Target


@app.command()
def evaluate(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN...|FILE.onnx|FILE.keras",
            help="Folders of finished runs, several as an ensemble; or your own classifier.",
        ),
    ],
    data: Annotated[
        str | None,
        typer.Option(
            help="Other digits, as for `tenfold train`. [default: the runs' test images; for a file, MNIST's]"
        ),
    ] = None,
    skip_damaged: SkipDamaged = False,
    as_json: AsJson = False,
) -> None:
    """Evaluate runs, or your own classifier, on test images or other data."""
    from tenfold.cli.bars import PictureBar
    from tenfold.cli.printing import print_note
    from tenfold.runs.evaluate import evaluate_paths

    with PictureBar() as bar:
        evaluation = evaluate_paths(
            runs, data, on_event=print_note, skip_damaged=skip_damaged, on_pictures=bar.show
        )
    if as_json:
        print_json({**asdict(evaluation), "confusion_matrix": evaluation.confusion_matrix.tolist()})
    else:
        _print_evaluation(evaluation)


def _print_evaluation(evaluation: "Evaluation") -> None:
    """Print accuracy, loss, the classification report and the confusion matrix."""
    from tenfold.cli.printing import out, percent

    low, high = evaluation.accuracy_interval
    out.print(
        f"{evaluation.data}: {evaluation.images:,} images, accuracy {percent(evaluation.accuracy)} "
        f"(95 % interval {percent(low)} - {percent(high)}), loss {evaluation.loss:.4f}, "
        f"calibration error {percent(evaluation.calibration_error)}\n",
        soft_wrap=True,
    )
    if evaluation.doubtful:
        out.print(
            f"Without the {evaluation.doubtful} images whose label human raters did not confirm: "
            f"{percent(evaluation.confirmed_accuracy)}\n",
            soft_wrap=True,
        )
    class_names = [score.name for score in evaluation.report.classes]
    print_balance(evaluation.balance, class_names)
    _print_classification_report(evaluation.report)
    _print_confusion_matrix(evaluation.confusion_matrix.tolist(), class_names)


def print_balance(balance: "ClassBalance", class_names: Sequence[str]) -> None:
    """Print what accuracy hides, if anything."""
    from tenfold.cli.printing import out
    from tenfold.reporting.caveats import render_balance

    if hidden := render_balance({"": balance}, class_names):
        out.print(hidden, soft_wrap=True)


def _print_classification_report(report: "ClassificationReport") -> None:
    """Print it in scikit-learn's layout, or row by row."""
    from tenfold.cli.printing import new_table, out, print_table
    from tenfold.evaluation import render_classification_report

    text = render_classification_report(report)
    if max(map(len, text.splitlines())) <= out.width:
        out.print(text)
        return
    table = new_table("", "precision", "recall", "f1-score", "support")
    for score in (*report.classes, report.macro_average, report.weighted_average):
        figures = (f"{figure:.4f}" for figure in (score.precision, score.recall, score.f1))
        table.add_row(score.name, *figures, str(score.support))
    print_table(table)
    out.print()


def _print_confusion_matrix(matrix: Sequence[Sequence[int]], class_names: Sequence[str]) -> None:
    """True classes in rows, predicted ones in columns."""
    from rich.text import Text

    from tenfold.cli.printing import NOTHING, new_table, print_table

    # Column heads show the beginning of long names; the rows, in the same order, have them in full.
    table = new_table("true \\ predicted", *(name[:4] for name in class_names))
    for name, row in zip(class_names, matrix, strict=True):
        table.add_row(name, *(Text(NOTHING, "dim") if count == 0 else str(count) for count in row))
    print_table(table)


@app.command()
def report(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN|FILE.onnx|FILE.keras",
            help="Folders of runs or studies, and models to compare with them.",
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="Where to write it. [default: the first folder]")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a report on finished runs and, if you like, on models from files."""
    from tenfold.cli.printing import print_note
    from tenfold.reporting import write_report
    from tenfold.studies import find_subjects

    found, models = find_subjects(runs, print_note)
    folder = out or next(path for path in runs if path.is_dir())
    print_study(found, write_report(found, folder, models), models, as_json=as_json)


@app.command()
def track(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN", help="Folders of runs or studies.")],
    to: Annotated[
        list[str],
        typer.Option(metavar="mlflow[:URI]|tensorboard[:DIR]", help="Where to send them; repeatable."),
    ],
) -> None:
    """Send runs, finished or not, to MLflow or TensorBoard."""
    from tenfold.tracking import begun_runs, parse_target, send

    targets = [parse_target(text) for text in to]
    found = begun_runs(runs)
    for target in targets:
        _print_tracked(target, len(found), send([run.path for run in found], target))


def _print_tracked(target: "Target", runs: int, pages: Sequence[str]) -> None:
    """Print how many runs a tracker has now, and where to see them."""
    from tenfold import wording
    from tenfold.cli.printing import out

    out.print(f"{target} has {wording.plural(runs, 'run')}: {', '.join(pages)}", soft_wrap=True)


@app.command()
def export(
    run: RunFolder,
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.onnx|FILE.keras|FILE.tflite|FILE.int8.tflite|DIR",
            help="What to write; without a suffix, a SavedModel folder.",
        ),
    ],
) -> None:
    """Write a run's network as ONNX, .keras, SavedModel or TFLite, and verify its outputs."""
    from tenfold.cli.printing import print_note
    from tenfold.export.export import export_run
    from tenfold.runs import open_run

    trained = open_run(run)
    agreement = export_run(trained, path, on_event=print_note)
    _print_export(path, agreement, trained.result["test_accuracy"])


def _print_export(path: Path, agreement: "Agreement", accuracy: float) -> None:
    """Print what was written, and how well it agrees with the run, whose test accuracy is `accuracy`."""
    from tenfold.cli.printing import out, percent

    size = sum(file.stat().st_size for file in (path, *path.rglob("*")) if file.is_file())
    compared = f"{agreement.images:,} images"
    if agreement.answers > agreement.images:
        compared = f"{agreement.answers:,} places in {compared}"
    classes = f"{agreement.other_classes:,} other classes" if agreement.other_classes else "the same classes"
    how = "exactly the same probabilities"
    if agreement.difference:
        how = f"probabilities that differ by at most {agreement.difference:.1e}"
    out.print(
        f"wrote {path}: {size:,} bytes; reloaded without tenfold and compared with the run on {compared}: "
        f"{classes} and {how}",
        soft_wrap=True,
    )
    if agreement.accuracy is not None:
        out.print(f"its accuracy: {percent(agreement.accuracy)}; the run's: {percent(accuracy)}")
