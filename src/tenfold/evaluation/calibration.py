"""Whether a classifier that is 90 % sure is right nine times out of ten."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenfold.evaluation.checks import as_count, as_labels_and_probabilities

_SMALLEST = 1e-12  # probability, so that its logarithm is finite
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, eq=False)
class ReliabilityCurve:
    """Predictions in equal-width bins by confidence; bin i is (edges[i], edges[i + 1]].

    Empty bins are kept, so the arrays stay aligned with the edges; their confidence and accuracy are NaN.
    """

    edges: NDArray[np.float64]  # (bins + 1,), from 0 to 1
    confidence: NDArray[np.float64]  # (bins,), mean confidence in the bin
    accuracy: NDArray[np.float64]  # (bins,), fraction predicted right in the bin
    count: NDArray[np.int64]  # (bins,), samples in the bin


def reliability_curve(y_true: ArrayLike, probabilities: ArrayLike, bins: int = 15) -> ReliabilityCurve:
    """Accuracy as a function of confidence, the probability of the most likely class.

    As in Guo, Pleiss, Sun & Weinberger (2017), "On calibration of modern neural networks", ICML.
    With K classes no confidence is below 1 / K, so the first bins are empty.

    `y_true` holds whole numbers (N,) in 0..K-1; `probabilities` (N, K) are finite, at least 0, and each row
    sums to one within 0.001; `bins` is at least 1. Raises InputError for anything else.
    """
    labels, rows = as_labels_and_probabilities(y_true, probabilities)
    bins = as_count(bins, "bins", at_least=1)
    confidence = np.minimum(rows.max(axis=1), 1.0)  # a row may sum to a little more than one
    right = rows.argmax(axis=1) == labels

    edges = np.linspace(0, 1, bins + 1)
    bin_of = np.searchsorted(edges[1:-1], confidence)
    count = np.bincount(bin_of, minlength=bins)
    return ReliabilityCurve(
        edges=edges,
        confidence=_mean_per_bin(confidence, bin_of, count),
        accuracy=_mean_per_bin(right.astype(np.float64), bin_of, count),
        count=count.astype(np.int64),
    )


def expected_calibration_error(y_true: ArrayLike, probabilities: ArrayLike, bins: int = 15) -> float:
    """The mean gap between confidence and accuracy over the bins, weighted by their counts, in [0, 1].

    Naeini, Cooper & Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian binning",
    AAAI; Guo et al. (2017). Arguments and errors as in `reliability_curve`.
    """
    curve = reliability_curve(y_true, probabilities, bins)
    filled = curve.count > 0
    gaps = np.abs(curve.accuracy[filled] - curve.confidence[filled])
    return float(np.average(gaps, weights=curve.count[filled]))


def temper(probabilities: ArrayLike, temperature: float) -> NDArray[np.float64]:
    """`probabilities` (N, K), softened by a temperature above 1, sharpened by one below; rows sum to 1.

    Equivalent to dividing the logits by `temperature` before the softmax.
    """
    logits = np.log(np.maximum(np.asarray(probabilities, dtype=np.float64), _SMALLEST)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    tempered: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return tempered


def fit_temperature(y_true: ArrayLike, probabilities: ArrayLike) -> float:
    """The temperature, from 0.1 to 10, that minimizes the cross-entropy after `temper`.

    Guo et al. (2017), section 4.2. Arguments and errors as in `reliability_curve`.
    """
    labels, rows = as_labels_and_probabilities(y_true, probabilities)
    rows_of = np.arange(len(labels))

    def loss(temperature: float) -> float:
        tempered = temper(rows, temperature)
        return float(-np.log(np.maximum(tempered[rows_of, labels], _SMALLEST)).mean())

    return find_temperature(loss)


def find_temperature(loss: Callable[[float], float]) -> float:
    """The temperature, from 0.1 to 10, that minimizes `loss`, to a relative 1e-4.

    Cross-entropy has a single minimum in the temperature's logarithm, found by golden-section search.
    """
    low, high = np.log(0.1), np.log(10.0)
    while high - low > 1e-4:
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        low, high = (low, right) if loss(float(np.exp(left))) < loss(float(np.exp(right))) else (left, high)
    return float(np.exp((low + high) / 2))


def _mean_per_bin(
    values: NDArray[np.float64], bin_of: NDArray[np.int64], count: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The mean of the values in each bin; NaN for empty bins."""
    sums = np.bincount(bin_of, weights=values, minlength=len(count))
    means = np.full(len(count), np.nan)
    np.divide(sums, count, out=means, where=count > 0)
    return means
