"""The page's section about one system, with details for its first seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenfold.drawing.architecture import draw_architecture
from tenfold.drawing.digits import data_uri
from tenfold.evaluation import (
    ClassificationReport,
    classification_report,
    confusion_matrix,
    reliability_curve,
    worst_mistakes,
)
from tenfold.reporting import curves
from tenfold.reporting.measures import Measures
from tenfold.reporting.systems import System
from tenfold.runs.figures import shade_errors
from tenfold.runs.predictions import Predictions
from tenfold.runs.run import FIRST_SHOWN, MISTAKES_SHOWN


@dataclass(frozen=True)
class Guess:
    """A class and its predicted probability; `role` is "true", "predicted", "right" (both) or ""."""

    name: str
    probability: float
    role: str


@dataclass(frozen=True)
class ShownDigit:
    """A test image with its predictions."""

    index: int  # in the test set, from 0
    picture: str  # a data address
    true: str
    predicted: str
    guesses: tuple[Guess, ...]  # the two most likely classes and the true one, most likely first

    @property
    def right(self) -> bool:
        return self.true == self.predicted


@dataclass(frozen=True)
class Cell:
    """One cell of the confusion matrix; `shade` is 0 to 1."""

    count: int
    shade: float
    right: bool


@dataclass(frozen=True)
class Answers:
    """Predictions of the test images, in detail."""

    report: ClassificationReport
    matrix: list[list[Cell]]
    mistakes: list[ShownDigit]
    mistakes_in_all: int


@dataclass(frozen=True)
class SystemView:
    """A system as shown on the page. Charts are HTML."""

    measures: Measures
    anchor: str
    colour: int
    recipe: dict[str, Any]  # of the first run
    result: dict[str, Any]
    architecture: str
    learning: list[tuple[str, str]]
    answers: Answers
    first: list[ShownDigit]
    reliability: str
    bins: list[tuple[float, float, float, float, int]]  # from, to, confidence, accuracy, images


def view_system(system: System, measures: Measures, colour: int, class_names: Sequence[str]) -> SystemView:
    """Collect everything shown about `system` from the first run's predictions and every run's history."""
    run = system.first
    predictions = run.predictions
    curve = reliability_curve(predictions.labels, predictions.probabilities)
    bins = zip(curve.edges, curve.edges[1:], curve.confidence, curve.accuracy, curve.count, strict=False)
    return SystemView(
        measures=measures,
        anchor=f"system-{colour + 1}",
        colour=colour,
        recipe=run.recipe,
        result=run.result,
        architecture=draw_architecture(run.recipe["layers"]),
        learning=curves.draw_learning(system, colour),
        answers=view_answers(predictions, class_names),
        first=_show(predictions, range(min(FIRST_SHOWN, len(predictions.labels))), class_names),
        reliability=curves.draw_reliability(curve, colour, system.label),
        bins=[(float(a), float(b), float(c), float(d), int(n)) for a, b, c, d, n in bins if n],
    )


def view_answers(predictions: Predictions, class_names: Sequence[str]) -> Answers:
    """Classification report, confusion matrix and worst mistakes."""
    matrix = confusion_matrix(predictions.labels, predictions.y_pred, len(class_names))
    shades = shade_errors(matrix)
    mistakes = worst_mistakes(predictions.labels, predictions.probabilities, MISTAKES_SHOWN)
    return Answers(
        report=classification_report(predictions.labels, predictions.y_pred, list(class_names)),
        matrix=[
            [Cell(int(matrix[i, j]), float(shades[i, j]), i == j) for j in range(len(matrix))]
            for i in range(len(matrix))
        ],
        mistakes=_show(predictions, mistakes.tolist(), class_names),
        mistakes_in_all=int((predictions.y_pred != predictions.labels).sum()),
    )


def _show(predictions: Predictions, indices: Sequence[int], class_names: Sequence[str]) -> list[ShownDigit]:
    """The test images among `indices` whose pictures are stored."""
    place = {int(index): at for at, index in enumerate(predictions.shown)}
    y_pred = predictions.y_pred
    return [
        ShownDigit(
            index=index,
            picture=data_uri(predictions.images[place[index]]),
            true=class_names[predictions.labels[index]],
            predicted=class_names[y_pred[index]],
            guesses=_guesses(predictions.probabilities[index], int(predictions.labels[index]), class_names),
        )
        for index in indices
        if index in place
    ]


def _guesses(probabilities: np.ndarray[Any, Any], true: int, class_names: Sequence[str]) -> tuple[Guess, ...]:
    ranked = np.argsort(-probabilities, kind="stable").tolist()
    kept = ranked[:2] if true in ranked[:2] else [ranked[0], ranked[1], true]
    return tuple(
        Guess(class_names[label], float(probabilities[label]), _role(label, true, ranked[0]))
        for label in kept
    )


def _role(label: int, true: int, predicted: int) -> str:
    if label == true:
        return "right" if true == predicted else "true"
    return "predicted" if label == predicted else ""
