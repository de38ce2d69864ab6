"""Tune one recipe: search, report, recipe file."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from tenfold import wording
from tenfold.engines import Engine, Listener, LocalEngine, Task
from tenfold.errors import DivergedError, InputError
from tenfold.files import as_typed
from tenfold.recipes import Recipe, load_recipe
from tenfold.recipes.changes import change, write_recipe_file
from tenfold.reporting.page import data_name
from tenfold.runs.run import Run
from tenfold.studies import load_digits
from tenfold.training.plan import plan_run, split_training
from tenfold.training.progress import Progress, ignore
from tenfold.tuning.findings import Findings, Trial
from tenfold.tuning.page import write_page
from tenfold.tuning.search import Search, require_optuna


@dataclass(frozen=True)
class TuningListener(Listener):
    """Additional callbacks for trials; the findings contain those that have ended."""

    on_trials: Callable[[Findings, int], object] = ignore  # before the first, with the total number
    on_trial: Callable[[Findings, Trial], object] = ignore  # after each


def tune(
    recipe: str,
    *,
    folder: str | Path | None = None,
    trials: int = 20,
    epochs: int | None = None,
    seed: int = 0,
    data: str = "mnist",
    skip_damaged: bool = False,
    engine: Engine | None = None,
    listener: TuningListener = TuningListener(),
) -> Findings:
    """Search for better values of the fields in `recipe`'s space, with at most `trials` trainings.

    All trials hold out the same images, chosen by `seed`, and are compared on them; test images are not used.
    The first trial has the recipe's own values. `folder`, by default runs/tune-RECIPE, holds the trials,
    report.html and a recipe file with the best values; trials that ended there before count, interrupted ones
    resume, and other processes may use the folder at the same time. The `listener` is notified of progress.

    Raises InputError for a recipe without a space or a number out of range, RunError if `folder` holds
    another tuning or a trial fails, TenfoldError if Optuna is not installed.
    """
    require_optuna()
    planned, engine = load_recipe(recipe), engine or LocalEngine()
    if not planned.space:
        raise InputError(f"expected a recipe with a search space, received {recipe}, which has none")
    if trials < 1:
        raise InputError(f"expected at least 1 trial, received {trials}")
    digits, spec = load_digits(data, listener, skip_damaged=skip_damaged)
    settings = plan_run(
        planned,
        spec,
        digits.sha256,
        seed=seed,
        epochs=epochs,
        threads=engine.threads(trials),
        held_out_only=True,
    )
    held_out = len(split_training(digits, settings.split_seed)[1][1])
    if not held_out:
        raise InputError(f"expected at least 10 training images, some of them to hold out, received {data}")
    folder = default_tuning_folder(recipe) if folder is None else Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with closing(Search(folder, planned, settings, trials)) as search:

        def find() -> Findings:
            return _find(search, planned, digits.name, held_out)

        def ended(path: Path) -> None:
            with search.lock:  # so that an older page cannot replace a newer one
                findings = find()
                _write(findings, planned, folder)
            listener.on_trial(findings, next(one for one in findings.trials if one.number == int(path.name)))

        def goes_on(task: Task, progress: Progress) -> bool:
            if search.goes_on(task, progress):
                return True
            ended(task.path)
            return False

        def finished(run: Run) -> None:
            search.finish(run)
            ended(run.path)

        def diverged(task: Task, _error: DivergedError) -> None:
            search.give_up(task)
            ended(task.path)

        listener.on_trials(find(), trials)
        engine.train(
            search.tasks(), replace(listener, on_finished=finished, goes_on=goes_on, on_diverged=diverged)
        )
        with search.lock:
            search.remove_checkpoints()
            _write(find(), planned, folder)
        return find()


def default_tuning_folder(recipe: str) -> Path:
    """The default folder of a tuning."""
    return Path("runs") / f"tune-{Path(recipe).stem}"


def recipe_file(recipe: str) -> str:
    """The name of the file with the best values for `recipe`."""
    return f"{recipe}-tuned.toml"


def _find(search: Search, recipe: Recipe, data: str, held_out: int) -> Findings:
    return Findings(
        recipe=recipe.name,
        epochs=search.settings.epochs,
        seed=search.settings.seed,
        data=data,
        held_out_images=held_out,
        own_values=search.own_values,
        trials=search.trials(),
        importance=search.importance(),
    )


def _write(findings: Findings, recipe: Recipe, folder: Path) -> None:
    """Write the report and, once there is a best trial, the recipe file."""
    path = folder / recipe_file(recipe.name)
    if findings.best:
        changed = change(load_recipe(recipe.name), {**(recipe.changes or {}), **findings.best.values})
        write_recipe_file(path, recipe.name, changed.changes or {}, _remarks(findings, recipe, path))
    write_page(findings, recipe, path, folder / "report.html")


def _remarks(findings: Findings, recipe: Recipe, path: Path) -> str:
    """The head of a recipe file, like a recipe's: what it is, its source and what to expect."""
    best, own = findings.best, findings.own
    accuracy = wording.percent((best and best.accuracy) or 0.0)
    before = f"; the recipe's own values: {wording.percent(own.accuracy or 0.0)}" if own else ""
    with_epochs = "" if findings.epochs == recipe.epochs else f" --epochs {findings.epochs}"
    where = as_typed(path)
    return (
        f"{path.stem}: {recipe.name}, tuned.\n\n"
        f"Source    the best of {wording.plural(len(findings.trials), 'trial')} of tenfold tune "
        f"{recipe.name} on {data_name(findings.data)}\n"
        f"Command   tenfold train {where}{with_epochs}\n"
        f"Expect    somewhat less than {accuracy}, its accuracy on the {findings.held_out_images:,}\n"
        f"          held-out images on which it was chosen{before}\n"
        f"Compare   tenfold study {recipe.name} {where} --seeds 5"
    ).replace(wording.NO_BREAK, " ")
