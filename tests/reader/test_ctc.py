"""CTC decoding, compared with enumerating all alignments."""

from itertools import groupby, product

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from tenfold.reader.ctc import ensemble_decode, greedy_decode, log_likelihoods
from tenfold.symbols import N_SYMBOLS, NONE

DOT = NONE + 1


def columns(*shown: int, sure: float = 0.9) -> np.ndarray:
    """Probabilities of a network that is `sure` of the symbol in each column."""
    probabilities = np.full((len(shown), N_SYMBOLS), (1 - sure) / (N_SYMBOLS - 1), dtype=np.float32)
    probabilities[np.arange(len(shown)), shown] = sure
    return probabilities


def values(probabilities: np.ndarray) -> list[int]:
    return [peak.symbol for peak in greedy_decode(probabilities)]


def test_repetitions_are_merged_unless_separated_by_none() -> None:
    assert values(columns(NONE, 3, 3, NONE, 3, DOT, DOT, 7, 7, NONE)) == [3, 3, DOT, 7]


def test_without_symbols_in_any_column_there_are_no_peaks() -> None:
    assert greedy_decode(columns(NONE, NONE, NONE)) == []
    assert greedy_decode(np.empty((0, N_SYMBOLS), dtype=np.float32)) == []


def test_a_peak_is_the_column_with_the_highest_probability() -> None:
    probabilities = columns(NONE, 5, 5, 5, NONE, 2)
    probabilities[2, 5] = 0.95

    assert [peak.column for peak in greedy_decode(probabilities)] == [2, 5]


@given(st.integers(0, 2**32 - 1))
def test_probabilities_sum_over_all_alignments_of_at_most_one_digit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    classes = [1, 4, NONE]  # more would be too many totals to count
    probabilities = np.zeros((6, N_SYMBOLS), dtype=np.float32)
    probabilities[:, classes] = rng.dirichlet((1, 1, 1), 6)
    probabilities[2:4, [1, 4]] = 0.45  # so that one span of digits is found
    probabilities[2:4, 1] += 0.05
    probabilities[2:4, NONE] = 0.05
    probabilities[[0, 5]] = columns(NONE)[0]
    peaks = greedy_decode(probabilities)
    assume(len(peaks) == 1)
    totals = dict.fromkeys(range(N_SYMBOLS), 0.0)
    for path in product(classes, repeat=6):
        digits = [value for value, _ in groupby(path) if value != NONE]
        if len(digits) <= 1:
            weight = np.prod([probabilities[t, value] for t, value in enumerate(path)])
            totals[digits[0] if digits else NONE] += float(weight)
    expected = np.array(list(totals.values()))

    received = peaks[0].probabilities[classes]

    others = 1 - peaks[0].probabilities[classes].sum()
    assert np.allclose(received / received.sum(), expected[classes] / expected[classes].sum(), atol=1e-5)
    assert others < 0.1


def test_probabilities_sum_to_1() -> None:
    for peak in greedy_decode(columns(NONE, 8, 0, NONE, 1, sure=0.5)):
        assert peak.probabilities.shape == (N_SYMBOLS,)
        assert np.isclose(peak.probabilities.sum(), 1)
        assert peak.digit_probabilities.shape == (11,)
        assert np.isclose(peak.digit_probabilities.sum(), 1)


def test_doubt_between_digits_does_not_make_a_sign() -> None:
    seven_or_one = columns(NONE, 7, NONE, sure=0.4)
    seven_or_one[1, [1, DOT]] = 0.2, 0.3
    a_dot = columns(NONE, DOT, NONE, sure=0.4)

    assert values(seven_or_one / seven_or_one.sum(axis=1, keepdims=True)) == [7]
    assert values(a_dot) == [DOT]


def test_a_long_span_of_doubt_does_not_divide_by_zero() -> None:
    probabilities = np.full((4000, N_SYMBOLS), 0.5 / (N_SYMBOLS - 1), dtype=np.float32)
    probabilities[:, NONE] = 0.5
    probabilities[2000] = columns(6)[0]

    (peak,) = greedy_decode(probabilities)

    assert np.isfinite(peak.probabilities).all()


@given(st.integers(0, 2**32 - 1))
def test_the_likelihood_of_a_reading_sums_over_all_alignments(seed: int) -> None:
    rng = np.random.default_rng(seed)
    classes = [1, 4, NONE]
    probabilities = np.zeros((5, N_SYMBOLS), dtype=np.float32)
    probabilities[:, classes] = rng.dirichlet((1, 1, 1), 5)
    readings = [(), (1,), (4, 1), (1, 1), (1, 4, 4)]
    expected = dict.fromkeys(readings, 0.0)
    for path in product(classes, repeat=5):
        spelled = tuple(value for value, _ in groupby(path) if value != NONE)
        if spelled in expected:
            expected[spelled] += float(np.prod([probabilities[t, value] for t, value in enumerate(path)]))

    received = np.exp(log_likelihoods(probabilities, readings))

    assert np.allclose(received, list(expected.values()), atol=1e-9)


def test_a_reading_longer_than_the_line_is_practically_impossible() -> None:
    assert log_likelihoods(columns(3, NONE), [(3, 3)])[0] < -20


def test_decoding_a_single_output_together_equals_greedy_decoding() -> None:
    output = columns(NONE, 3, NONE, 7, 7, sure=0.7)

    best, peaks = ensemble_decode([output])

    assert best == 0
    assert [peak.column for peak in peaks] == [peak.column for peak in greedy_decode(output)]
    for together, alone in zip(peaks, greedy_decode(output), strict=True):
        assert np.allclose(together.probabilities, alone.probabilities)


def test_two_outputs_outvote_a_less_confident_third() -> None:
    seven, one = columns(NONE, 7, NONE, 2, sure=0.9), columns(NONE, 1, NONE, 2, sure=0.5)

    best, peaks = ensemble_decode([one, seven, seven])

    assert best in (1, 2)
    assert [peak.symbol for peak in peaks] == [7, 2]
    assert (
        peaks[0].probabilities[1] > greedy_decode(seven)[0].probabilities[1]
    )  # the third has influence, too


def test_outputs_may_differ_in_length_and_number_of_digits() -> None:
    short, long = columns(5, NONE, 5), columns(NONE, 5, 5, NONE, 5, NONE, NONE)
    missed = columns(NONE, 5, NONE, NONE, sure=0.4)

    best, peaks = ensemble_decode([missed, short, long])

    assert best in (1, 2)
    assert [peak.symbol for peak in peaks] == [5, 5]
