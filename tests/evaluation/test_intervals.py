"""Intervals and the t quantile, against SciPy and statsmodels."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from tenfold.errors import InputError
from tenfold.evaluation import summarize_seeds, welch_interval, wilson_interval
from tenfold.evaluation.students_t import t_quantile, t_upper_tail

quick = settings(max_examples=40)
counts = st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
confidences = st.floats(0.01, 0.999)
accuracies = st.lists(st.floats(0, 1).map(lambda x: round(x, 4)), min_size=2, max_size=12)


def test_wilson_interval_of_9900_in_10000_is_that_of_the_books() -> None:
    low, high = wilson_interval(9900, 10_000)
    assert (round(low, 4), round(high, 4)) == (0.9879, 0.9918)


@quick
@given(counts, confidences)
def test_wilson_interval_is_that_of_statsmodels(count: Any, confidence: float) -> None:
    expected = proportion_confint(*count, alpha=1 - confidence, method="wilson")
    assert wilson_interval(count[0], count[1], confidence) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@quick
@given(counts, confidences)
def test_wilson_interval_lies_in_zero_to_one_and_contains_the_observed_fraction(
    count: Any, confidence: float
) -> None:
    low, high = wilson_interval(count[0], count[1], confidence)
    assert 0 <= low <= count[0] / count[1] <= high <= 1


@quick
@given(counts)
def test_wilson_interval_is_the_same_seen_from_the_failures(count: Any) -> None:
    successes, n = count
    low, high = wilson_interval(successes, n)
    mirrored = wilson_interval(n - successes, n)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_wilson_interval_never_claims_certainty() -> None:
    assert wilson_interval(0, 100)[0] == 0 < wilson_interval(0, 100)[1]
    assert wilson_interval(100, 100)[1] == 1 > wilson_interval(100, 100)[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 0), "n: expected 1 or more, received 0"),
        ((-1, 10), "successes: expected 0 or more, received -1"),
        ((11, 10), "successes: expected at most n = 10, received 11"),
        ((0.97, 10), "successes: expected a whole number, received 0.97"),
        ((1, 10, 95), "confidence: expected a fraction between 0 and 1, received 95"),
        ((1, 10, math.nan), "confidence: expected a fraction between 0 and 1, received nan"),
    ],
)
def test_wilson_interval_refuses_what_it_cannot_use(arguments: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        wilson_interval(*arguments)


@quick
@given(st.floats(1e-9, 1 - 1e-9), st.one_of(st.integers(1, 200), st.floats(1, 1e7)))
def test_t_quantile_is_that_of_scipy(probability: float, degrees_of_freedom: float) -> None:
    expected = stats.t.ppf(probability, degrees_of_freedom)
    assert t_quantile(probability, degrees_of_freedom) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("degrees_of_freedom", [1, 1.5, 2, 4, 9, 29.9, 59, 60, 61, 100, 1e3, 1e7])
@pytest.mark.parametrize("probability", [0.5, 0.500001, 0.6, 0.9, 0.975, 0.995, 1 - 1e-9])
def test_t_quantile_is_that_of_scipy_where_its_formulas_change(
    probability: float, degrees_of_freedom: float
) -> None:
    expected = stats.t.ppf(probability, degrees_of_freedom)
    assert t_quantile(probability, degrees_of_freedom) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@quick
@given(st.floats(0, 1e4), st.floats(1, 1e6))
def test_t_upper_tail_is_that_of_scipy(t: float, degrees_of_freedom: float) -> None:
    expected = stats.t.sf(t, degrees_of_freedom)
    assert t_upper_tail(t, degrees_of_freedom) == pytest.approx(expected, rel=1e-9, abs=1e-300)


@quick
@given(st.floats(0.001, 0.999), st.floats(1, 1000))
def test_t_quantile_is_odd_about_one_half(probability: float, degrees_of_freedom: float) -> None:
    below = t_quantile(1 - probability, degrees_of_freedom)
    assert t_quantile(probability, degrees_of_freedom) == pytest.approx(-below, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "arguments", [(0, 5), (1, 5), (math.nan, 5), (0.9, 0), (0.9, math.inf), (0.9, math.nan)]
)
def test_t_quantile_refuses_what_it_cannot_use(arguments: Any) -> None:
    with pytest.raises(InputError, match="expected a f"):
        t_quantile(*arguments)


def test_one_seed_says_nothing_about_the_spread() -> None:
    summary = summarize_seeds([0.99])
    assert (summary.n, summary.mean) == (1, 0.99)
    assert summary.standard_deviation is None
    assert summary.low is None
    assert summary.high is None


def test_equal_seeds_give_an_interval_of_width_zero() -> None:
    summary = summarize_seeds([0.1, 0.1, 0.1])
    assert (summary.mean, summary.standard_deviation, summary.low, summary.high) == (0.1, 0.0, 0.1, 0.1)


@quick
@given(accuracies)
def test_seed_summary_is_that_of_scipy(values: list[float]) -> None:
    summary = summarize_seeds(values)
    assert summary.n == len(values)
    assert summary.mean == pytest.approx(np.mean(values))
    assert summary.standard_deviation == pytest.approx(np.std(values, ddof=1), abs=1e-12)
    if summary.standard_deviation:  # SciPy has no interval for values without spread
        expected = stats.t.interval(0.95, len(values) - 1, summary.mean, stats.sem(values))
        assert (summary.low, summary.high) == pytest.approx(expected, abs=1e-9)


@pytest.mark.filterwarnings("ignore:Precision loss occurred")  # SciPy's, where one side has no spread
@quick
@given(accuracies, accuracies)
def test_welch_interval_is_that_of_scipy(a: list[float], b: list[float]) -> None:
    interval = welch_interval(a, b)
    assert interval is not None
    if len(set(a)) == len(set(b)) == 1:
        assert interval[0] == interval[1] == pytest.approx(b[0] - a[0])
    else:
        expected = stats.ttest_ind(b, a, equal_var=False).confidence_interval(0.95)
        assert interval == pytest.approx((expected.low, expected.high), abs=1e-8)


@quick
@given(accuracies, accuracies)
def test_welch_interval_changes_sign_with_the_sides(a: list[float], b: list[float]) -> None:
    forward, backward = welch_interval(a, b), welch_interval(b, a)
    assert forward is not None
    assert backward is not None
    assert forward == pytest.approx((-backward[1], -backward[0]), abs=1e-12)


def test_welch_interval_needs_two_seeds_on_either_side() -> None:
    assert welch_interval([0.98], [0.99, 0.991]) is None
    assert welch_interval([0.98, 0.981], [0.99]) is None


@pytest.mark.parametrize("values", [[], [0.9, math.nan], [math.inf], [[0.9, 0.8]], ["0.9?"], [None]])
def test_figures_that_cannot_be_used_are_refused(values: Any) -> None:
    with pytest.raises(InputError, match="values: expected "):
        summarize_seeds(values)
    with pytest.raises(InputError, match="values_b: expected "):
        welch_interval([0.9, 0.8], values)
