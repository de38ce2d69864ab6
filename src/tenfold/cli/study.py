"""The command that trains several recipes and compares them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.cli.options import (
    Address,
    Again,
    AsJson,
    AsWritten,
    Checkpoints,
    Data,
    EngineName,
    Set,
    SkipDamaged,
    Track,
)
from tenfold.cli.program import app, fail, print_json, resumable
from tenfold.errors import InputError

if TYPE_CHECKING:
    from tenfold.reporting.finished_models import FinishedModel
    from tenfold.runs import Run

_SENTENCES = 3  # of the conclusion; the report has all


@app.command()
def study(
    recipes: Annotated[
        list[str] | None,
        typer.Argument(metavar="RECIPE", help="One or more recipes. [default: an MLP and two CNNs]"),
    ] = None,
    changes: Set = None,
    seeds: Annotated[
        int | None, typer.Option(help="Runs per recipe, each with a different seed. [default: 3]")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All seven documented recipes.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="A first look: one epoch, one seed.")] = False,
    as_written: AsWritten = False,
    data: Data = "mnist",
    skip_damaged: SkipDamaged = False,
    out: Annotated[Path | None, typer.Option(help="The study's folder. [default: one in runs/]")] = None,
    engine: EngineName = "local",
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, help="Concurrent trainings, sharing the cores. [default: one per core with 2 GiB]"
        ),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Cores per training. [default: an equal share; resumed runs keep theirs]"),
    ] = None,
    address: Address = None,
    checkpoints: Checkpoints = None,
    track: Track = None,
    again: Again = False,
    as_json: AsJson = False,
) -> None:
    """Train several classifiers, compare them, and write a report."""
    from tenfold import studies
    from tenfold.cli.bars import PictureBar, TrainingBars
    from tenfold.cli.printing import print_note
    from tenfold.engines import Listener, open_engine
    from tenfold.recipes import DOCUMENTED
    from tenfold.recipes.changes import change, load_recipe, parse_changes

    if every and recipes:
        raise InputError("--all means every recipe: leave out either --all or the recipes' names")
    chosen = recipes or (DOCUMENTED if every else studies.DEFAULT_RECIPES)
    folder = out or studies.default_study_folder(quick=quick, as_written=as_written)
    default_seeds = 1 if quick else studies.DEFAULT_SEEDS
    with resumable(), PictureBar() as pictures, TrainingBars() as bars:
        runs = studies.run_study(
            [change(load_recipe(name), parse_changes(changes or ())) for name in dict.fromkeys(chosen)],
            folder=folder,
            seeds=default_seeds if seeds is None else seeds,
            epochs=studies.QUICK_EPOCHS if quick else None,
            as_written=as_written,
            permuted=not quick,
            data=data,
            skip_damaged=skip_damaged,
            engine=open_engine(engine, address, checkpoints, jobs, threads),
            track=track or (),
            again=again,
            listener=Listener(
                on_event=print_note,
                on_pictures=pictures.show,
                on_plan=bars.plan,
                on_progress=bars.show,
                on_finished=bars.finish,
                on_diverged=bars.end_diverged,
                on_usage=bars.print_usage,
            ),
        )
    diverged = studies.find_diverged([folder])
    print_study([*runs, *diverged], folder / "report.html", as_json=as_json)
    if diverged:
        names = ", ".join(run.path.name for run in diverged)
        fail(f"{len(diverged)} of {len(runs) + len(diverged)} runs diverged and have no result: {names}", 1)


def print_study(
    runs: "list[Run]", report: Path, models: "Sequence[FinishedModel]" = (), *, as_json: bool
) -> None:
    """Print the comparison as JSON, or a line per system and model, the conclusion, and the report's path."""
    from tenfold.cli.printing import new_table, out, percent, print_table
    from tenfold.reporting import collect_results
    from tenfold.reporting.measures import things_of

    results = collect_results(runs, models)
    if as_json:
        print_json(results)
        return
    per_image = f"µs/{things_of(results['data']['class_names'])[:-1]}"
    unbalanced = any(system["balance"]["unbalanced"] for system in results["systems"])
    balanced = ["balanced"] * unbalanced
    table = new_table("system", "runs", "test accuracy", *balanced, "±", "parameters", "train s", per_image)
    for system in results["systems"]:
        table.add_row(
            system["label"],
            str(system["n"]),
            percent(system["test_accuracy"]),
            *[percent(system["balance"]["balanced_accuracy"])] * unbalanced,
            "" if system["standard_deviation"] is None else f"{100 * system['standard_deviation']:.2f}",
            f"{system['parameters']:,}",
            f"{system['seconds']:.0f}",
            f"{system['microseconds_per_digit']:.0f}",
        )
    for model in results["models"]:
        table.add_row(
            model["label"],
            "file",
            percent(model["test_accuracy"]),
            *[percent(model["balance"]["balanced_accuracy"])] * unbalanced,
        )
    print_table(table)
    headline, *sentences = results["conclusion"]
    out.print(f"\n{headline}", style="bold")
    warnings = results["warnings"]
    for sentence in warnings + [each for each in sentences if each not in warnings][:_SENTENCES]:
        out.print(f"- {sentence}")
    out.print(f"\nFull report: {report.resolve().as_uri()}", soft_wrap=True)
