"""Optuna's journal of a study, robust against killed processes and crashed machines."""

from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from tenfold.errors import RunError

if TYPE_CHECKING:
    import optuna


def open_study(journal: Path, lock: FileLock, pruner: "optuna.pruners.BasePruner") -> "optuna.Study":
    """The study in the file `journal`, created if missing; changed only under `lock`.

    Raises RunError if it is damaged.
    """
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    _cut_half_a_line(journal)
    try:
        # It only needs acquire and release, and this lock is free once its process is dead.
        backend = JournalFileBackend(str(journal), lock_obj=lock)  # type: ignore[arg-type]
        return optuna.create_study(
            storage=JournalStorage(backend),
            study_name="tenfold",
            direction="maximize",
            load_if_exists=True,
            pruner=pruner,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(journal, str(error)) from None


def damaged(journal: Path, how: str) -> RunError:
    """The error for a damaged journal."""
    return RunError(f"{journal} is damaged ({how}); delete its folder and start again")


def _cut_half_a_line(journal: Path) -> None:
    """Cut off a partial last line, left by a crash, which Optuna could not skip."""
    if not journal.exists():
        return
    with journal.open("rb+") as file:
        content = file.read()
        file.truncate(content.rfind(b"\n") + 1)
