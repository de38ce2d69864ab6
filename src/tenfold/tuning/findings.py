"""Results of the trials."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tenfold.evaluation import wilson_interval


@dataclass(frozen=True)
class Trial:
    """One training of the recipe with other values. Accuracies are on the held-out images."""

    number: int  # from 1
    given_up: bool
    values: dict[str, float]  # of all searched fields
    accuracies: tuple[float, ...]  # after each epoch

    @property
    def accuracy(self) -> float | None:
        """After its last epoch; None if it was pruned before the first one ended."""
        return self.accuracies[-1] if self.accuracies else None


@dataclass(frozen=True)
class Findings:
    """The trials of a tuning that have ended, in the order in which they began."""

    recipe: str
    epochs: int
    seed: int
    data: str
    held_out_images: int
    own_values: dict[str, float]  # the recipe's values before tuning
    trials: tuple[Trial, ...]
    importance: Mapping[str, float] | None  # sums to 1; None if there are too few trials

    @property
    def finished(self) -> list[Trial]:
        return [trial for trial in self.trials if not trial.given_up]

    @property
    def best(self) -> Trial | None:
        """The finished trial with the highest accuracy, the first of ties; None if there is none yet."""
        return max(self.finished, key=lambda trial: trial.accuracy or 0.0, default=None)

    @property
    def own(self) -> Trial | None:
        """The trial with the recipe's own values; None if it is not finished yet."""
        return next((trial for trial in self.finished if trial.values == self.own_values), None)

    @property
    def gain(self) -> float | None:
        """The best trial's accuracy minus that of the recipe's own values; None if either is missing."""
        if self.best is None or self.own is None:
            return None
        return (self.best.accuracy or 0.0) - (self.own.accuracy or 0.0)

    @property
    def within_chance(self) -> bool:
        """Whether the best lies within the 95 % interval of the recipe's own values on held-out images."""
        if self.best is None or self.own is None:
            return True
        n = self.held_out_images
        _, high = wilson_interval(round((self.own.accuracy or 0.0) * n), n)
        return (self.best.accuracy or 0.0) <= high

    def to_dict(self) -> dict[str, Any]:
        """JSON-serializable."""

        def plain(trial: Trial) -> dict[str, Any]:
            return {**asdict(trial), "accuracy": trial.accuracy}

        return {
            **{name: getattr(self, name) for name in ("recipe", "epochs", "seed", "data", "held_out_images")},
            "trials": [plain(trial) for trial in self.trials],
            "own": self.own and plain(self.own),
            "best": self.best and plain(self.best),
            "within_chance": self.within_chance,
            "importance": self.importance,
        }
