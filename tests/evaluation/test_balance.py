"""What accuracy alone would hide, against scikit-learn."""

import warnings
from typing import Any

import numpy as np
import pytest
import sklearn.metrics as oracle
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier

from tenfold.errors import InputError
from tenfold.evaluation import class_balance

quick = settings(max_examples=40)
label_pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=64).map(
    lambda pairs: tuple(np.array(column) for column in zip(*pairs, strict=True))
)


@quick
@given(label_pairs)
def test_baseline_balanced_accuracy_and_recall_are_scikit_learns(pair: tuple[Any, Any]) -> None:
    y_true, y_pred = pair

    balance = class_balance(y_true, [y_pred])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of classes that were predicted and do not occur
        expected = oracle.balanced_accuracy_score(y_true, y_pred)
    assert balance.balanced_accuracy == pytest.approx(expected)
    always = DummyClassifier(strategy="most_frequent").fit(y_true, y_true)
    assert balance.majority_baseline == pytest.approx(always.score(y_true, y_true))
    present = np.unique(y_true)
    recalls = oracle.recall_score(y_true, y_pred, labels=present, average=None, zero_division=0)
    assert balance.weakest_recall == pytest.approx(recalls.min())
    assert balance.weakest_support == (y_true == balance.weakest_class).sum()
    assert recalls[present.tolist().index(balance.weakest_class)] == pytest.approx(recalls.min())


def test_always_answering_the_largest_class_is_found_out() -> None:
    y_true = np.array([1] * 16 + [7])

    balance = class_balance(y_true, [np.ones(17, dtype=int)])

    assert (balance.majority_class, balance.majority_baseline) == (1, 16 / 17)
    assert balance.accuracy == 16 / 17
    assert balance.balanced_accuracy == 0.5
    assert (balance.weakest_class, balance.weakest_recall, balance.weakest_support) == (7, 0.0, 1)
    assert balance.deceptive


def test_several_seeds_are_averaged_class_by_class() -> None:
    y_true = [0, 0, 1, 1]

    balance = class_balance(y_true, [[0, 0, 1, 0], [0, 1, 0, 0]])

    assert balance.accuracy == 0.5
    assert (balance.weakest_class, balance.weakest_recall, balance.weakest_support) == (1, 0.25, 2)


@pytest.mark.parametrize(
    ("largest", "smallest", "unbalanced"), [(1135, 892, False), (20, 10, False), (21, 10, True)]
)
def test_classes_are_unbalanced_from_twice_the_size_on(largest: int, smallest: int, unbalanced: bool) -> None:
    y_true = np.repeat([3, 4], [largest, smallest])

    assert class_balance(y_true, [y_true]).unbalanced is unbalanced


def test_a_class_is_weak_only_beyond_chance() -> None:
    def with_recall_of_the_last(right: int, n: int) -> bool:
        y_true = np.repeat(np.arange(10), n)
        y_pred = y_true.copy()
        y_pred[-n : len(y_pred) - right] = 0
        return class_balance(y_true, [y_pred]).has_weak_class

    assert with_recall_of_the_last(700, 1000)
    assert not with_recall_of_the_last(950, 1000)
    assert not with_recall_of_the_last(7, 10)


def test_no_prediction_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="expected those of at least one classifier"):
        class_balance([0, 1], [])
