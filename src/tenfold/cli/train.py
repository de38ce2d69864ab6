"""Commands that train one classifier, or fine-tune a reader."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.cli.options import Again, AsJson, AsWritten, Data, RecipeName, Set, SkipDamaged, Track
from tenfold.cli.program import app, print_json, resumable
from tenfold.cli.runs import print_balance

if TYPE_CHECKING:
    from tenfold.cli.bars import PictureBar, TrainingBars
    from tenfold.engines import Listener
    from tenfold.runs import Run

Seed = Annotated[int, typer.Option(help="Random seed of the weights and the order of the images.")]
Epochs = Annotated[
    int | None, typer.Option(help="Passes through the training images. [default: the recipe's]")
]


@app.command()
def train(
    recipe: RecipeName,
    changes: Set = None,
    seed: Seed = 0,
    epochs: Epochs = None,
    as_written: AsWritten = False,
    data: Data = "mnist",
    skip_damaged: SkipDamaged = False,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Cores to train on. [default: all; a resumed run keeps its number]"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The run's folder. [default: runs/RECIPE-seed-SEED]"),
    ] = None,
    track: Track = None,
    again: Again = False,
    as_json: AsJson = False,
) -> None:
    """Train one classifier."""
    from tenfold.cli.bars import PictureBar, TrainingBars
    from tenfold.recipes.changes import change, load_recipe, parse_changes
    from tenfold.studies import run_single

    with resumable(), PictureBar() as pictures, TrainingBars() as bars:
        run = run_single(
            change(load_recipe(recipe), parse_changes(changes or ())),
            seed=seed,
            epochs=epochs,
            as_written=as_written,
            data=data,
            skip_damaged=skip_damaged,
            threads=threads,
            out=out,
            track=track or (),
            again=again,
            listener=_listener(pictures, bars),
        )
    if as_json:
        print_json(run.result)
    else:
        _print_run(run)


@app.command()
def fine_tune(
    own: Annotated[
        str, typer.Argument(metavar="DIR", help="Your own digits: a folder with one subfolder per digit.")
    ],
    start: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="bundled|FILE.onnx",
            help="Start from this reader, written by `tenfold export`.",
        ),
    ] = "bundled",
    seed: Seed = 0,
    epochs: Epochs = None,
    skip_damaged: SkipDamaged = False,
    out: Annotated[
        Path | None, typer.Option(help="The run's folder. [default: runs/reader-fine-tuned-seed-SEED]")
    ] = None,
    track: Track = None,
    again: Again = False,
    as_json: AsJson = False,
) -> None:
    """Fine-tune the reader on your own digits."""
    from tenfold.cli.bars import PictureBar, TrainingBars
    from tenfold.studies import run_fine_tuning

    with resumable(), PictureBar() as pictures, TrainingBars() as bars:
        run = run_fine_tuning(
            own,
            start,
            seed=seed,
            epochs=epochs,
            skip_damaged=skip_damaged,
            out=out,
            track=track or (),
            again=again,
            listener=_listener(pictures, bars),
        )
    if as_json:
        print_json(run.result)
    else:
        _print_run(run)


def _listener(pictures: "PictureBar", bars: "TrainingBars") -> "Listener":
    from tenfold.cli.printing import print_note
    from tenfold.engines import Listener

    return Listener(
        on_event=print_note,
        on_pictures=pictures.show,
        on_plan=bars.plan,
        on_progress=bars.show,
        on_finished=bars.finish,
    )


_TESTED_ON = {
    "read lines": "rows of lines composed of test images",
    "map pages": "pages composed of test images, pixel by pixel",
}


def _print_run(run: "Run") -> None:
    """Print a run's result, and what to do next."""
    from tenfold.cli.printing import out, percent
    from tenfold.evaluation import class_balance
    from tenfold.files import as_typed

    result = run.result
    what = _TESTED_ON.get(run.kind, "test images")
    out.print(
        f"{run.label}, seed {result['seed']}: {percent(result['test_accuracy'])} "
        f"of {result['test_images']:,} {what}, trained in {result['seconds']:.0f} s",
        soft_wrap=True,
    )
    if run.kind not in _TESTED_ON:
        predicted = run.predictions
        print_balance(class_balance(predicted.labels, [predicted.y_pred]), result["data"]["class_names"])
    own = result.get("own_digits", {})
    if own.get("held_out"):
        out.print(
            f"your own digits: {percent(own['accuracy'])} of {own['held_out']:,} held out, "
            f"{percent(own['accuracy_before'])} before",
            soft_wrap=True,
        )
    next_command = f"evaluate {as_typed(run.path)}"
    if run.kind in _TESTED_ON or own:
        next_command = f"export {as_typed(run.path)} {'mine' if own else result['recipe']}.onnx"
    out.print(f"run: {run.path}   next: tenfold {next_command}", soft_wrap=True)
