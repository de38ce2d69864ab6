"""What a line's columns say, against counting every way in which they may be read."""

from itertools import groupby, product

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from tenfold.reader.ctc import find_agreed_spots, find_spots, log_likelihoods
from tenfold.symbols import N_SYMBOLS, NONE

DOT = NONE + 1


def columns(*shown: int, sure: float = 0.9) -> np.ndarray:
    """What a network says that is so sure of what each column shows."""
    probabilities = np.full((len(shown), N_SYMBOLS), (1 - sure) / (N_SYMBOLS - 1), dtype=np.float32)
    probabilities[np.arange(len(shown)), shown] = sure
    return probabilities


def values(probabilities: np.ndarray) -> list[int]:
    return [spot.symbol for spot in find_spots(probabilities)]


def test_repetitions_count_once_unless_none_lies_between() -> None:
    assert values(columns(NONE, 3, 3, NONE, 3, DOT, DOT, 7, 7, NONE)) == [3, 3, DOT, 7]


def test_where_no_column_shows_a_digit_there_is_none() -> None:
    assert find_spots(columns(NONE, NONE, NONE)) == []
    assert find_spots(np.empty((0, N_SYMBOLS), dtype=np.float32)) == []


def test_a_digit_is_where_it_is_surest() -> None:
    probabilities = columns(NONE, 5, 5, 5, NONE, 2)
    probabilities[2, 5] = 0.95

    assert [spot.column for spot in find_spots(probabilities)] == [2, 5]


@given(st.integers(0, 2**32 - 1))
def test_probabilities_sum_all_ways_in_which_the_columns_hold_one_digit_or_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    classes = [1, 4, NONE]  # more would be too many ways to count
    probabilities = np.zeros((6, N_SYMBOLS), dtype=np.float32)
    probabilities[:, classes] = rng.dirichlet((1, 1, 1), 6)
    probabilities[2:4, [1, 4]] = 0.45  # so that one stretch of digits is found
    probabilities[2:4, 1] += 0.05
    probabilities[2:4, NONE] = 0.05
    probabilities[[0, 5]] = columns(NONE)[0]
    spots = find_spots(probabilities)
    assume(len(spots) == 1)
    ways = dict.fromkeys(range(N_SYMBOLS), 0.0)
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
        assert spot.probabilities.shape == (N_SYMBOLS,)
        assert np.isclose(spot.probabilities.sum(), 1)
        assert spot.of_digits.shape == (11,)
        assert np.isclose(spot.of_digits.sum(), 1)


def test_doubt_about_which_digit_it_is_is_no_sign() -> None:
    seven_or_one = columns(NONE, 7, NONE, sure=0.4)
    seven_or_one[1, [1, DOT]] = 0.2, 0.3
    a_dot = columns(NONE, DOT, NONE, sure=0.4)

    assert values(seven_or_one / seven_or_one.sum(axis=1, keepdims=True)) == [7]
    assert values(a_dot) == [DOT]


def test_a_long_stretch_of_doubt_is_no_division_by_zero() -> None:
    probabilities = np.full((4000, N_SYMBOLS), 0.5 / (N_SYMBOLS - 1), dtype=np.float32)
    probabilities[:, NONE] = 0.5
    probabilities[2000] = columns(6)[0]

    (spot,) = find_spots(probabilities)

    assert np.isfinite(spot.probabilities).all()


@given(st.integers(0, 2**32 - 1))
def test_a_reading_is_as_likely_as_all_ways_to_spell_it_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    classes = [1, 4, NONE]
    probabilities = np.zeros((5, N_SYMBOLS), dtype=np.float32)
    probabilities[:, classes] = rng.dirichlet((1, 1, 1), 5)
    readings = [(), (1,), (4, 1), (1, 1), (1, 4, 4)]
    expected = dict.fromkeys(readings, 0.0)
    for path in product(classes, repeat=5):
        spelt = tuple(value for value, _ in groupby(path) if value != NONE)
        if spelt in expected:
            expected[spelt] += float(np.prod([probabilities[t, value] for t, value in enumerate(path)]))

    received = np.exp(log_likelihoods(probabilities, readings))

    assert np.allclose(received, list(expected.values()), atol=1e-9)


def test_a_reading_longer_than_the_line_is_as_good_as_impossible() -> None:
    assert log_likelihoods(columns(3, NONE), [(3, 3)])[0] < -20


def test_a_single_look_gives_its_own_answer() -> None:
    look = columns(NONE, 3, NONE, 7, 7, sure=0.7)

    best, spots = find_agreed_spots([look])

    assert best == 0
    assert [spot.column for spot in spots] == [spot.column for spot in find_spots(look)]
    for agreed, alone in zip(spots, find_spots(look), strict=True):
        assert np.allclose(agreed.probabilities, alone.probabilities)


def test_two_looks_outvote_a_third_that_is_less_sure() -> None:
    seven, one = columns(NONE, 7, NONE, 2, sure=0.9), columns(NONE, 1, NONE, 2, sure=0.5)

    best, spots = find_agreed_spots([one, seven, seven])

    assert best in (1, 2)
    assert [spot.symbol for spot in spots] == [7, 2]
    assert spots[0].probabilities[1] > find_spots(seven)[0].probabilities[1]  # the third is heard, too


def test_looks_may_differ_in_length_and_in_how_many_digits_they_find() -> None:
    short, long = columns(5, NONE, 5), columns(NONE, 5, 5, NONE, 5, NONE, NONE)
    missed = columns(NONE, 5, NONE, NONE, sure=0.4)

    best, spots = find_agreed_spots([missed, short, long])

    assert best in (1, 2)
    assert [spot.symbol for spot in spots] == [5, 5]
