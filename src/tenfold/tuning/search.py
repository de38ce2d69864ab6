"""Choose and prune trials with Optuna: one study for all processes that share a folder.

The study is Optuna's journal, journal.log. It is changed only under tuning.lock, and a process holds the lock
of each trial it trains: if a running trial's lock is free, its process is dead. Such a trial is repeated with
the same values in the same folder, where its checkpoint is.
"""

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from tenfold.engines import Task
from tenfold.errors import RunError, TenfoldError
from tenfold.recipes import Recipe, load_recipe
from tenfold.recipes.changes import change
from tenfold.runs.run import Run
from tenfold.runs.settings import Settings
from tenfold.training.progress import Progress
from tenfold.tuning.findings import Trial
from tenfold.tuning.journal import damaged, open_study
from tenfold.tuning.space import distributions, rounded

if TYPE_CHECKING:
    import optuna

# The first trials are random, and none of them is pruned.
STARTUP_TRIALS = 5
ENOUGH_FOR_IMPORTANCE = 8
_SETTINGS, _SPACE, _FOLDER = "settings", "space", "folder"  # attributes of the study, and of a trial


@dataclass(frozen=True)
class _Claim:
    """A trial that this process trains, its lock, and the number of epochs reported to Optuna."""

    trial: "optuna.Trial"
    lock: FileLock
    reported: set[int]


class Search:
    """The search in `folder` for better values of `recipe`'s fields, with `n_trials` trials in total.

    `settings` are those of the first trial, which has the recipe's own values. Raises RunError if the folder
    holds another tuning or its journal is damaged, TenfoldError if Optuna is not installed.
    """

    def __init__(self, folder: Path, recipe: Recipe, settings: Settings, n_trials: int) -> None:
        self._folder, self._recipe, self._n_trials = folder, recipe, n_trials
        self._space = dict(recipe.space or {})
        self._claims: dict[Path, _Claim] = {}
        self.lock = FileLock(folder / "tuning.lock")
        self.own_values = {name: getattr(recipe, name) for name in self._space}
        with self.lock:
            self._study = open_study(folder / "journal.log", self.lock, _pruner(settings.epochs))
            self.settings = self._agree_on(settings)
            self._require_whole_trials()
            self.remove_checkpoints()

    def tasks(self) -> Iterator[Task]:
        """The trials this process should train, each chosen when there is room for it."""
        while task := self._ask():
            yield task

    def goes_on(self, task: Task, _progress: Progress) -> bool:
        """Report finished epochs to Optuna, and prune a trial that is less promising than the others, or
        whose loss became NaN or infinite."""
        from optuna.trial import TrialState

        claim = self._claims[task.path]
        last = self._report(claim, Run(task.path))
        if not last or last["epoch"] >= self.settings.epochs:
            return True
        if math.isfinite(last["loss"]) and not claim.trial.should_prune():
            return True
        self._report_state(task.path, TrialState.PRUNED)
        return False

    def give_up(self, task: Task) -> None:
        """Report a diverged trial to Optuna."""
        from optuna.trial import TrialState

        self._report(self._claims[task.path], Run(task.path))
        self._report_state(task.path, TrialState.PRUNED)

    def finish(self, run: Run) -> None:
        """Report the result of a finished trial to Optuna."""
        from optuna.trial import TrialState

        self._report(self._claims[run.path], run)
        accuracy = run.history[-1]["val_accuracy"]
        if math.isfinite(accuracy):
            self._report_state(run.path, TrialState.COMPLETE, accuracy)
        else:
            self._report_state(run.path, TrialState.PRUNED)

    def trials(self) -> tuple[Trial, ...]:
        """The trials that have ended, in the order in which they began."""
        found = [
            Trial(
                number=int(trial.user_attrs[_FOLDER]),
                given_up=trial.value is None or trial.state.name != "COMPLETE",
                values=self._as_fields(trial.params),
                accuracies=tuple(value for _, value in sorted(trial.intermediate_values.items())),
            )
            for trial in self._trials("COMPLETE", "PRUNED")
        ]
        return tuple(sorted(found, key=lambda trial: trial.number))

    def importance(self) -> dict[str, float] | None:
        """Each field's importance in distinguishing the better half of the trials from all; None if there are
        too few trials.

        PED-ANOVA: S. Watanabe, A. Bansal, F. Hutter, IJCAI 2023.
        """
        from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

        if len(self._trials("COMPLETE")) < ENOUGH_FOR_IMPORTANCE:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns if all trials are equal
            return get_param_importances(
                self._study, evaluator=PedAnovaImportanceEvaluator(target_quantile=0.5)
            )

    def remove_checkpoints(self) -> None:
        """Delete the checkpoints of trials that have ended."""
        for trial in self._trials("COMPLETE", "PRUNED"):
            Run(self._path(trial.user_attrs[_FOLDER])).checkpoint_path.unlink(missing_ok=True)

    def close(self) -> None:
        """Release unfinished trials, so that another process can resume them."""
        for claim in self._claims.values():
            claim.lock.release()
        self._claims.clear()

    def _ask(self) -> Task | None:
        with self.lock:
            self.remove_checkpoints()
            self._ask_again_for_the_dead()
            if len(self._trials("RUNNING", "COMPLETE", "PRUNED")) >= self._n_trials:
                return None
            self._study.sampler = self._sampler()
            trial = self._study.ask(distributions(self._space))
            if _FOLDER not in trial.user_attrs:
                trial.set_user_attr(_FOLDER, self._next_folder())
            path = self._path(trial.user_attrs[_FOLDER])
            lock = _lock_of(path)
            lock.acquire(timeout=0)
            self._claims[path] = _Claim(trial, lock, set())
        values = {**(self._recipe.changes or {}), **self._as_fields(trial.params)}
        changed = change(load_recipe(self._recipe.name), values)
        return Task(path, replace(self.settings, changes=changed.changes))

    def _ask_again_for_the_dead(self) -> None:
        from optuna.trial import TrialState

        for trial in self._trials("RUNNING"):
            noted = {key: trial.user_attrs[key] for key in trial.user_attrs if key == _FOLDER}
            if noted and not self._is_dead(self._path(noted[_FOLDER])):
                continue
            self._study.tell(trial.number, state=TrialState.FAIL)
            asked = {**trial.system_attrs.get("fixed_params", {}), **trial.params}
            self._study.enqueue_trial(asked, user_attrs=noted)

    def _is_dead(self, trial: Path) -> bool:
        if trial in self._claims:
            return False
        try:
            with _lock_of(trial).acquire(timeout=0):
                return True
        except Timeout:
            return False

    def _report(self, claim: _Claim, run: Run) -> dict[str, float] | None:
        """Report new epochs to Optuna; return the last of them, or None."""
        if not run.history_path.exists():
            return None
        new = [epoch for epoch in run.history if int(epoch["epoch"]) not in claim.reported]
        for epoch in new:
            claim.trial.report(epoch["val_accuracy"], int(epoch["epoch"]))
            claim.reported.add(int(epoch["epoch"]))
        return new[-1] if new else None

    def _report_state(
        self, path: Path, state: "optuna.trial.TrialState", accuracy: float | None = None
    ) -> None:
        claim = self._claims.pop(path)
        with self.lock:
            self._study.tell(claim.trial, accuracy, state)
            claim.lock.release()

    def _agree_on(self, settings: Settings) -> Settings:
        """The settings the tuning began with; even the number of threads matters slightly."""
        noted = self._study.user_attrs
        space = {name: [range_.low, range_.high] for name, range_ in self._space.items()}
        if _SPACE not in noted:  # written last
            self._study.set_user_attr(_SETTINGS, settings.to_dict())
            self._study.enqueue_trial(self.own_values, skip_if_exists=True)
            self._study.set_user_attr(_SPACE, space)
            return settings
        begun = Settings.from_dict(noted[_SETTINGS])
        settings = replace(settings, threads=begun.threads)
        differences = begun.differences(settings) or (noted[_SPACE] != space and "another space")
        if differences:
            raise RunError(
                f"{self._folder} holds a tuning with {differences}; delete it, or choose another folder with "
                "--out"
            )
        return settings

    def _require_whole_trials(self) -> None:
        for trial in self._trials("COMPLETE", "PRUNED"):
            if _FOLDER not in trial.user_attrs or not self._space.keys() <= trial.params.keys():
                raise damaged(self._folder / "journal.log", f"trial {trial.number} lacks values")

    def _as_fields(self, params: dict[str, float]) -> dict[str, float]:
        """Rounded values; the recipe's own are unchanged."""
        return {
            name: own if params[name] == own else rounded(params[name], self._space[name])
            for name, own in self.own_values.items()
        }

    def _sampler(self) -> "optuna.samplers.TPESampler":
        """A sampler with a different seed per trial, so that processes draw different values."""
        import optuna

        seed = self.settings.seed + len(self._study.get_trials(deepcopy=False))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            return optuna.samplers.TPESampler(
                n_startup_trials=STARTUP_TRIALS, constant_liar=True, seed=seed % 2**32
            )

    def _next_folder(self) -> str:
        taken = {trial.user_attrs.get(_FOLDER) for trial in self._study.get_trials(deepcopy=False)} - {None}
        return f"{len(taken) + 1:04d}"

    def _path(self, folder: str) -> Path:
        return self._folder / "trials" / folder

    def _trials(self, *states: str) -> "list[optuna.trial.FrozenTrial]":
        from optuna.trial import TrialState

        return self._study.get_trials(deepcopy=False, states=[TrialState[state] for state in states])


def _lock_of(trial: Path) -> FileLock:
    trial.mkdir(parents=True, exist_ok=True)
    return FileLock(trial / "tuner.lock")


def require_optuna() -> None:
    """Raise TenfoldError if Optuna is not installed."""
    if find_spec("optuna") is None:
        raise TenfoldError("tuning needs Optuna: pip install 'tenfold[train,tune]'")


def _pruner(epochs: int) -> "optuna.pruners.MedianPruner":
    import optuna

    # Recipes with a warm-up show their quality late.
    return optuna.pruners.MedianPruner(STARTUP_TRIALS, n_warmup_steps=epochs // 3)
