"""Group runs into systems: the same recipe trained the same way, one run per seed."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from tenfold.errors import InputError
from tenfold.runs.run import Run

Kind = Literal["CNN", "MLP"]


@dataclass(frozen=True)
class System:
    """All runs with one label, by seed. The first one is shown in detail."""

    label: str
    runs: tuple[Run, ...]

    @property
    def first(self) -> Run:
        return self.runs[0]

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(run.settings.seed for run in self.runs)

    @property
    def permuted(self) -> bool:
        return self.first.settings.permuted

    @cached_property
    def kind(self) -> Kind:
        """A network with a convolution is a CNN, any other an MLP."""
        return (
            "CNN" if any(layer["name"].startswith("Conv") for layer in self.first.recipe["layers"]) else "MLP"
        )


@dataclass(frozen=True)
class Study:
    """The subject of a report: systems trained and tested on the same data, in the given order."""

    systems: tuple[System, ...]  # trained on unpermuted pixels
    permuted: tuple[System, ...]  # the same recipes, trained on permuted pixels
    diverged: tuple[Run, ...] = ()  # runs without a result

    def permuted_twin(self, system: System) -> System | None:
        """The same recipe trained on permuted pixels; None if there is none."""
        settings = system.first.settings
        for twin in self.permuted:
            other = twin.first.settings
            if (other.recipe, other.as_written, other.changes) == (
                settings.recipe,
                settings.as_written,
                settings.changes,
            ):
                return twin
        return None


def sort_runs(runs: Sequence[Run]) -> Study:
    """Group finished runs into systems, and collect diverged ones separately.

    Raises InputError if they cannot be compared: none at all, unfinished, on different data, one label with
    different numbers of epochs or the same seed twice, or all of them permuted.
    """
    given = list({run.path.resolve(): run for run in runs}.values())
    diverged = tuple(run for run in given if run.diverged)
    runs = [run for run in given if run not in diverged]
    _require_finished(runs)
    labelled = _label(runs)
    systems = [_gather(label, own) for label, own in labelled.items()]
    study = Study(
        systems=tuple(system for system in systems if not system.permuted),
        permuted=tuple(system for system in systems if system.permuted),
        diverged=diverged,
    )
    if not study.systems:
        raise InputError("expected a run whose pixels are not permuted, received none; add one to the report")
    _require_same_data(run for system in study.systems for run in system.runs)
    return study


def _label(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """The runs by label; "as written" is omitted if it applies to all of them."""
    all_as_written = all(run.settings.as_written and not run.settings.permuted for run in runs)
    labelled: dict[str, list[Run]] = {}
    for run in runs:
        labelled.setdefault(run.settings.recipe if all_as_written else run.label, []).append(run)
    return labelled


def _require_finished(runs: Sequence[Run]) -> None:
    if not runs:
        raise InputError("expected at least one finished run, received none; train one with tenfold train")
    for run in runs:
        if not run.finished:
            raise InputError(
                f"{run.path} is not finished; the command that began it continues where it stopped"
            )


def _gather(label: str, runs: Sequence[Run]) -> System:
    own = sorted(runs, key=lambda run: run.settings.seed)
    for earlier, later in itertools.pairwise(own):
        if earlier.settings.seed == later.settings.seed:
            raise InputError(
                f"{earlier.path} and {later.path} hold {label} with the same seed, {later.settings.seed}; "
                + _remedy(earlier, later)
            )
    for run in own:
        if run.settings.epochs != own[0].settings.epochs:
            raise InputError(
                f"{label} was trained for {own[0].settings.epochs} epochs in {own[0].path} and for "
                f"{run.settings.epochs} in {run.path}; report them separately"
            )
    return System(label, tuple(own))


def _remedy(one: Run, other: Run) -> str:
    """What to do about two runs that would belong to the same system."""
    networks = [run.settings.network and run.settings.network.network_sha256 for run in (one, other)]
    if networks[0] == networks[1]:
        return "leave one of them out"
    return "they are different networks: give each a name, as in keras.Sequential(..., name='mlp'), and train"


def _require_same_data(runs: Iterable[Run]) -> None:
    first, *others = runs
    for other in others:
        if other.settings.data_sha256 != first.settings.data_sha256:
            raise InputError(
                f"{first.path} was trained on {first.settings.data} and {other.path} on other data "
                f"({other.settings.data}); report them separately"
            )
