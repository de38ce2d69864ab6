"""A run folder as the names and numbers that trackers show; docs/tracking.md lists them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from tenfold.errors import InputError
from tenfold.runs.find import runs_in
from tenfold.runs.run import Run

Parameter = str | int | float | bool

_NO_PARAMETERS = (
    "data_sha256", "documented_accuracy", "epochs_decide", "layers", "recipe_sha256", "started", "summary",
    "validated_on_test", "versions",
)  # fmt: skip
SECONDS_PER_EPOCH = "cost/seconds_per_epoch"
_FIGURES = {
    "accuracy/test": "test_accuracy",
    "accuracy/test_confirmed": "test_accuracy_confirmed",
    "loss/test": "test_loss",
    "calibration/error": "calibration_error",
    "cost/parameters": "parameters",
    "cost/multiply_adds": "multiply_adds",
    "cost/seconds": "seconds",
    "cost/microseconds_per_digit": "microseconds_per_digit",
    "cost/onnx_bytes": "onnx_bytes",
}


@dataclass(frozen=True)
class Epoch:
    """A finished epoch; `figures` have keys (name, part), such as ("loss", "train")."""

    number: int  # from 1
    seconds: float
    ended: float  # seconds since 1970, as if training had never paused
    figures: dict[tuple[str, str], float]


def identity(run: Run) -> str:
    """32 hexadecimal digits that identify a run, even after its folder is copied."""
    said = json.dumps([run.recipe["started"], run.settings.to_dict()], sort_keys=True)
    return sha256(said.encode()).hexdigest()[:32]


def began(run: Run) -> float:
    """When training began, in seconds since 1970."""
    return datetime.strptime(run.recipe["started"], "%Y-%m-%dT%H:%M:%S%z").timestamp()


def parameters(run: Run) -> dict[str, Parameter]:
    """Settings and hyper-parameters; nested ones get names such as optimizer.learning_rate."""
    return dict(_flat({key: value for key, value in run.recipe.items() if key not in _NO_PARAMETERS}))


def facts(run: Run) -> dict[str, str]:
    """The run's identity and versions."""
    return {
        "run": identity(run),
        "recipe": run.settings.recipe,
        "label": run.label,
        "data_sha256": run.settings.data_sha256,
        **{f"version.{name}": version for name, version in run.recipe["versions"].items()},
    }


def epochs(run: Run) -> list[Epoch]:
    """The finished epochs on disk."""
    if not run.history_path.exists():
        return []
    found, ended = [], began(run)
    for row in run.history:
        ended += row["seconds"]
        figures = {_place(key): value for key, value in row.items() if key not in ("epoch", "seconds")}
        found.append(Epoch(int(row["epoch"]), row["seconds"], ended, figures))
    return found


def figures(run: Run) -> dict[str, float]:
    """The figures of a finished run."""
    known = {name: run.result.get(key) for name, key in _FIGURES.items()}
    own = run.result.get("own_digits", {})
    known |= {"accuracy/own_digits": own.get("accuracy")}
    known |= {"accuracy/own_digits_before": own.get("accuracy_before")}
    return {name: float(value) for name, value in known.items() if value is not None}


def robustness(run: Run) -> dict[str, list[tuple[int, float]]]:
    """(level, accuracy) of each disturbance, by names such as robustness/shift_by_pixels."""
    measured = {
        name: levels
        for name, levels in run.result.get("robustness", {}).items()
        if isinstance(levels, Mapping)
    }
    return {
        f"robustness/{name}_by_{unit}": list(zip(levels[unit], levels["accuracy"], strict=True))
        for name, levels in measured.items()
        for unit in levels
        if unit != "accuracy"
    }


def in_study(run: Run) -> bool:
    """Whether the run's parent folder is a study's."""
    folder = run.path.resolve().parent
    return any((folder / name).exists() for name in ("study.lock", "report.html"))


def begun_runs(folders: Sequence[Path]) -> list[Run]:
    """The runs, finished or not, in or at `folders`; raises InputError for a folder without any."""
    found: dict[Path, Run] = {}
    for folder in folders:
        inside = runs_in(folder)
        if not inside:
            raise InputError(f"expected the folder of a run or of a study, received {folder}")
        found |= {run.path.resolve(): run for run in inside}
    return list(found.values())


def _place(key: str) -> tuple[str, str]:
    return (key.removeprefix("val_"), "validation") if key.startswith("val_") else (key, "train")


def _flat(nested: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Parameter]]:
    for key, value in nested.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, Parameter):
            yield prefix + key, value
        elif value is not None:
            yield prefix + key, json.dumps(value)
