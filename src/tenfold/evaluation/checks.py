"""Input validation: every array from outside is checked here once and returned typed.

Each function returns its argument as a plain array or number, or raises a one-line InputError: what was
expected, what was received, what to do.
"""

import operator
from collections.abc import Iterable
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenfold.errors import InputError

ROW_SUM_TOLERANCE = 1e-3


def as_labels(values: ArrayLike, name: str, n_classes: int | None = None) -> NDArray[np.int64]:
    """Class numbers, (N,) with N >= 1, at least 0 and, if `n_classes` is given, below it."""
    labels = _as_array(values, name)
    if labels.ndim != 1 or labels.size == 0:
        raise InputError(
            f"{name}: expected a non-empty array of shape (N,), received shape {labels.shape}; "
            "pass one class number per sample, such as probabilities.argmax(axis=1)"
        )
    if labels.dtype.kind not in "iu":
        raise InputError(
            f"{name}: expected whole numbers, received {labels.dtype}; pass class numbers as integers"
        )
    lowest, highest = int(labels.min()), int(labels.max())
    if lowest < 0 or (n_classes is not None and highest >= n_classes):
        expected = "0 or above" if n_classes is None else f"in 0..{n_classes - 1}"
        raise InputError(
            f"{name}: expected labels {expected}, received {lowest}..{highest}; "
            "number the classes from 0 and leave out unlabelled samples"
        )
    return labels.astype(np.int64)


def as_label_pair(
    y_true: ArrayLike, y_pred: ArrayLike, n_classes: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """True and predicted labels, both (N,)."""
    true, predicted = as_labels(y_true, "y_true", n_classes), as_labels(y_pred, "y_pred", n_classes)
    require_same_length(true, predicted, "y_pred")
    return true, predicted


def as_labels_and_probabilities(
    y_true: ArrayLike, probabilities: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """True labels (N,) and probabilities (N, K), K >= 2: finite, at least 0, each row summing to one."""
    rows = _as_array(probabilities, "probabilities")
    if rows.ndim != 2 or rows.shape[0] == 0 or rows.shape[1] < 2:
        raise InputError(
            f"probabilities: expected shape (N, K) with N >= 1 and K >= 2, received {rows.shape}; "
            "pass one row per sample and one column per class"
        )
    if rows.dtype.kind not in "fiu":
        raise InputError(f"probabilities: expected numbers, received {rows.dtype}; pass a float array")
    rows = rows.astype(np.float64)
    if not np.isfinite(rows).all():
        row = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
        raise InputError(
            f"probabilities: expected finite numbers, received NaN or infinity in row {row}; "
            "look for a training run that diverged"
        )
    sums = rows.sum(axis=1)
    wrong = (rows < 0).any(axis=1) | (np.abs(sums - 1) > ROW_SUM_TOLERANCE)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"probabilities: expected rows of numbers >= 0 that sum to one, received row {row} with "
            f"minimum {rows[row].min():.4g} and sum {sums[row]:.4g}; apply softmax to logits first"
        )
    labels = as_labels(y_true, "y_true", rows.shape[1])
    require_same_length(labels, rows, "probabilities")
    return labels, rows


def as_finite(values: Iterable[float], name: str) -> list[float]:
    """One or more finite numbers."""
    try:
        numbers = np.asarray(list(values), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name}: expected numbers, received {values!r}; pass a list of floats") from error
    if numbers.ndim != 1 or numbers.size == 0 or not np.isfinite(numbers).all():
        raise InputError(
            f"{name}: expected one or more finite numbers, received {numbers.tolist()}; leave out failed runs"
        )
    return [float(number) for number in numbers]


def as_p_values(values: Iterable[float], name: str) -> list[float]:
    """One or more numbers in [0, 1]."""
    numbers = as_finite(values, name)
    if min(numbers) < 0 or max(numbers) > 1:
        raise InputError(
            f"{name}: expected numbers in [0, 1], received {min(numbers):.4g}..{max(numbers):.4g}; "
            "pass p-values, not test statistics"
        )
    return numbers


def as_count(value: SupportsIndex, name: str, at_least: int) -> int:
    """A whole number, `at_least` or more."""
    try:
        number = operator.index(value)
    except TypeError as error:
        raise InputError(f"{name}: expected a whole number, received {value!r}; pass an int") from error
    if number < at_least:
        raise InputError(
            f"{name}: expected {at_least} or more, received {number}; pass a number of at least {at_least}"
        )
    return number


def as_open_fraction(value: float, name: str) -> float:
    """A number strictly between 0 and 1."""
    if not 0 < value < 1:
        raise InputError(f"{name}: expected a fraction between 0 and 1, received {value}; pass 0.95 for 95 %")
    return float(value)


def require_same_length(y_true: NDArray[Any], other: NDArray[Any], name: str) -> None:
    """Raise InputError unless both have one entry per sample."""
    if len(y_true) != len(other):
        raise InputError(
            f"{name}: expected {len(y_true)} samples as in y_true, received {len(other)}; "
            "pass predictions for the same samples in the same order"
        )


def _as_array(values: ArrayLike, name: str) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise InputError(
            f"{name}: expected an array, received rows of different lengths; pass rows of one length"
        ) from error
