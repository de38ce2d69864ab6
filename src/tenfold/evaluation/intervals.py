"""Confidence intervals for an accuracy and for means over seeds."""

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from tenfold.errors import InputError
from tenfold.evaluation.checks import as_count, as_finite, as_open_fraction
from tenfold.evaluation.students_t import t_quantile


@dataclass(frozen=True)
class SeedSummary:
    """The mean of `n` values with its 95 % interval, `low` to `high`.

    A single value says nothing about the spread: `standard_deviation`, `low` and `high` are None.
    """

    n: int
    mean: float
    standard_deviation: float | None
    low: float | None
    high: float | None


def wilson_interval(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """An interval for the probability of success, given `successes` out of `n` independent trials.

    For an accuracy: `wilson_interval(number_right, number_of_images)`. It lies in [0, 1], contains the
    observed fraction, and keeps its coverage near 0 and 1, where digit classifiers are and the textbook
    interval fails (Wilson 1927, "Probable inference, the law of succession, and statistical inference",
    JASA 22, 209-212).

    0 <= successes <= n, n >= 1, 0 < confidence < 1. Raises InputError for anything else.
    """
    n = as_count(n, "n", at_least=1)
    successes = as_count(successes, "successes", at_least=0)
    if successes > n:
        raise InputError(
            f"successes: expected at most n = {n}, received {successes}; pass (successes, n) in this order"
        )
    z = statistics.NormalDist().inv_cdf((1 + as_open_fraction(confidence, "confidence")) / 2)
    observed = successes / n
    centre = observed + z * z / (2 * n)
    reach = z * math.sqrt(observed * (1 - observed) / n + z * z / (4 * n * n))
    shrink = 1 + z * z / n
    # Rounding must not push the ends beyond 0, 1 or the observed fraction.
    low = 0.0 if successes == 0 else min(max((centre - reach) / shrink, 0.0), observed)
    high = 1.0 if successes == n else max(min((centre + reach) / shrink, 1.0), observed)
    return low, high


def summarize_seeds(values: Iterable[float]) -> SeedSummary:
    """The mean of one figure over seeds, its standard deviation (n - 1), and Student's 95 % interval.

    The interval is for the mean over all possible seeds on the same test set, and assumes normally
    distributed values. Equal values give an interval of width zero. `values` are finite, at least one.
    Raises InputError for anything else.
    """
    numbers = as_finite(values, "values")
    n, mean = len(numbers), statistics.mean(numbers)
    if n == 1:
        return SeedSummary(n, mean, None, None, None)
    deviation = statistics.stdev(numbers)
    reach = t_quantile(0.975, n - 1) * deviation / math.sqrt(n)
    return SeedSummary(n, mean, deviation, mean - reach, mean + reach)


def welch_interval(values_a: Iterable[float], values_b: Iterable[float]) -> tuple[float, float] | None:
    """The 95 % interval of mean(b) - mean(a) over seeds, or None if either has a single value.

    Variances and numbers of values may differ (Welch 1947, "The generalization of Student's problem when
    several different population variances are involved", Biometrika 34, 28-35). If both variances are zero,
    so is the interval's width. Values are finite. Raises InputError for anything else.
    """
    a, b = as_finite(values_a, "values_a"), as_finite(values_b, "values_b")
    if min(len(a), len(b)) == 1:
        return None
    difference = statistics.mean(b) - statistics.mean(a)
    variance_a, variance_b = statistics.variance(a) / len(a), statistics.variance(b) / len(b)
    variance = variance_a + variance_b
    if variance == 0:
        return difference, difference
    share_a, share_b = variance_a / variance, variance_b / variance
    degrees_of_freedom = 1 / (share_a**2 / (len(a) - 1) + share_b**2 / (len(b) - 1))
    reach = t_quantile(0.975, max(degrees_of_freedom, 1.0)) * math.sqrt(variance)
    return difference - reach, difference + reach
