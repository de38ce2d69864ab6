"""Which trial is next and which is given up, by Optuna: one study for all processes that work in a folder.

The study is Optuna's journal, journal.log. Whatever changes it happens under tuning.lock, and a process holds
the lock of each trial that it trains: where a trial is said to run and its lock is free, its process is dead.
Such a trial is asked for again, with the same values and in the same folder, where its checkpoint lies.
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

# So many trials are drawn at random, and none is given up, before there is something to go by.
STARTUP_TRIALS = 5
ENOUGH_FOR_IMPORTANCE = 8
_SETTINGS, _SPACE, _FOLDER = "settings", "space", "folder"  # what is noted of the study, and of a trial


@dataclass(frozen=True)
class _Claim:
    """A trial that this process trains, its lock, and the epochs that Optuna knows of."""

    trial: "optuna.Trial"
    lock: FileLock
    reported: set[int]


class Search:
    """The search in `folder` for better values of `recipe`'s fields, until there are `n_trials` in all.

    `settings` are those of the trial with the recipe's own values, which is the first. Raises RunError if
    the folder holds another tuning or its journal is damaged, TenfoldError if Optuna is not installed.
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
        """The trials that this process is to train, each asked for when there is room for it."""
        while task := self._ask():
            yield task

    def goes_on(self, task: Task, _progress: Progress) -> bool:
        """Tell Optuna of the epochs that have ended, and give a trial up that promises less than the others,
        or whose loss is no number any more."""
        from optuna.trial import TrialState

        claim = self._claims[task.path]
        last = self._report(claim, Run(task.path))
        if not last or last["epoch"] >= self.settings.epochs:
            return True
        if math.isfinite(last["loss"]) and not claim.trial.should_prune():
            return True
        self._tell(task.path, TrialState.PRUNED)
        return False

    def give_up(self, task: Task) -> None:
        """Tell Optuna of a trial that diverged."""
        from optuna.trial import TrialState

        self._report(self._claims[task.path], Run(task.path))
        self._tell(task.path, TrialState.PRUNED)

    def finish(self, run: Run) -> None:
        """Tell Optuna what came of a trial that has seen its last epoch."""
        from optuna.trial import TrialState

        self._report(self._claims[run.path], run)
        accuracy = run.history[-1]["val_accuracy"]
        if math.isfinite(accuracy):
            self._tell(run.path, TrialState.COMPLETE, accuracy)
        else:
            self._tell(run.path, TrialState.PRUNED)

    def trials(self) -> tuple[Trial, ...]:
        """Those that came to an end, in the order in which they began."""
        told = [
            Trial(
                number=int(trial.user_attrs[_FOLDER]),
                given_up=trial.value is None or trial.state.name != "COMPLETE",
                values=self._as_fields(trial.params),
                accuracies=tuple(value for _, value in sorted(trial.intermediate_values.items())),
            )
            for trial in self._trials("COMPLETE", "PRUNED")
        ]
        return tuple(sorted(told, key=lambda trial: trial.number))

    def importance(self) -> dict[str, float] | None:
        """The share of each field in what tells the better half of the trials from all; None where they are
        too few to tell.

        PED-ANOVA: S. Watanabe, A. Bansal, F. Hutter, IJCAI 2023.
        """
        from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

        if len(self._trials("COMPLETE")) < ENOUGH_FOR_IMPORTANCE:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # equal trials tell nothing, and it says so
            return get_param_importances(
                self._study, evaluator=PedAnovaImportanceEvaluator(target_quantile=0.5)
            )

    def remove_checkpoints(self) -> None:
        """Delete those of the trials that came to an end."""
        for trial in self._trials("COMPLETE", "PRUNED"):
            Run(self._path(trial.user_attrs[_FOLDER])).checkpoint_path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the trials that have not come to an end: whoever goes on takes them up."""
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
        """Tell Optuna of the epochs of which it does not know; return the last of these, None without any."""
        if not run.history_path.exists():
            return None
        new = [epoch for epoch in run.history if int(epoch["epoch"]) not in claim.reported]
        for epoch in new:
            claim.trial.report(epoch["val_accuracy"], int(epoch["epoch"]))
            claim.reported.add(int(epoch["epoch"]))
        return new[-1] if new else None

    def _tell(self, path: Path, state: "optuna.trial.TrialState", accuracy: float | None = None) -> None:
        claim = self._claims.pop(path)
        with self.lock:
            self._study.tell(claim.trial, accuracy, state)
            claim.lock.release()

    def _agree_on(self, settings: Settings) -> Settings:
        """Those with which the tuning was begun; the number of threads decides a little, too."""
        noted = self._study.user_attrs
        space = {name: [range_.low, range_.high] for name, range_ in self._space.items()}
        if _SPACE not in noted:  # what is noted last
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
        """Values as a person would write them; the recipe's own as they are."""
        return {
            name: own if params[name] == own else rounded(params[name], self._space[name])
            for name, own in self.own_values.items()
        }

    def _sampler(self) -> "optuna.samplers.TPESampler":
        """With a seed of its own for each trial: another process, or a new one, draws other values."""
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

    # What a recipe is worth shows late where its learning rate rises first.
    return optuna.pruners.MedianPruner(STARTUP_TRIALS, n_warmup_steps=epochs // 3)
