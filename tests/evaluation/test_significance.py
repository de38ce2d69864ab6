"""Tests of significance, against SciPy and statsmodels."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as oracle_mcnemar
from statsmodels.stats.multitest import multipletests

from tenfold.errors import InputError
from tenfold.evaluation import combine_p_values, exact_mcnemar, holm

quick = settings(max_examples=40)
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=21)
labels = st.integers(0, 2)
triples = st.lists(st.tuples(labels, labels, labels), min_size=1, max_size=80).map(
    lambda rows: tuple(np.array(column) for column in zip(*rows, strict=True))
)


def of_counts(only_a: int, only_b: int, both: int = 0, neither: int = 0) -> Any:
    """Labels and two predictions with exactly these counts."""
    a = np.repeat([1, 0, 1, 0], [only_a, only_b, both, neither])
    b = np.repeat([0, 1, 1, 0], [only_a, only_b, both, neither])
    return np.ones_like(a), a, b


@quick
@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 50), st.integers(1, 50))
def test_mcnemar_is_that_of_statsmodels(only_a: int, only_b: int, both: int, neither: int) -> None:
    result = exact_mcnemar(*of_counts(only_a, only_b, both, neither))
    expected = oracle_mcnemar([[both, only_a], [only_b, neither]], exact=True).pvalue
    assert (result.only_a_right, result.only_b_right) == (only_a, only_b)
    assert result.p_value == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("only_a", "only_b"), [(500_000, 501_000), (500_000, 500_001), (499_000, 500_500), (40_000, 41_500)]
)
def test_mcnemar_of_huge_counts_is_that_of_scipy(only_a: int, only_b: int) -> None:
    expected = min(1.0, 2 * stats.binom.cdf(only_a, only_a + only_b, 0.5))
    assert exact_mcnemar(*of_counts(only_a, only_b)).p_value == pytest.approx(expected, rel=1e-7)


def test_mcnemar_of_a_hopeless_split_is_zero_and_raises_nothing() -> None:
    assert exact_mcnemar(*of_counts(10, 300_000)).p_value == 0


def test_mcnemar_is_small_enough_to_reckon_by_hand() -> None:
    assert exact_mcnemar(*of_counts(0, 5)).p_value == pytest.approx(2 / 32)
    assert exact_mcnemar(*of_counts(1, 4)).p_value == pytest.approx(2 * 6 / 32)
    assert exact_mcnemar(*of_counts(2, 3)).p_value == 1


def test_identical_classifiers_have_a_p_value_of_one() -> None:
    assert exact_mcnemar([0, 1, 2], [0, 1, 0], [0, 1, 1]).p_value == 1


@quick
@given(triples, st.randoms(use_true_random=False))
def test_mcnemar_knows_neither_side_nor_order(triple: Any, random: Any) -> None:
    y_true, a, b = triple
    result, swapped = exact_mcnemar(y_true, a, b), exact_mcnemar(y_true, b, a)
    assert 0 < result.p_value <= 1
    assert swapped.p_value == result.p_value
    assert (swapped.only_a_right, swapped.only_b_right) == (result.only_b_right, result.only_a_right)
    order = random.sample(range(len(y_true)), len(y_true))
    assert exact_mcnemar(y_true[order], a[order], b[order]) == result


def test_mcnemar_is_valid_under_the_null_hypothesis() -> None:
    """Summed over all splits of n, p-values of at most alpha have a chance of at most alpha."""
    n = 40
    chances = stats.binom.pmf(np.arange(n + 1), n, 0.5)
    values = np.array([exact_mcnemar(*of_counts(i, n - i)).p_value for i in range(n + 1)])
    for alpha in (0.001, 0.01, 0.05, 0.2):
        assert chances[values <= alpha].sum() <= alpha


@pytest.mark.parametrize(("name", "position"), [("y_true", 0), ("y_pred", 1), ("pred_b", 2)])
def test_mcnemar_refuses_what_it_cannot_use(name: str, position: int) -> None:
    arguments: list[Any] = [[0, 1], [0, 1], [0, 1]]
    arguments[position] = [0.5, 1.0]
    with pytest.raises(InputError, match=f"{name}: expected whole numbers"):
        exact_mcnemar(*arguments)
    if position:
        arguments[position] = [0, 1, 1]
        with pytest.raises(InputError, match=f"{name}: expected 2 samples as in y_true, received 3"):
            exact_mcnemar(*arguments)


@settings(max_examples=15)  # statsmodels takes 70 ms each time
@given(p_values)
def test_holm_is_that_of_statsmodels(values: list[float]) -> None:
    np.testing.assert_allclose(holm(values), multipletests(values, method="holm")[1], rtol=1e-9)


@quick
@given(p_values)
def test_holm_never_lowers_a_p_value_nor_changes_their_order(values: list[float]) -> None:
    adjusted = holm(values)
    assert np.all(adjusted >= values)
    assert np.all(adjusted <= 1)
    assert np.all(adjusted <= np.minimum(1, np.array(values) * len(values)))  # never worse than Bonferroni
    assert np.all(np.diff(adjusted[np.argsort(values)]) >= 0)


@quick
@given(p_values, st.randoms(use_true_random=False))
def test_holm_moves_with_its_values(values: list[float], random: Any) -> None:
    order = random.sample(range(len(values)), len(values))
    np.testing.assert_array_equal(holm(np.array(values)[order]), holm(values)[order])


def test_holm_leaves_a_single_p_value_alone() -> None:
    np.testing.assert_array_equal(holm([0.03]), [0.03])


def test_a_single_p_value_is_combined_to_itself_and_several_to_twice_their_median() -> None:
    assert combine_p_values([0.04]) == 0.04
    assert combine_p_values([0.01, 0.9, 0.02]) == 0.04
    assert combine_p_values([0.01, 0.03]) == pytest.approx(0.04)
    assert combine_p_values([0.9, 0.8, 0.7]) == 1


@pytest.mark.parametrize("dependence", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_combined_p_values_are_valid_under_any_dependence(seeds: int, dependence: float) -> None:
    rng = np.random.default_rng(seeds)
    common, own = rng.standard_normal((4000, 1)), rng.standard_normal((4000, seeds))
    uniform = stats.norm.cdf(np.sqrt(dependence) * common + np.sqrt(1 - dependence) * own)
    combined = np.array([combine_p_values(row) for row in uniform])
    for alpha in (0.05, 0.2):
        noise = 3 * np.sqrt(alpha * (1 - alpha) / len(combined))
        assert np.mean(combined <= alpha) <= alpha + noise


@pytest.mark.parametrize("function", [holm, combine_p_values])
@pytest.mark.parametrize("values", [[], [np.nan], [-0.1], [1.1], [[0.1, 0.2]], ["p"]])
def test_values_that_are_no_p_values_are_refused(function: Any, values: Any) -> None:
    with pytest.raises(InputError, match="p_values: expected "):
        function(values)
