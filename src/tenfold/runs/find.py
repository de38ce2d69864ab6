"""Find runs in folders."""

from pathlib import Path

from tenfold.errors import InputError
from tenfold.runs.run import Run


def runs_in(folder: Path) -> list[Run]:
    """The runs, finished or not, that `folder` is or contains; may be empty."""
    return [run for run in map(Run, [folder, *sorted(folder.glob("*/"))]) if run.started]


def open_run(path: str | Path) -> Run:
    """Open the finished run in the folder `path`; raises InputError if there is none.

    >>> tenfold.open_run("runs/few").result["epochs"]
    2
    """
    run = Run(Path(path))
    if not run.started:
        raise InputError(f"expected the folder of a run, with a recipe.json, received {path}")
    if run.diverged:
        raise InputError(f"{path} has no result: {run.divergence}")
    if not run.finished:
        raise InputError(f"{path} is not finished; the command that began it continues where it stopped")
    return run
