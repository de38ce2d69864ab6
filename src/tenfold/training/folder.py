"""A run's folder: what it already contains, and whether training can resume there."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from tenfold.errors import RunError, RunLockedError
from tenfold.files import write_json
from tenfold.recipes import Recipe
from tenfold.recipes.changes import change
from tenfold.recipes.own import own_recipe
from tenfold.runs.run import Run
from tenfold.runs.settings import Settings
from tenfold.training.fine_tuning import recipe_to_train
from tenfold.training.fingerprint import decisive_fields, fingerprint
from tenfold.training.source import network_digest

if TYPE_CHECKING:
    import keras

# A worker whose parent was killed needs a moment to notice and release its folder.
_LOCK_WAIT_S = 3
_ANOTHER_FOLDER = "choose another folder with --out"
REMEDY = f"{_ANOTHER_FOLDER}, or retrain with --again"


def recipe_of(settings: Settings) -> Recipe:
    """The recipe of a run with these settings. Runs the user's own file, if there is one."""
    if settings.network:
        return change(own_recipe(settings.network.place, settings.recipe), settings.changes or {})
    return change(recipe_to_train(settings.recipe, settings.fine_tuning), settings.changes or {})


def require_network(settings: Settings) -> None:
    """Raise RunError if the user's own network has changed since the run was planned."""
    network = settings.network
    if network and network_digest(network.place) != network.network_sha256:
        raise RunError(f"{network.place} changed since the run began; repeat the command")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Lock the folder. Raises RunLockedError if another process is training in it."""
    path.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path / "lock", timeout=_LOCK_WAIT_S):
            yield
    except Timeout:
        raise RunLockedError(
            f"another process is training in {path}; wait for it, or choose another --out"
        ) from None


def take_up(
    path: Path,
    settings: Settings,
    callbacks: Sequence["keras.callbacks.Callback"] = (),
    *,
    again: bool = False,
) -> Settings:
    """Prepare the folder for a run, and return its settings; a resumed run keeps its number of threads.

    A finished run with fewer epochs continues if its learning rate does not depend on their number. A run
    with other settings is deleted with `again`, and raises RunError without. The folder must be locked.
    """
    run = Run(path)
    if found := differences(run, settings, callbacks):
        if not again:
            # A tuning's trials are one search: a single one cannot be retrained.
            remedy = _ANOTHER_FOLDER if settings.held_out_only else REMEDY
            raise RunError(f"{path} holds a run with {', '.join(found)}; {remedy}")
        run.clear()
    if not run.started:
        return settings
    settings = replace(settings, threads=run.settings.threads)
    if settings.epochs > run.settings.epochs:
        run.result_path.unlink(missing_ok=True)
        write_json(run.recipe_path, {**run.recipe, "epochs": settings.epochs})
    return settings


def make_ready(
    path: Path,
    settings: Settings,
    callbacks: Sequence["keras.callbacks.Callback"] = (),
    *,
    again: bool = False,
) -> Settings:
    """`take_up`, before it is known which process will train."""
    if not Run(path).started:
        return settings
    with locked(path):
        return take_up(path, settings, callbacks, again=again)


def require_alike(folder: Path, planned: Mapping[Path, Settings]) -> None:
    """Raise RunError, naming all of them, if runs in `folder` differ from the `planned` ones."""
    named: dict[str, list[str]] = {}
    for path, settings in planned.items():
        if found := differences(Run(path), settings):
            named.setdefault(", ".join(found), []).append(path.name)
    if named:
        parts = [f"{found} ({', '.join(names)})" for found, names in named.items()]
        raise RunError(f"{folder} holds runs with {'; with '.join(parts)}; {REMEDY}")


def differences(
    run: Run, settings: Settings, callbacks: Sequence["keras.callbacks.Callback"] = ()
) -> list[str]:
    """How the run differs from the one planned now, such as "epochs=2 instead of 10".

    Runs of earlier versions lack some information: finished ones are accepted, unfinished ones cannot
    resume.
    """
    if not run.started:
        return []
    if not run.finished and "recipe_sha256" not in run.recipe:
        return ["an earlier version of tenfold"]
    begun, wanted = run.settings, replace(settings, threads=run.settings.threads)
    if begun.epochs < wanted.epochs and run.can_go_on:
        begun = replace(begun, epochs=wanted.epochs)
    made, now = decisive_fields(run.recipe), decisive_fields(fingerprint(recipe_of(settings), callbacks))
    theirs = {**begun.decisive(), **made}
    ours = {**wanted.decisive(), **{name: value for name, value in now.items() if name in made}}
    found = [
        _name(name, theirs, ours)
        for name in dict.fromkeys([*theirs, *ours])
        if theirs.get(name) != ours.get(name)
    ]
    if begun.epochs < wanted.epochs and run.recipe.get("epochs_decide"):
        found.append("a learning rate that depends on their number")
    return found


def _name(name: str, theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    match name:
        case "data_sha256":
            return "other data"
        case "digits_sha256":
            return "other digits of your own"
        case "start_sha256":
            return "another model to begin with"
        case "network_sha256" | "recipe_sha256":
            return f"another definition of its {name.partition('_')[0]}"
        case "callbacks":
            return f"{_listed(theirs[name])} instead of {_listed(ours[name])}"
    of_package = name.removeprefix("versions.")
    joint = "=" if of_package == name else " "
    return f"{of_package}{joint}{theirs.get(name)} instead of {ours.get(name)}"


def _listed(callbacks: Sequence[str]) -> str:
    return " and ".join(callbacks) or "no callbacks"
