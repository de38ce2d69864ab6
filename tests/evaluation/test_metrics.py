"""Metrics, against scikit-learn."""

from typing import Any

import numpy as np
import pytest
import sklearn.metrics as oracle
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold.errors import InputError
from tenfold.evaluation import (
    accuracy,
    classification_report,
    confusion_matrix,
    cross_entropy,
    render_classification_report,
    worst_mistakes,
)

quick = settings(max_examples=40)
label_pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=64).map(
    lambda pairs: tuple(np.array(column) for column in zip(*pairs, strict=True))
)

# Where nothing is right, scikit-learn 1.9 slips and prints counts as floats (1.0 for 1).
pairs_with_a_hit = label_pairs.filter(lambda pair: bool((pair[0] == pair[1]).any()))


def random_labels(n: int, n_classes: int = 10, error_rate: float = 0.3) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    y_true = rng.integers(0, n_classes, n)
    y_pred = np.where(rng.random(n) < error_rate, rng.integers(0, n_classes, n), y_true)
    return y_true, y_pred


def random_probabilities(n: int, n_classes: int = 10) -> tuple[Any, Any]:
    rng = np.random.default_rng(1)
    return rng.integers(0, n_classes, n), rng.dirichlet(np.full(n_classes, 0.2), n)


def test_accuracy_counts_the_labels_predicted_right() -> None:
    assert accuracy([0, 1, 2, 3], [0, 1, 2, 9]) == 0.75


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int32, np.int64])
def test_labels_of_any_integer_type_are_welcome(dtype: Any) -> None:
    labels = np.array([0, 9, 9, 5], dtype=dtype)
    assert accuracy(labels, labels.astype(np.int64)) == 1.0
    assert confusion_matrix(labels, labels)[9, 9] == 2


def test_confusion_matrix_has_true_classes_as_rows() -> None:
    matrix = confusion_matrix([0, 0, 1, 2], [0, 1, 1, 0], n_classes=3)
    np.testing.assert_array_equal(matrix, [[1, 1, 0], [0, 1, 0], [1, 0, 0]])
    assert matrix.dtype == np.int64


@quick
@given(label_pairs)
def test_confusion_matrix_and_accuracy_are_those_of_scikit_learn(pair: Any) -> None:
    np.testing.assert_array_equal(confusion_matrix(*pair), oracle.confusion_matrix(*pair, labels=range(10)))
    assert accuracy(*pair) == pytest.approx(oracle.accuracy_score(*pair), abs=1e-15)


@quick
@given(label_pairs)
def test_confusion_matrix_sums_to_samples_classes_and_hits(pair: Any) -> None:
    y_true, y_pred = pair
    matrix = confusion_matrix(y_true, y_pred)
    assert matrix.sum() == len(y_true)
    np.testing.assert_array_equal(matrix.sum(axis=1), np.bincount(y_true, minlength=10))
    np.testing.assert_array_equal(matrix.sum(axis=0), np.bincount(y_pred, minlength=10))
    assert matrix.trace() == round(accuracy(y_true, y_pred) * len(y_true))
    np.testing.assert_array_equal(confusion_matrix(y_pred, y_true), matrix.T)


@quick
@given(label_pairs, st.randoms(use_true_random=False))
def test_the_order_of_samples_does_not_matter(pair: Any, random: Any) -> None:
    order = random.sample(range(len(pair[0])), len(pair[0]))
    shuffled = [labels[order] for labels in pair]
    assert accuracy(*shuffled) == accuracy(*pair)
    assert classification_report(*shuffled) == classification_report(*pair)


def test_cross_entropy_is_the_log_loss_of_scikit_learn() -> None:
    y_true, probabilities = random_probabilities(500)
    probabilities = np.clip(probabilities, 1e-5, None)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    expected = oracle.log_loss(y_true, probabilities, labels=range(10))
    assert cross_entropy(y_true, probabilities) == pytest.approx(expected, rel=1e-12)


def test_cross_entropy_of_ignorance_is_the_logarithm_of_the_classes() -> None:
    assert cross_entropy([3, 7], np.full((2, 10), 0.1)) == pytest.approx(np.log(10))


def test_cross_entropy_of_a_certain_mistake_is_finite_as_in_keras() -> None:
    assert cross_entropy([0], [[0.0, 1.0]]) == pytest.approx(-np.log(1e-7))
    assert cross_entropy([1], [[0.0, 1.0]]) == pytest.approx(1e-7, rel=1e-6)


def test_cross_entropy_of_float32_rows_is_taken_in_float64() -> None:
    y_true, probabilities = random_probabilities(500)
    single = probabilities.astype(np.float32)
    assert cross_entropy(y_true, single) == cross_entropy(y_true, single.astype(np.float64))


def test_worst_mistakes_come_with_the_least_probability_on_the_true_class_first() -> None:
    y_true = [0, 0, 0, 0, 0]
    probabilities = [
        [0.30, 0.70, 0.00],  # wrong
        [0.01, 0.50, 0.49],  # wrong, loss shared with the next, less confident
        [0.01, 0.99, 0.00],  # wrong
        [0.90, 0.10, 0.00],  # right
        [0.01, 0.00, 0.99],  # wrong, as bad as the third and later
    ]
    np.testing.assert_array_equal(worst_mistakes(y_true, probabilities, 10), [2, 4, 1, 0])
    np.testing.assert_array_equal(worst_mistakes(y_true, probabilities, 2), [2, 4])
    assert worst_mistakes(y_true, probabilities, 0).size == 0


def test_there_are_no_worst_mistakes_where_there_are_none() -> None:
    mistakes = worst_mistakes([0, 1], np.eye(2), 5)
    assert mistakes.shape == (0,)
    assert mistakes.dtype == np.int64


def test_worst_mistakes_are_the_errors_sorted_by_loss() -> None:
    y_true, probabilities = random_probabilities(300)
    mistakes = worst_mistakes(y_true, probabilities, 300)
    errors = np.flatnonzero(probabilities.argmax(axis=1) != y_true)
    assert sorted(mistakes) == sorted(errors)
    assert np.all(np.diff(probabilities[mistakes, y_true[mistakes]]) >= 0)


@pytest.mark.parametrize("digits", [0, 2, 4, 20])
@quick
@given(pair=pairs_with_a_hit)
def test_report_reads_as_that_of_scikit_learn_byte_for_byte(pair: Any, digits: int) -> None:
    expected = oracle.classification_report(*pair, digits=digits, zero_division=0)
    assert render_classification_report(classification_report(*pair), digits) == expected


@pytest.mark.parametrize("names", ["0123456789", ["zero", "one", "two", *"345678", "a very long name"]])
@quick
@given(pair=pairs_with_a_hit)
def test_report_with_names_lists_every_class_as_scikit_learn_does(pair: Any, names: Any) -> None:
    expected = oracle.classification_report(
        *pair, labels=range(10), target_names=list(names), digits=4, zero_division=0
    )
    assert render_classification_report(classification_report(pair[0], pair[1], names)) == expected


def test_report_counts_in_whole_numbers_even_where_nothing_is_right() -> None:
    lines = render_classification_report(classification_report([0, 0, 1], [1, 1, 0])).splitlines()
    assert [line.split()[-1] for line in lines if line] == ["support", "2", "1", "3", "3", "3"]


def test_report_of_ten_thousand_digits_is_that_of_scikit_learn() -> None:
    y_true, y_pred = random_labels(10_000, error_rate=0.02)
    expected = oracle.classification_report(y_true, y_pred, digits=4)
    assert render_classification_report(classification_report(y_true, y_pred)) == expected


def test_report_holds_the_figures_it_prints() -> None:
    report = classification_report([0, 0, 1, 2], [0, 1, 1, 1], class_names=["nil", "one", "two", "three"])
    nil, one, two, three = report.classes
    assert (nil.name, nil.precision, nil.recall, nil.support) == ("nil", 1.0, 0.5, 2)
    assert (one.precision, one.recall, one.f1) == pytest.approx((1 / 3, 1.0, 0.5))
    assert (two.precision, two.recall, two.f1, two.support) == (0.0, 0.0, 0.0, 1)
    assert three.support == 0
    assert report.accuracy == 0.5
    assert report.macro_average.recall == 1.5 / 4
    assert report.weighted_average.recall == report.accuracy
    assert report.macro_average.support == report.weighted_average.support == 4


@pytest.mark.parametrize(
    ("y_true", "y_pred", "message"),
    [
        ([], [], r"y_true: expected a non-empty array of shape \(N,\), received shape \(0,\)"),
        ([[0, 1]], [0, 1], r"y_true: .* received shape \(1, 2\); .*argmax"),
        ([0, 1], [0.0, 1.0], "y_pred: expected whole numbers, received float64"),
        ([0, 1], [True, False], "y_pred: expected whole numbers, received bool"),
        ([0, 1], ["0", "1"], "y_pred: expected whole numbers, received <U1"),
        ([0, 1], [0], "y_pred: expected 2 samples as in y_true, received 1"),
        ([0, -1], [0, 0], r"y_true: expected labels in 0..9, received -1..0"),
        ([0, 1], [0, 10], r"y_pred: expected labels in 0..9, received 0..10"),
        ([[0], [1, 2]], [0, 1], "y_true: expected an array, received rows of different lengths"),
    ],
)
def test_labels_that_cannot_be_used_are_refused_with_a_remedy(y_true: Any, y_pred: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        confusion_matrix(y_true, y_pred)
    assert "; " in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        ([0.5, 0.5], r"probabilities: expected shape \(N, K\) with N >= 1 and K >= 2, received \(2,\)"),
        (np.empty((0, 10)), r"received \(0, 10\)"),
        ([[1.0], [1.0]], r"received \(2, 1\)"),
        ([["a", "b"], ["c", "d"]], "probabilities: expected numbers, received <U1"),
        ([[0.5, 0.5], [np.nan, 1.0]], "received NaN or infinity in row 1"),
        ([[0.5, 0.5], [0.6, 0.5]], "received row 1 with minimum 0.5 and sum 1.1; apply softmax"),
        ([[-0.5, 1.5], [0.5, 0.5]], "received row 0 with minimum -0.5 and sum 1; apply softmax"),
        ([[0.5, 0.5]], "probabilities: expected 2 samples as in y_true, received 1"),
        ([[0.5, 0.5], [1.0]], "received rows of different lengths"),
    ],
)
def test_probabilities_that_cannot_be_used_are_refused_with_a_remedy(
    probabilities: Any, message: str
) -> None:
    for function in (cross_entropy, lambda y, p: worst_mistakes(y, p, 3)):
        with pytest.raises(InputError, match=message) as caught:
            function([0, 1], probabilities)
        assert "\n" not in str(caught.value)


def test_rows_may_miss_one_by_a_thousandth() -> None:
    assert cross_entropy([0], [[0.5005, 0.5]]) == pytest.approx(-np.log(0.5005))
    with pytest.raises(InputError, match="sum to one"):
        cross_entropy([0], [[0.502, 0.5]])


def test_a_label_without_a_column_is_refused() -> None:
    with pytest.raises(InputError, match=r"y_true: expected labels in 0..1, received 0..2"):
        cross_entropy([0, 2], [[0.5, 0.5], [0.5, 0.5]])


def test_counts_that_cannot_be_used_are_refused() -> None:
    with pytest.raises(InputError, match="n: expected 0 or more, received -1"):
        worst_mistakes([0], [[0.5, 0.5]], -1)
    with pytest.raises(InputError, match=r"n_classes: expected a whole number, received 2\.5"):
        confusion_matrix([0], [0], n_classes=2.5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="class_names: expected 1 or more, received 0"):
        classification_report([0], [0], class_names=[])
    with pytest.raises(InputError, match=r"y_true: expected labels in 0..1, received 0..2"):
        classification_report([0, 2], [0, 1], class_names=["a", "b"])
