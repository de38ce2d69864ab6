"""What can be done with trained runs."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tenfold.cli.options import AsJson, RunFolder, SkipDamaged
from tenfold.cli.program import app, print_json, print_study


@app.command()
def evaluate(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN...|FILE.onnx",
            help="Folders of finished runs, which answer together; or a classifier of your own.",
        ),
    ],
    data: Annotated[
        str | None,
        typer.Option(
            help="Other digits, as for `tenfold train`. [default: the runs' test images; for a file MNIST's]"
        ),
    ] = None,
    skip_damaged: SkipDamaged = False,
    as_json: AsJson = False,
) -> None:
    """Evaluate runs, or a classifier of your own, on test images or others."""
    from tenfold import terminal
    from tenfold.runs.evaluate import evaluate_paths

    with terminal.PictureBar() as bar:
        evaluation = evaluate_paths(
            runs, data, on_event=terminal.tell, skip_damaged=skip_damaged, on_pictures=bar.show
        )
    if as_json:
        print_json({**asdict(evaluation), "confusion_matrix": evaluation.confusion_matrix.tolist()})
    else:
        terminal.print_evaluation(evaluation)


@app.command()
def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN", help="Runs' folders, or studies' folders.")],
    out: Annotated[Path | None, typer.Option(help="Where to write it. [default: the first folder]")] = None,
    as_json: AsJson = False,
) -> None:
    """Make the report again from finished runs."""
    from tenfold.report import write_report
    from tenfold.study import find_ended

    found = find_ended(runs)
    print_study(found, write_report(found, out or runs[0]), as_json=as_json)


@app.command()
def track(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN", help="Runs' folders, or studies' folders.")],
    to: Annotated[
        list[str], typer.Option(metavar="mlflow[:URI]|tensorboard[:DIR]", help="Where; may be given again.")
    ],
) -> None:
    """Send runs to MLflow or TensorBoard, afterwards or again."""
    from tenfold import terminal
    from tenfold.tracking import begun_runs, parse_target, send

    targets = [parse_target(text) for text in to]
    found = begun_runs(runs)
    for target in targets:
        terminal.print_tracked(target, len(found), send([run.path for run in found], target))


@app.command()
def export(
    run: RunFolder,
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.onnx|FILE.keras|DIR",
            help="What to write: without a suffix, the folder of a SavedModel.",
        ),
    ],
) -> None:
    """Write a run's network as ONNX, .keras or SavedModel, and prove that it computes the same there."""
    from tenfold import terminal
    from tenfold.export.export import export_run
    from tenfold.runs import open_run

    terminal.print_export(path, export_run(open_run(run), path, on_event=terminal.tell))
