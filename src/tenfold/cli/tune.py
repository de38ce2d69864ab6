"""The command that searches for better values of a recipe's fields."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.cli.options import Address, AsJson, Checkpoints, Data, EngineName, RecipeName, SkipDamaged
from tenfold.cli.program import app, print_json, resumable

if TYPE_CHECKING:
    from tenfold.tuning import Findings


@app.command()
def tune(
    recipe: RecipeName,
    trials: Annotated[int, typer.Option(help="Total number of trials.")] = 20,
    epochs: Annotated[int | None, typer.Option(help="Epochs per trial. [default: the recipe's]")] = None,
    seed: Annotated[int, typer.Option(help="Random seed of the held-out images and the search.")] = 0,
    data: Data = "mnist",
    skip_damaged: SkipDamaged = False,
    out: Annotated[Path | None, typer.Option(help="The folder. [default: runs/tune-RECIPE]")] = None,
    engine: EngineName = "local",
    address: Address = None,
    checkpoints: Checkpoints = None,
    as_json: AsJson = False,
) -> None:
    """Search for better values of a recipe's fields, on held-out images only."""
    from tenfold import tuning
    from tenfold.cli.bars import PictureBar, TrainingBars
    from tenfold.cli.printing import print_note
    from tenfold.engines import open_engine

    tuning.require_optuna()  # before the engine requires Keras
    folder = out or tuning.default_tuning_folder(recipe)
    with resumable(), PictureBar() as pictures, TrainingBars() as bars:
        findings = tuning.tune(
            recipe,
            folder=folder,
            trials=trials,
            epochs=epochs,
            seed=seed,
            data=data,
            skip_damaged=skip_damaged,
            engine=open_engine(engine, address, checkpoints),
            listener=tuning.TuningListener(
                on_event=print_note,
                on_pictures=pictures.show,
                on_progress=bars.show,
                on_trials=bars.plan_trials,
                on_trial=bars.finish_trial,
            ),
        )
    if as_json:
        print_json(findings.to_dict())
    else:
        _print_tuning(findings, folder)


def _print_tuning(findings: "Findings", folder: Path) -> None:
    """Print the best values next to the recipe's own, their accuracies, and what to do next."""
    from tenfold.cli.printing import new_table, out, percent, print_table
    from tenfold.files import as_typed
    from tenfold.tuning.page import headline, standfirst
    from tenfold.tuning.tune import recipe_file

    best, own = findings.best, findings.own
    if best:
        table = new_table("field", "recipe", "best")
        for name, value in best.values.items():
            table.add_row(name, f"{findings.own_values[name]:g}", f"{value:g}")
        table.add_section()
        table.add_row(
            "correct on held-out images",
            percent(own.accuracy or 0) if own else "",
            percent(best.accuracy or 0),
        )
        print_table(table)
    out.print(f"\n{headline(findings)}", style="bold", soft_wrap=True)
    out.print(standfirst(findings), soft_wrap=True)
    if best:
        file = folder / recipe_file(findings.recipe)
        then = f"tenfold study {findings.recipe} {as_typed(file)} --seeds 5"
        out.print(f"recipe: {file}   next: {then}", soft_wrap=True)
    out.print(f"report: {(folder / 'report.html').resolve().as_uri()}", soft_wrap=True)
