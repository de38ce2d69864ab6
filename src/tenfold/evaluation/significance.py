"""Whether a difference between classifiers could be chance."""

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenfold.evaluation.checks import as_label_pair, as_labels, as_p_values, require_same_length


@dataclass(frozen=True)
class McNemar:
    """Two classifiers on the same samples: how often only one was right, and the p-value of that split."""

    only_a_right: int
    only_b_right: int
    p_value: float


def exact_mcnemar(y_true: ArrayLike, pred_a: ArrayLike, pred_b: ArrayLike) -> McNemar:
    """Test whether two classifiers are equally accurate, from the samples that only one gets right.

    Under that hypothesis, each such sample is equally likely to be either's; the p-value is the exact
    two-sided binomial one, 1 if there are no such samples (McNemar 1947, "Note on the sampling error of the
    difference between correlated proportions or percentages", Psychometrika 12, 153-157). It is about these
    two trained models, not about how they vary with the seed.

    All arguments are integers (N,), N >= 1. Raises InputError for anything else.
    """
    true, a = as_label_pair(y_true, pred_a)
    b = as_labels(pred_b, "pred_b")
    require_same_length(true, b, "pred_b")
    only_a = int(np.sum((a == true) & (b != true)))
    only_b = int(np.sum((a != true) & (b == true)))
    return McNemar(only_a, only_b, _two_sided_binomial(min(only_a, only_b), only_a + only_b))


def combine_p_values(p_values: Iterable[float]) -> float:
    """One p-value for one hypothesis tested several times, whatever the dependence between the tests.

    A single p-value is returned unchanged, several as twice their median, at most 1. This is valid under any
    dependence by Rüger's theorem for the middle order statistic (Rüger 1978, "Das maximale Signifikanzniveau
    des Tests: Lehne H0 ab, wenn k unter n gegebenen Tests zur Ablehnung führen", Metrika 25, 171-178); twice
    the mean is valid too (Rüschendorf 1982, "Random variables with maximum sums", Advances in Applied
    Probability 14, 623-632), but one seed with a large p-value spoils it. Vovk & Wang (2020), "Combining
    p-values via averaging", Biometrika 107, 791-808, treat both.

    Numbers in [0, 1], at least one. Raises InputError for anything else.
    """
    numbers = as_p_values(p_values, "p_values")
    return numbers[0] if len(numbers) == 1 else min(1.0, 2 * statistics.median(numbers))


def holm(p_values: Iterable[float]) -> NDArray[np.float64]:
    """The p-values adjusted for multiple tests, in the given order.

    Rejecting if the adjusted value is below alpha keeps the probability of any false rejection below alpha,
    whatever the dependence (Holm 1979, "A simple sequentially rejective multiple test procedure",
    Scandinavian Journal of Statistics 6, 65-70).

    Numbers in [0, 1], at least one. Raises InputError for anything else.
    """
    numbers = np.array(as_p_values(p_values, "p_values"))
    order = np.argsort(numbers, kind="stable")
    still_to_test = np.arange(len(numbers), 0, -1)
    adjusted = np.empty(len(numbers))
    adjusted[order] = np.minimum(np.maximum.accumulate(numbers[order] * still_to_test), 1.0)
    return adjusted


def _two_sided_binomial(fewer: int, n: int) -> float:
    """The probability of a split at least as uneven as fewer : n - fewer among n fair coin tosses.

    Twice the lower tail of Binomial(n, 1/2), at most 1. Its last term is computed with logarithms, so no
    count is too large; each term before it is i / (n - i + 1) of its successor.
    """
    if n - 2 * fewer <= 1:  # the most even split: both tails together cover everything
        return 1.0
    last_term = math.lgamma(n + 1) - math.lgamma(fewer + 1) - math.lgamma(n - fewer + 1) - n * math.log(2)
    total = term = 1.0
    for i in range(fewer, 0, -1):
        term *= i / (n - i + 1)
        total += term
        if term < 1e-17 * total:
            break
    return min(1.0, 2 * math.exp(last_term) * total)
