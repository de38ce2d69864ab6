"""Train, compare and tune."""

from pathlib import Path
from typing import Annotated

import typer

from tenfold.cli.options import (
    Address,
    Again,
    AsJson,
    AsWritten,
    Checkpoints,
    Data,
    EngineName,
    RecipeName,
    SkipDamaged,
    Track,
)
from tenfold.cli.program import app, fail, print_json, print_study, resumable
from tenfold.errors import InputError


@app.command()
def study(
    recipes: Annotated[
        list[str] | None, typer.Argument(metavar="RECIPE", help="By default an MLP and two CNNs.")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(help="Runs per recipe, each from another random start. [default: 3]")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All seven documented recipes.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="A first look: two epochs, one seed.")] = False,
    as_written: AsWritten = False,
    data: Data = "mnist",
    skip_damaged: SkipDamaged = False,
    out: Annotated[Path | None, typer.Option(help="The study's folder. [default: one in runs/]")] = None,
    engine: EngineName = "local",
    address: Address = None,
    checkpoints: Checkpoints = None,
    track: Track = None,
    again: Again = False,
    as_json: AsJson = False,
) -> None:
    """Train several classifiers, compare them, and write a report."""
    from tenfold import study as studies
    from tenfold import terminal
    from tenfold.engines import open_engine
    from tenfold.recipes import DOCUMENTED

    if every and recipes:
        raise InputError("--all means every recipe: leave it out, or leave out the recipes' names")
    folder = out or studies.default_study_folder(quick=quick, as_written=as_written)
    default_seeds = 1 if quick else studies.DEFAULT_SEEDS
    with resumable(), terminal.PictureBar() as pictures, terminal.TrainingBars() as bars:
        runs = studies.run_study(
            recipes or (DOCUMENTED if every else studies.DEFAULT_RECIPES),
            folder=folder,
            seeds=default_seeds if seeds is None else seeds,
            epochs=studies.QUICK_EPOCHS if quick else None,
            as_written=as_written,
            data=data,
            skip_damaged=skip_damaged,
            engine=open_engine(engine, address, checkpoints),
            track=track or (),
            again=again,
            on_event=terminal.tell,
            on_pictures=pictures.show,
            on_plan=bars.plan,
            on_progress=bars.show,
            on_finished=bars.finish,
            on_diverged=bars.end_diverged,
            on_usage=bars.tell_usage,
        )
    diverged = studies.find_diverged([folder])
    print_study([*runs, *diverged], folder / "report.html", as_json=as_json)
    if diverged:
        names = ", ".join(run.path.name for run in diverged)
        fail(f"{len(diverged)} of {len(runs) + len(diverged)} runs diverged and have no result: {names}", 1)


@app.command()
def train(
    recipe: RecipeName,
    seed: Annotated[int, typer.Option(help="Decides the random start and the order of the images.")] = 0,
    epochs: Annotated[
        int | None, typer.Option(help="How often to go through the training images. [default: the recipe's]")
    ] = None,
    as_written: AsWritten = False,
    data: Data = "mnist",
    skip_damaged: SkipDamaged = False,
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="bundled|FILE.onnx",
            help="Fine-tune a reader: go on from this model, with your own digits, --data DIR.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The run's folder. [default: runs/RECIPE-seed-SEED or RECIPE-fine-tuned-seed-SEED]"
        ),
    ] = None,
    track: Track = None,
    again: Again = False,
    as_json: AsJson = False,
) -> None:
    """Train one classifier."""
    from tenfold import terminal
    from tenfold.study import run_single

    with resumable(), terminal.PictureBar() as pictures, terminal.TrainingBars() as bars:
        run = run_single(
            recipe,
            seed=seed,
            epochs=epochs,
            as_written=as_written,
            data=data,
            skip_damaged=skip_damaged,
            start=start,
            out=out,
            track=track or (),
            again=again,
            on_event=terminal.tell,
            on_pictures=pictures.show,
            on_plan=bars.plan,
            on_progress=bars.show,
            on_finished=bars.finish,
        )
    if as_json:
        print_json(run.result)
    else:
        terminal.print_run(run)


@app.command()
def tune(
    recipe: RecipeName,
    trials: Annotated[int, typer.Option(help="How many trainings there are to be in all.")] = 20,
    epochs: Annotated[int | None, typer.Option(help="Of each trial. [default: the recipe's]")] = None,
    seed: Annotated[int, typer.Option(help="Decides which images are held out, and what is tried.")] = 0,
    data: Data = "mnist",
    skip_damaged: SkipDamaged = False,
    out: Annotated[Path | None, typer.Option(help="The folder. [default: runs/tune-RECIPE]")] = None,
    engine: EngineName = "local",
    address: Address = None,
    checkpoints: Checkpoints = None,
    as_json: AsJson = False,
) -> None:
    """Look for better values of a recipe's fields, on held-out images alone."""
    from tenfold import terminal, tuning
    from tenfold.engines import open_engine

    tuning.require_optuna()  # before the engine asks for Keras
    folder = out or tuning.default_tuning_folder(recipe)
    with resumable(), terminal.PictureBar() as pictures, terminal.TrainingBars() as bars:
        findings = tuning.tune(
            recipe,
            folder=folder,
            trials=trials,
            epochs=epochs,
            seed=seed,
            data=data,
            skip_damaged=skip_damaged,
            engine=open_engine(engine, address, checkpoints),
            on_event=terminal.tell,
            on_pictures=pictures.show,
            on_plan=bars.plan_trials,
            on_progress=bars.show,
            on_trial=bars.finish_trial,
        )
    if as_json:
        print_json(findings.to_dict())
    else:
        terminal.print_tuning(findings, folder)
