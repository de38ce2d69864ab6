"""The figures of one system over all its runs, and the effect of permuted pixels."""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tenfold import wording
from tenfold.data.dataset import DIGIT_NAMES
from tenfold.evaluation import (
    ClassBalance,
    Comparison,
    class_balance,
    compare,
    holm,
    summarize_seeds,
    wilson_interval,
)
from tenfold.evaluation.comparison import SIGNIFICANCE_LEVEL
from tenfold.recipes import RECIPES, load_recipe
from tenfold.recipes.changes import change
from tenfold.reporting.systems import Kind, Study, System
from tenfold.runs.figures import mean_curve
from tenfold.runs.run import Run
from tenfold.runs.settings import Settings


@dataclass(frozen=True)
class Disturbance:
    """Accuracy as a function of the disturbance's strength; means over the seeds."""

    unit: str  # "pixels", "degrees" or "grey_levels"
    images: int  # test images used
    levels: tuple[float, ...]
    accuracy: tuple[float, ...]


@dataclass(frozen=True)
class Mistake:
    """The most frequent confusion."""

    true: int
    predicted: int
    times: float


@dataclass(frozen=True)
class Measures:
    """One system. Figures are means over its seeds; accuracies are fractions."""

    label: str
    recipe: str
    variant: str  # of the recipe: "tuned" with the start of its changes' checksum, or empty
    kind: Kind
    introduction: str  # the network in words, such as "CNN, 3 convolutions, 122k weights"
    as_written: bool
    permuted: bool
    validated_on_test: bool  # whether the validation curve is from the test images
    seeds: tuple[int, ...]
    epochs: float  # trained; callbacks may have stopped earlier than planned
    planned_epochs: int
    own_epochs: int  # the recipe's
    threads: int
    parameters: int
    multiply_adds: int  # per image
    train_images: int
    validation_images: int
    test_images: int
    n: int  # seeds
    test_accuracy: float
    standard_deviation: float | None  # of the test accuracy over seeds; None with a single seed,
    seeds_low: float | None  # like the ends of Student's 95 % interval for the mean over seeds
    seeds_high: float | None
    test_low: float  # Wilson's 95 % interval for the mean number of correct test images
    test_high: float
    test_mistakes: float
    balance: ClassBalance
    commonest_mistake: Mistake | None
    test_loss: float
    train_accuracy: float  # of the weights kept: the running mean of their epoch
    validation_accuracy: float | None
    best_epoch: int | None  # with the lowest mean validation loss, from 1
    validation_loss_rise: float | None  # from there to the last epoch, relative to the lowest
    mean_confidence: float  # the mean probability of the most likely class
    calibration_error: float
    seconds: float  # of training
    microseconds_per_digit: float  # one image at a time on one core, ONNX Runtime
    weights_bytes: int
    onnx_bytes: int
    documented_accuracy: tuple[float, float] | None
    shift: Disturbance
    rotation: Disturbance
    noise: Disturbance


@dataclass(frozen=True)
class PermutationEffect:
    """The effect on a system of putting all images' pixels in one random order."""

    label: str
    kind: Kind
    seeds: int
    permuted_seeds: int
    accuracy: float
    permuted_accuracy: float
    difference: float  # permuted_accuracy - accuracy
    p_holm: float  # exact McNemar tests, adjusted over the systems
    established: bool  # whether the difference is significant


@dataclass(frozen=True)
class Evidence:
    """The evidence for the conclusion; `systems`, at least one, are those with unpermuted pixels."""

    systems: Sequence[Measures]
    comparisons: Sequence[Comparison]
    effects: Sequence[PermutationEffect]
    class_names: Sequence[str] = DIGIT_NAMES
    diverged: Sequence[Run] = ()
    models: Sequence[str] = ()  # the names of finished models

    @property
    def things(self) -> str:
        """What the images show, as a plural noun."""
        return things_of(self.class_names)

    @property
    def ranked(self) -> list[Measures]:
        """The systems by mean test accuracy, the best first."""
        return sorted(self.systems, key=lambda system: -system.test_accuracy)

    def between(self, a: Measures, b: Measures) -> Comparison:
        """The comparison of two systems."""
        wanted = {a.label, b.label}
        return next(each for each in self.comparisons if {each.name_a, each.name_b} == wanted)

    @property
    def first_look(self) -> str:
        """Why the study is only a first look; empty if it is not."""
        return first_look(self.systems)

    @property
    def rivals(self) -> list[Measures]:
        """The systems that are not significantly worse than the one with the highest accuracy."""
        leader, *others = self.ranked
        return [other for other in others if self.between(leader, other).better != leader.label]


def first_look(systems: Sequence[Measures]) -> str:
    """Why a study is only a first look, such as "1 epoch, one seed"; empty if it is not.

    It is one if every system was trained with a single seed, for fewer epochs than its recipe says.
    """
    if not all(system.n == 1 and system.planned_epochs < system.own_epochs for system in systems):
        return ""
    epochs = sorted({system.planned_epochs for system in systems})
    most = wording.plural(epochs[-1], "epoch")
    return f"{most if len(epochs) == 1 else f'{epochs[0]} to {most}'}, one seed"


def things_of(class_names: Sequence[str]) -> str:
    """What images of these classes show, as a plural noun."""
    return "digits" if tuple(class_names) == DIGIT_NAMES else "images"


def labels_of(systems: Sequence[Measures]) -> str:
    """The systems' names as one phrase."""
    return wording.listing([system.label for system in systems])


def measure(system: System) -> Measures:
    """Compute all figures of one system from its run folders."""
    first, results = system.first, [run.result for run in system.runs]
    settings, figures = first.settings, first.result

    def mean(key: str) -> float:
        return statistics.fmean(result[key] for result in results)

    test_images = int(figures["test_images"])
    accuracy = summarize_seeds(result["test_accuracy"] for result in results)
    low, high = wilson_interval(round(accuracy.mean * test_images), test_images)
    best_epoch, rise = _turning_point(mean_curve([run.history for run in system.runs], "val_loss"))
    validation = [result["validation_accuracy"] for result in results]
    return Measures(
        label=system.label,
        recipe=settings.recipe,
        variant=settings.variant,
        kind=system.kind,
        introduction=_introduce(system),
        as_written=settings.as_written,
        permuted=settings.permuted,
        validated_on_test=first.recipe["validated_on_test"],
        seeds=system.seeds,
        epochs=statistics.fmean(len(run.history) for run in system.runs),
        planned_epochs=settings.epochs,
        own_epochs=_own_epochs(settings),
        threads=settings.threads,
        parameters=figures["parameters"],
        multiply_adds=figures["multiply_adds"],
        train_images=figures["train_images"],
        validation_images=figures["validation_images"],
        test_images=test_images,
        n=accuracy.n,
        test_accuracy=accuracy.mean,
        standard_deviation=accuracy.standard_deviation,
        seeds_low=accuracy.low,
        seeds_high=accuracy.high,
        test_low=low,
        test_high=high,
        test_mistakes=statistics.fmean(
            int((run.predictions.y_pred != run.predictions.labels).sum()) for run in system.runs
        ),
        balance=class_balance(first.predictions.labels, _predicted(system)),
        commonest_mistake=_commonest_mistake(system),
        test_loss=mean("test_loss"),
        train_accuracy=mean("train_accuracy"),
        validation_accuracy=None if None in validation else mean("validation_accuracy"),
        best_epoch=best_epoch,
        validation_loss_rise=rise,
        mean_confidence=statistics.fmean(
            float(run.predictions.probabilities.max(axis=1).mean(dtype=np.float64)) for run in system.runs
        ),
        calibration_error=mean("calibration_error"),
        seconds=mean("seconds"),
        microseconds_per_digit=mean("microseconds_per_digit"),
        weights_bytes=figures["weights_bytes"],
        onnx_bytes=figures["onnx_bytes"],
        documented_accuracy=first.documented_accuracy,
        shift=_disturbance(system, "shift", "pixels"),
        rotation=_disturbance(system, "rotation", "degrees"),
        noise=_disturbance(system, "noise", "grey_levels"),
    )


def compare_systems(study: Study) -> list[Comparison]:
    """Compare every pair of systems, without permuted ones."""
    labels = study.systems[0].first.predictions.labels
    return compare(labels, {system.label: _predicted(system) for system in study.systems})


def measure_permutation(study: Study) -> list[PermutationEffect]:
    """The effect of permutation on each system trained both ways."""
    pairs = [(system, twin) for system in study.systems if (twin := study.permuted_twin(system))]
    if not pairs:
        return []
    labels = study.systems[0].first.predictions.labels
    tests = [
        compare(labels, {system.label: _predicted(system), twin.label: _predicted(twin)})[0]
        for system, twin in pairs
    ]
    adjusted = holm([test.p_value for test in tests])
    return [
        PermutationEffect(
            label=system.label,
            kind=system.kind,
            seeds=len(system.runs),
            permuted_seeds=len(twin.runs),
            accuracy=test.accuracy_a,
            permuted_accuracy=test.accuracy_b,
            difference=test.difference,
            p_holm=float(p),
            established=test.better is not None and bool(p < SIGNIFICANCE_LEVEL),
        )
        for (system, twin), test, p in zip(pairs, tests, adjusted, strict=True)
    ]


def _introduce(system: System) -> str:
    """The kind of network, its trainable layers and number of weights."""
    names = [layer["name"] for layer in system.first.recipe["layers"]]
    convolutions = sum(name.startswith("Conv") for name in names)
    hidden = sum(name.startswith("Dense") for name in names) - 1
    weights = f"{wording.compact(system.first.result['parameters'])} weights"
    layers = (
        wording.plural(convolutions, "convolution")
        if convolutions
        else wording.plural(hidden, "hidden layer")
    )
    return f"{system.kind}, {layers}, {weights}"


def _own_epochs(settings: Settings) -> int:
    """The recipe's number of epochs; for the user's own network, the number it was trained for."""
    if settings.recipe not in RECIPES:
        return settings.epochs
    return change(load_recipe(settings.recipe), settings.changes or {}).epochs


def _commonest_mistake(system: System) -> Mistake | None:
    labels = system.first.predictions.labels
    mistakes = [
        Counter((int(true), int(read)) for true, read in zip(labels, predicted, strict=True) if true != read)
        for predicted in _predicted(system)
    ]
    counted = sum(mistakes, Counter[tuple[int, int]]())
    if not counted:
        return None
    (true, read), times = min(counted.items(), key=lambda each: (-each[1], each[0]))
    return Mistake(true, read, times / len(mistakes))


def _predicted(system: System) -> list["np.ndarray[tuple[int, ...], np.dtype[np.int64]]"]:
    return [run.predictions.y_pred for run in system.runs]


def _turning_point(losses: Sequence[float]) -> tuple[int | None, float | None]:
    if not losses:
        return None, None
    lowest = min(losses)
    return losses.index(lowest) + 1, losses[-1] / lowest - 1 if lowest > 0 else 0.0


def _disturbance(system: System, name: str, unit: str) -> Disturbance:
    measured = [run.result["robustness"] for run in system.runs]
    return Disturbance(
        unit=unit,
        images=measured[0]["images"],
        levels=tuple(measured[0][name][unit]),
        accuracy=tuple(_means(of_run[name]["accuracy"] for of_run in measured)),
    )


def _means(rows: Iterable[Sequence[float]]) -> list[float]:
    return [statistics.fmean(column) for column in zip(*rows, strict=True)]
