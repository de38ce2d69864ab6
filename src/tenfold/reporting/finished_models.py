"""Finished models from files, evaluated on the runs' test images.

Their training data are unknown. If a model has seen the test images, its accuracy says nothing about others;
finished models are therefore not ranked.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tenfold import wording
from tenfold.cores import available_cores
from tenfold.errors import InputError
from tenfold.evaluation import (
    ClassBalance,
    Comparison,
    accuracy,
    class_balance,
    compare,
    cross_entropy,
    expected_calibration_error,
    wilson_interval,
    worst_mistakes,
)
from tenfold.reporting.systems import System
from tenfold.runs.data import load_data_of
from tenfold.runs.inference import ask_file
from tenfold.runs.predictions import Predictions
from tenfold.runs.run import MISTAKES_SHOWN, Run


@dataclass(frozen=True)
class FinishedModel:
    """A model in a file, and its answers for the test images."""

    label: str
    file_bytes: int
    predictions: Predictions
    path: Path


@dataclass(frozen=True)
class ModelMeasures:
    """One finished model. Fractions; `test_loss` in nats."""

    label: str
    file_bytes: int
    test_images: int
    test_accuracy: float
    test_low: float  # Wilson's 95 % interval
    test_high: float
    test_mistakes: int
    balance: ClassBalance
    test_loss: float
    mean_confidence: float  # the mean probability of the most likely class
    calibration_error: float


def ask_models(
    paths: Sequence[Path], runs: Sequence[Run], on_event: Callable[[str], object] | None = None
) -> list[FinishedModel]:
    """The answers of the models in the files `paths` for the test images of `runs`; empty without paths.

    They are named after their files, or by their paths if two files have the same name. Raises InputError if
    the runs' data are not available, and what `tenfold.runs.inference.ask_file` raises.
    """
    if not paths:
        return []
    run = runs[0]
    data = load_data_of(run, on_event)
    if data is None:
        raise InputError(
            f"expected the data {run.settings.data}, on which {run.path} was tested, to evaluate the models "
            "on the same images; it is missing, or changed"
        )
    names = [path.name for path in paths]
    models = []
    for path in dict.fromkeys(paths):
        probabilities = ask_file(path, data.x_test, available_cores(), len(data.class_names))
        shown = np.sort(worst_mistakes(data.y_test, probabilities, MISTAKES_SHOWN))
        models.append(
            FinishedModel(
                path.name if names.count(path.name) == 1 else str(path),
                path.stat().st_size,
                Predictions(probabilities, data.y_test, shown, data.x_test[shown]),
                path,
            )
        )
    return models


def measure_model(model: FinishedModel) -> ModelMeasures:
    """Compute all figures of one model."""
    labels, probabilities = model.predictions.labels, model.predictions.probabilities
    y_pred = model.predictions.y_pred
    right = int((y_pred == labels).sum())
    low, high = wilson_interval(right, len(labels))
    return ModelMeasures(
        label=model.label,
        file_bytes=model.file_bytes,
        test_images=len(labels),
        test_accuracy=accuracy(labels, y_pred),
        test_low=low,
        test_high=high,
        test_mistakes=len(labels) - right,
        balance=class_balance(labels, [y_pred]),
        test_loss=cross_entropy(labels, probabilities),
        mean_confidence=statistics.fmean(probabilities.max(axis=1).tolist()),
        calibration_error=expected_calibration_error(labels, probabilities),
    )


def compare_models(systems: Sequence[System], models: Sequence[FinishedModel]) -> list[Comparison]:
    """Compare every model, as the second of a pair, with every system and every other model.

    Holm's correction counts all pairs, including those of systems.
    """
    if not models:
        return []
    predicted = {system.label: [run.predictions.y_pred for run in system.runs] for system in systems}
    of_models = {model.label: [model.predictions.y_pred] for model in models}
    pairs = compare(models[0].predictions.labels, {**predicted, **of_models})
    return [pair for pair in pairs if pair.name_b in of_models]


def say_models(models: Sequence[ModelMeasures]) -> str | None:
    """Their accuracies, and why these may be misleading; None if there are no models."""
    if not models:
        return None
    parts = [
        f"{model.label} ({wording.percent(model.test_accuracy)} right, "
        f"{wording.percent_range(model.test_low, model.test_high)})"
        for model in models
    ]
    what, trained, means = (
        ("a finished model", "it was", "this accuracy means")
        if len(models) == 1
        else ("finished models", "they were", "these accuracies mean")
    )
    return (
        f"Not ranked: {wording.listing(parts)}, {what}. What {trained} trained on is unknown; if that "
        f"included the test images, {means} nothing."
    )
