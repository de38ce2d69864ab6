"""What a line's columns say, against counting every way in which they may be read."""

from itertools import groupby, product

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from tenfold.reader.ctc import find_spots

NONE = 10


def columns(*shown: int, sure: float = 0.9) -> np.ndarray:
    """What a network says that is so sure of what each column shows."""
    probabilities = np.full((len(shown), 11), (1 - sure) / 10, dtype=np.float32)
    probabilities[np.arange(len(shown)), shown] = sure
    return probabilities


def values(probabilities: np.ndarray) -> list[int]:
    return [int(spot.probabilities.argmax()) for spot in find_spots(probabilities)]


def test_repetitions_count_once_unless_none_lies_between() -> None:
    assert values(columns(NONE, 3, 3, NONE, 3, 7, 7, 7, NONE)) == [3, 3, 7]


def test_where_no_column_shows_a_digit_there_is_none() -> None:
    assert find_spots(columns(NONE, NONE, NONE)) == []
    assert find_spots(np.empty((0, 11), dtype=np.float32)) == []


def test_a_digit_is_where_it_is_surest() -> None:
    probabilities = columns(NONE, 5, 5, 5, NONE, 2)
    probabilities[2, 5] = 0.95

    assert [spot.column for spot in find_spots(probabilities)] == [2, 5]


@given(st.integers(0, 2**32 - 1))
def test_probabilities_sum_all_ways_in_which_the_columns_hold_one_digit_or_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    classes = [1, 4, NONE]  # more would be too many ways to count
    probabilities = np.zeros((6, 11), dtype=np.float32)
    probabilities[:, classes] = rng.dirichlet((1, 1, 1), 6)
    probabilities[2:4, [1, 4]] = 0.45  # so that one stretch of digits is found
    probabilities[2:4, 1] += 0.05
    probabilities[2:4, NONE] = 0.05
    probabilities[[0, 5]] = columns(NONE)[0]
    spots = find_spots(probabilities)
    assume(len(spots) == 1)
    ways = dict.fromkeys(range(11), 0.0)
    for path in product(classes, repeat=6):
        digits = [value for value, _ in groupby(path) if value != NONE]
        if len(digits) <= 1:
            weight = np.prod([probabilities[t, value] for t, value in enumerate(path)])
            ways[digits[0] if digits else NONE] += float(weight)
    expected = np.array(list(ways.values()))

    received = spots[0].probabilities[classes]

    others = 1 - spots[0].probabilities[classes].sum()
    assert np.allclose(received / received.sum(), expected[classes] / expected[classes].sum(), atol=1e-5)
    assert others < 0.1


def test_probabilities_are_those_of_a_distribution() -> None:
    for spot in find_spots(columns(NONE, 8, 0, NONE, 1, sure=0.5)):
        assert spot.probabilities.shape == (11,)
        assert spot.probabilities.sum() == np.float32(1)


def test_a_long_stretch_of_doubt_is_no_division_by_zero() -> None:
    probabilities = np.full((4000, 11), 0.5 / 10, dtype=np.float32)
    probabilities[:, NONE] = 0.5
    probabilities[2000] = columns(6)[0]

    (spot,) = find_spots(probabilities)

    assert np.isfinite(spot.probabilities).all()
