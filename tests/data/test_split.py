import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.data import Dataset
from tenfold.data.split import stratified_split
from tenfold.errors import InputError

label_lists = st.lists(st.integers(0, 9), min_size=1, max_size=300)


@given(label_lists, st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_the_parts_are_exact_sorted_disjoint_and_in_proportion(
    labels: list[int], share: float, seed: int
) -> None:
    n_validation = round(share * len(labels))
    train, validation = stratified_split(labels, n_validation, seed)
    assert len(validation) == n_validation
    assert np.array_equal(np.sort(np.concatenate([train, validation])), np.arange(len(labels)))
    for part in (train, validation):
        assert part.dtype == np.int64
        assert np.all(np.diff(part) > 0)
    for label in set(labels):
        exact = labels.count(label) * n_validation / len(labels)
        received = sum(labels[index] == label for index in validation)
        assert abs(received - exact) < 1, "the largest remainder never gives or takes a whole seat"


@given(label_lists, st.integers(0, 2**32 - 1))
def test_the_same_seed_splits_the_same(labels: list[int], seed: int) -> None:
    first = stratified_split(labels, len(labels) // 2, seed)
    second = stratified_split(np.array(labels), len(labels) // 2, seed)
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])


def test_another_seed_splits_differently() -> None:
    labels = np.arange(1000) % 10
    assert not np.array_equal(stratified_split(labels, 100, 0)[1], stratified_split(labels, 100, 1)[1])


def test_seats_go_to_the_largest_remainders() -> None:
    # 7 x 0, 2 x 1, 1 x 2 and 4 seats: exact shares 2.8, 0.8 and 0.4.
    _, validation = stratified_split([0] * 7 + [1, 1, 2], 4, 0)
    assert np.bincount(np.array([0] * 7 + [1, 1, 2])[validation], minlength=3).tolist() == [3, 1, 0]


def test_5000_of_mnist_have_its_class_balance(mnist: Dataset) -> None:
    train, validation = stratified_split(mnist.y_train, 5000, seed=0)
    assert (len(train), len(validation)) == (55_000, 5000)
    exact = np.bincount(mnist.y_train) / 12
    assert np.abs(np.bincount(mnist.y_train[validation]) - exact).max() < 1


@pytest.mark.parametrize("n_validation", [-1, 4])
def test_a_part_larger_than_the_whole_is_refused(n_validation: int) -> None:
    with pytest.raises(InputError, match="expected n_validation from 0 to 3"):
        stratified_split([1, 2, 3], n_validation, 0)


def test_one_hot_labels_are_refused() -> None:
    with pytest.raises(InputError, match=r"shape \(N,\), received shape \(3, 10\)"):
        stratified_split(np.zeros((3, 10)), 1, 0)
