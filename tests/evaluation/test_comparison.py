"""Comparison of classifiers, from their predictions alone."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tenfold.errors import InputError
from tenfold.evaluation import accuracy, compare, exact_mcnemar, holm

quick = settings(max_examples=40)
Y_TRUE = np.random.default_rng(0).integers(0, 10, 2000)


def with_errors(count: int, seed: int = 0, first: int = 0) -> Any:
    """Predictions with exactly `count` errors, at random among the samples from `first` on."""
    places = np.random.default_rng(seed).permutation(np.arange(first, len(Y_TRUE)))[:count]
    predicted = Y_TRUE.copy()
    predicted[places] = (predicted[places] + 1) % 10
    return predicted


def studies(seed: int, seeds_a: int, seeds_b: int, n: int) -> Any:
    rng = np.random.default_rng(seed)
    y_true = rng.integers(0, 3, n)
    return y_true, {"a": list(rng.integers(0, 3, (seeds_a, n))), "b": list(rng.integers(0, 3, (seeds_b, n)))}


random_studies = st.builds(
    studies, st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4), st.integers(1, 40)
)


def test_a_comparison_small_enough_to_reckon_by_hand() -> None:
    y_true = [0, 1, 2, 3, 4, 5, 6, 7]
    a = np.array([0, 1, 2, 3, 0, 0, 0, 0])  # wrong at 4, 5, 6, 7
    b = np.array([0, 1, 2, 0, 0, 0, 6, 7])  # wrong at 3, 4, 5
    (result,) = compare(y_true, {"mlp": [a], "cnn": [b]})
    assert (result.name_a, result.name_b, result.pairs) == ("mlp", "cnn", 1)
    assert (result.accuracy_a, result.accuracy_b, result.difference) == (0.5, 0.625, 0.125)
    assert (result.only_a_right, result.only_b_right, result.both_wrong) == (1, 2, 2)
    assert result.error_overlap == 2 / 5
    assert result.difference_low is None
    assert result.difference_high is None
    assert result.p_values == (1.0,)
    assert result.p_value == result.p_holm == 1
    assert result.better is None


def test_every_two_are_compared_in_the_order_of_the_mapping() -> None:
    results = compare(Y_TRUE, {name: [with_errors(50, i)] for i, name in enumerate("cab")})
    assert [(r.name_a, r.name_b) for r in results] == [("c", "a"), ("c", "b"), ("a", "b")]


def test_one_alone_has_nothing_to_be_compared_with() -> None:
    assert compare(Y_TRUE, {"mlp": [Y_TRUE]}) == []


def test_p_values_are_those_of_the_tests_and_adjusted_over_all_comparisons() -> None:
    predictions = {name: [with_errors(40 + 25 * i, i)] for i, name in enumerate("abcd")}
    results = compare(Y_TRUE, predictions)
    expected = [exact_mcnemar(Y_TRUE, predictions[r.name_a][0], predictions[r.name_b][0]) for r in results]
    assert [r.p_value for r in results] == [e.p_value for e in expected]
    np.testing.assert_array_equal([r.p_holm for r in results], holm([e.p_value for e in expected]))
    assert any(r.p_holm > r.p_value for r in results)


def test_seeds_are_paired_in_order_and_their_p_values_merged_by_twice_the_median() -> None:
    a = [with_errors(60 + 5 * i, i) for i in range(4)]
    b = [with_errors(40 + 4 * i, 10 + i) for i in range(3)]
    (result,) = compare(Y_TRUE, {"a": a, "b": b})
    tests = [exact_mcnemar(Y_TRUE, a[i], b[i]) for i in range(3)]
    assert result.pairs == 3
    assert result.p_values == tuple(test.p_value for test in tests)
    assert result.p_value == min(1, 2 * np.median(result.p_values))
    assert result.only_a_right == pytest.approx(np.mean([test.only_a_right for test in tests]))
    assert result.only_b_right == pytest.approx(np.mean([test.only_b_right for test in tests]))
    wrong = [(a[i] != Y_TRUE, b[i] != Y_TRUE) for i in range(3)]
    assert result.both_wrong == pytest.approx(np.mean([(x & y).sum() for x, y in wrong]))
    assert result.error_overlap == pytest.approx(np.mean([(x & y).sum() / (x | y).sum() for x, y in wrong]))


def test_accuracies_are_means_over_all_seeds_and_their_difference_has_welchs_interval() -> None:
    a = [with_errors(60 + 5 * i, i) for i in range(4)]
    b = [with_errors(40 + 4 * i, 10 + i) for i in range(3)]
    (result,) = compare(Y_TRUE, {"a": a, "b": b})
    accuracies_a, accuracies_b = ([accuracy(Y_TRUE, seed) for seed in seeds] for seeds in (a, b))
    assert result.accuracy_a == pytest.approx(np.mean(accuracies_a))
    assert result.accuracy_b == pytest.approx(np.mean(accuracies_b))
    assert result.difference == pytest.approx(result.accuracy_b - result.accuracy_a)
    expected = stats.ttest_ind(accuracies_b, accuracies_a, equal_var=False).confidence_interval()
    assert (result.difference_low, result.difference_high) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("seeds", [1, 3])
def test_a_clear_difference_names_the_better_one_on_either_side(seeds: int) -> None:
    worse = [with_errors(200 + i, i) for i in range(seeds)]
    better = [with_errors(20 + i, 10 + i) for i in range(seeds)]
    assert [r.better for r in compare(Y_TRUE, {"mlp": worse, "cnn": better})] == ["cnn"]
    assert [r.better for r in compare(Y_TRUE, {"cnn": better, "mlp": worse})] == ["cnn"]


def test_a_small_difference_names_no_winner() -> None:
    (result,) = compare(Y_TRUE, {"a": [with_errors(50, 1)], "b": [with_errors(45, 2)]})
    assert result.difference > 0
    assert result.better is None


def test_seeds_that_disagree_name_nobody_however_significant_each_test_is() -> None:
    a = [with_errors(20, 1), with_errors(200, 2)]
    b = [with_errors(210, 3), with_errors(20, 4)]
    (result,) = compare(Y_TRUE, {"a": a, "b": b})
    assert result.p_holm < 0.001
    assert result.difference_low is not None
    assert result.difference_high is not None
    assert result.difference_low < 0 < result.difference_high
    assert result.better is None


def test_pairs_that_contradict_the_mean_accuracies_name_no_winner() -> None:
    a, b = [with_errors(20, 1)], [with_errors(100, 2), Y_TRUE, Y_TRUE, Y_TRUE, Y_TRUE, Y_TRUE]
    (result,) = compare(Y_TRUE, {"a": a, "b": b})
    assert result.p_holm < 0.001
    assert result.only_a_right > result.only_b_right
    assert result.difference > 0
    assert result.better is None


def test_classifiers_without_errors_overlap_wholly_and_strangers_not_at_all() -> None:
    (flawless,) = compare(Y_TRUE, {"a": [Y_TRUE], "b": [Y_TRUE]})
    assert (flawless.error_overlap, flawless.p_value, flawless.better) == (1, 1, None)
    a = with_errors(30, 1, first=1000)
    b = Y_TRUE.copy()
    b[:30] = (b[:30] + 1) % 10
    (strangers,) = compare(Y_TRUE, {"a": [a], "b": [b]})
    assert (strangers.error_overlap, strangers.both_wrong) == (0, 0)


def test_equal_seeds_on_both_sides_still_have_an_interval_and_a_verdict() -> None:
    (result,) = compare(Y_TRUE, {"a": [with_errors(100, 1)] * 2, "b": [with_errors(10, 2)] * 2})
    assert result.difference_low == result.difference_high == result.difference
    assert result.better == "b"


@quick
@given(random_studies)
def test_swapping_the_sides_swaps_the_comparison(study: Any) -> None:
    y_true, predictions = study
    (forward,) = compare(y_true, predictions)
    (backward,) = compare(y_true, dict(reversed(predictions.items())))
    assert (backward.name_a, backward.name_b) == (forward.name_b, forward.name_a)
    assert (backward.accuracy_a, backward.accuracy_b) == (forward.accuracy_b, forward.accuracy_a)
    assert backward.difference == -forward.difference
    assert (backward.only_a_right, backward.only_b_right) == (forward.only_b_right, forward.only_a_right)
    assert backward.p_values == forward.p_values
    assert backward.error_overlap == forward.error_overlap
    assert backward.better == forward.better


@quick
@given(random_studies, st.randoms(use_true_random=False))
def test_the_order_of_samples_does_not_matter(study: Any, random: Any) -> None:
    y_true, predictions = study
    order = random.sample(range(len(y_true)), len(y_true))
    shuffled = {name: [seed[order] for seed in seeds] for name, seeds in predictions.items()}
    assert compare(y_true[order], shuffled) == compare(y_true, predictions)


@quick
@given(random_studies)
def test_fractions_are_fractions_and_the_interval_contains_the_difference(study: Any) -> None:
    y_true, predictions = study
    (result,) = compare(y_true, predictions)
    for fraction in (result.accuracy_a, result.accuracy_b, result.error_overlap, result.p_value):
        assert 0 <= fraction <= 1
    assert result.p_holm == result.p_value
    assert result.only_a_right + result.only_b_right + result.both_wrong <= len(y_true)
    has_interval = min(len(seeds) for seeds in predictions.values()) > 1
    assert (result.difference_low is not None) == (result.difference_high is not None) == has_interval
    if result.difference_low is not None and result.difference_high is not None:
        assert result.difference_low <= result.difference <= result.difference_high


@pytest.mark.parametrize(
    ("y_true", "predictions", "message"),
    [
        ([], {"a": [[]]}, "y_true: expected a non-empty array"),
        ([0, 1], {}, "predictions: expected at least one classifier, received none"),
        ([0, 1], {"a": []}, r"predictions\['a'\]: expected at least one seed, received none"),
        ([0, 1], {"a": [[0, 1]], "b": [[0, 1], [0]]}, r"predictions\['b'\]\[1\]: expected 2 samples"),
        ([0, 1], {"a": np.array([0, 1])}, r"predictions\['a'\]\[0\]: .* received shape \(\)"),
        ([0, 1], {"a": [np.eye(2)]}, r"predictions\['a'\]\[0\]: .* received shape \(2, 2\)"),
        ([0, 1], {"a": [[0.0, 1.0]]}, r"predictions\['a'\]\[0\]: expected whole numbers"),
        ([0, 1], {"a": [[0, -1]]}, r"predictions\['a'\]\[0\]: expected labels 0 or above, received -1..0"),
    ],
)
def test_predictions_that_cannot_be_compared_are_refused(y_true: Any, predictions: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        compare(y_true, predictions)
    assert "\n" not in str(caught.value)
