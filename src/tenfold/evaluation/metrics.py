"""How often, how badly and on which samples a classifier errs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenfold.evaluation.checks import as_count, as_label_pair, as_labels_and_probabilities

KERAS_EPSILON = 1e-7


@dataclass(frozen=True)
class ClassScore:
    """The scores of one class, or their average over the classes; `support` counts its true samples."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, repr=False)
class ClassificationReport:
    """The scores of each class in order, and their averages; prints as a table.

    The macro average weights all classes equally, the weighted average by support.
    """

    classes: tuple[ClassScore, ...]
    accuracy: float
    macro_average: ClassScore
    weighted_average: ClassScore

    def __repr__(self) -> str:
        return render_classification_report(self)


def accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """The fraction of correct predictions, in [0, 1].

    Both arguments are whole numbers of shape (N,), N >= 1. Raises InputError for anything else.
    """
    true, predicted = as_label_pair(y_true, y_pred)
    return float(np.mean(true == predicted))


def confusion_matrix(y_true: ArrayLike, y_pred: ArrayLike, n_classes: int = 10) -> NDArray[np.int64]:
    """Counts of shape (n_classes, n_classes): `[i, j]` is true class i, predicted class j.

    Both label arrays are whole numbers of shape (N,) in 0..n_classes-1. Raises InputError for anything else.
    """
    n_classes = as_count(n_classes, "n_classes", at_least=1)
    true, predicted = as_label_pair(y_true, y_pred, n_classes)
    cells = np.bincount(true * n_classes + predicted, minlength=n_classes**2)
    return cells.reshape(n_classes, n_classes).astype(np.int64)


def cross_entropy(y_true: ArrayLike, probabilities: ArrayLike) -> float:
    """The mean negative log-likelihood of the true classes, in nats.

    As in Keras, probabilities are clipped to [1e-7, 1 - 1e-7], so that one certain mistake costs 16.1
    instead of infinity. The mean is taken in float64.

    `y_true` holds whole numbers (N,) in 0..K-1; `probabilities` (N, K) are finite, at least 0, and each row
    sums to one within 0.001. Raises InputError for anything else.
    """
    labels, rows = as_labels_and_probabilities(y_true, probabilities)
    of_true_class = rows[np.arange(len(labels)), labels]
    return float(-np.log(np.clip(of_true_class, KERAS_EPSILON, 1 - KERAS_EPSILON)).mean())


def worst_mistakes(y_true: ArrayLike, probabilities: ArrayLike, n: int) -> NDArray[np.int64]:
    """The classifier's worst errors: indices of at most `n`, the worst first.

    An error is a sample whose most likely class (the first of ties) is not the true one. The worst gives the
    true class the lowest probability, that is, has the highest loss; ties go to the more confident error,
    then to the earlier sample. Arguments as in `cross_entropy`, `n` at least 0. Raises InputError for
    anything else.
    """
    labels, rows = as_labels_and_probabilities(y_true, probabilities)
    n = as_count(n, "n", at_least=0)
    errors = np.flatnonzero(rows.argmax(axis=1) != labels)
    of_true_class, confidence = rows[errors, labels[errors]], rows[errors].max(axis=1)
    return errors[np.lexsort((errors, -confidence, of_true_class))][:n].astype(np.int64)


def classification_report(
    y_true: ArrayLike, y_pred: ArrayLike, class_names: Sequence[str] | None = None
) -> ClassificationReport:
    """Precision, recall and F1 of every class, and their averages.

    With P samples predicted as a class, T truly of it and C both: precision is C / P, recall C / T, F1 their
    harmonic mean 2 C / (P + T); each is 0 if its divisor is 0. These are the conventions of scikit-learn's
    `classification_report(zero_division=0)`.

    Labels are integers of shape (N,), at least 0. With `class_names`, label i is called `class_names[i]` and
    every name is listed, even if unseen; without, the classes are those among the true or predicted labels,
    named by their number. Raises InputError for anything else.
    """
    n_names = None if class_names is None else as_count(len(class_names), "class_names", at_least=1)
    true, predicted = as_label_pair(y_true, y_pred, n_names)
    if class_names is None:
        present, ranks = np.unique(np.concatenate([true, predicted]), return_inverse=True)
        names = [str(label) for label in present]
        matrix = confusion_matrix(ranks[: len(true)], ranks[len(true) :], len(names))
    else:
        names = list(class_names)
        matrix = confusion_matrix(true, predicted, len(names))

    right, n_predicted, support = matrix.diagonal(), matrix.sum(axis=0), matrix.sum(axis=1)
    precision, recall = _ratio(right, n_predicted), _ratio(right, support)
    f1 = _ratio(2 * right, n_predicted + support)
    rows = zip(names, precision.tolist(), recall.tolist(), f1.tolist(), support.tolist(), strict=True)
    return ClassificationReport(
        classes=tuple(ClassScore(*row) for row in rows),
        accuracy=accuracy(true, predicted),
        macro_average=_average("macro avg", (precision, recall, f1), support, weights=None),
        weighted_average=_average("weighted avg", (precision, recall, f1), support, weights=support),
    )


def render_classification_report(report: ClassificationReport, digits: int = 4) -> str:
    """The report as a plain-text table, ending in a line break; figures have `digits` decimals.

    The layout is scikit-learn's, to compare figures with other programs easily.
    """
    digits = as_count(digits, "digits", at_least=0)
    averages = (report.macro_average, report.weighted_average)
    width = max(digits, *(len(score.name) for score in (*report.classes, *averages)))

    def row(name: str, *cells: str) -> str:
        return f"{name:>{width}} " + "".join(f" {cell:>9}" for cell in cells) + "\n"

    def score_row(score: ClassScore) -> str:
        figures = (f"{figure:.{digits}f}" for figure in (score.precision, score.recall, score.f1))
        return row(score.name, *figures, str(score.support))

    total = str(report.macro_average.support)
    return "".join(
        [
            row("", "precision", "recall", "f1-score", "support"),
            "\n",
            *map(score_row, report.classes),
            "\n",
            row("accuracy", "", "", f"{report.accuracy:.{digits}f}", total),
            *map(score_row, averages),
        ]
    )


def _ratio(dividend: NDArray[np.int64], divisor: NDArray[np.int64]) -> NDArray[np.float64]:
    """Elementwise; 0 where the divisor is 0."""
    return np.divide(dividend, divisor, out=np.zeros(len(divisor)), where=divisor != 0)


def _average(
    name: str,
    scores: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    support: NDArray[np.int64],
    weights: NDArray[np.int64] | None,
) -> ClassScore:
    precision, recall, f1 = (float(np.average(score, weights=weights)) for score in scores)
    return ClassScore(name, precision, recall, f1, int(support.sum()))
