"""Calibration, against scikit-learn and a plain loop."""

import itertools
from typing import Any

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from tenfold.errors import InputError
from tenfold.evaluation import expected_calibration_error, fit_temperature, reliability_curve, temper

quick = settings(max_examples=40)


def random_probabilities(seed: int, n: int, concentration: float = 0.3) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.full(10, concentration), n)
    labels = np.where(rng.random(n) < 0.7, probabilities.argmax(axis=1), rng.integers(0, 10, n))
    return labels, probabilities


samples = st.builds(
    random_probabilities, st.integers(0, 10**6), st.integers(1, 200), st.sampled_from([0.05, 0.3, 1.0, 10.0])
)


def test_a_curve_small_enough_to_reckon_by_hand() -> None:
    probabilities = [[0.6, 0.4], [0.7, 0.3], [0.1, 0.9], [0.0, 1.0]]
    curve = reliability_curve([0, 1, 1, 1], probabilities, bins=4)
    np.testing.assert_array_equal(curve.edges, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_array_equal(curve.count, [0, 0, 2, 2])
    np.testing.assert_allclose(curve.confidence, [np.nan, np.nan, 0.65, 0.95])
    np.testing.assert_allclose(curve.accuracy, [np.nan, np.nan, 0.5, 1.0])
    error = expected_calibration_error([0, 1, 1, 1], probabilities, bins=4)
    assert error == pytest.approx(0.5 * 0.15 + 0.5 * 0.05)


def test_a_confidence_on_an_edge_belongs_to_the_bin_below() -> None:
    curve = reliability_curve([0], [[0.5, 0.5]], bins=2)
    np.testing.assert_array_equal(curve.count, [1, 0])


@quick
@given(samples, st.integers(1, 30))
def test_curve_is_that_of_scikit_learn_where_bins_are_filled(sample: Any, bins: int) -> None:
    y_true, probabilities = sample
    curve = reliability_curve(y_true, probabilities, bins)
    right = (probabilities.argmax(axis=1) == y_true).astype(int)
    accuracy, confidence = calibration_curve(right, probabilities.max(axis=1), n_bins=bins, pos_label=1)
    filled = curve.count > 0
    np.testing.assert_allclose(curve.accuracy[filled], accuracy)
    np.testing.assert_allclose(curve.confidence[filled], confidence)
    assert np.isnan(curve.accuracy[~filled]).all()
    assert np.isnan(curve.confidence[~filled]).all()


@quick
@given(samples, st.integers(1, 30))
def test_calibration_error_is_that_of_the_formula_in_the_paper(sample: Any, bins: int) -> None:
    y_true, probabilities = sample
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == y_true
    edges, expected = np.linspace(0, 1, bins + 1), 0.0
    for low, high in itertools.pairwise(edges):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            expected += inside.sum() / len(y_true) * abs(right[inside].mean() - confidence[inside].mean())
    assert expected_calibration_error(y_true, probabilities, bins) == pytest.approx(expected, abs=1e-12)


@quick
@given(samples, st.integers(1, 30))
def test_every_sample_is_in_one_bin_and_within_its_edges(sample: Any, bins: int) -> None:
    curve = reliability_curve(sample[0], sample[1], bins)
    assert curve.count.sum() == len(sample[0])
    assert len(curve.edges) == bins + 1 == len(curve.count) + 1
    filled = curve.count > 0
    assert np.all(curve.confidence[filled] >= curve.edges[:-1][filled] - 1e-12)
    assert np.all(curve.confidence[filled] <= curve.edges[1:][filled] + 1e-12)


@quick
@given(samples, st.integers(1, 30), st.randoms(use_true_random=False))
def test_calibration_error_is_a_fraction_and_does_not_depend_on_order(
    sample: Any, bins: int, random: Any
) -> None:
    y_true, probabilities = sample
    order = random.sample(range(len(y_true)), len(y_true))
    error = expected_calibration_error(y_true, probabilities, bins)
    assert 0 <= error <= 1
    assert expected_calibration_error(y_true[order], probabilities[order], bins) == pytest.approx(error)


def test_certainty_is_calibrated_when_right_and_as_far_off_as_can_be_when_wrong() -> None:
    certain = np.eye(10)
    assert expected_calibration_error(np.arange(10), certain) == 0
    assert expected_calibration_error((np.arange(10) + 1) % 10, certain) == 1


def test_a_row_that_rounds_above_one_still_fits_the_last_bin() -> None:
    probabilities = np.array([[1.0005, 0.0]])
    assert reliability_curve([0], probabilities).count[-1] == 1
    assert expected_calibration_error([0], probabilities) == 0


def test_calibration_refuses_what_it_cannot_use() -> None:
    with pytest.raises(InputError, match="bins: expected 1 or more, received 0"):
        reliability_curve([0], [[0.5, 0.5]], bins=0)
    with pytest.raises(InputError, match="apply softmax to logits first"):
        expected_calibration_error([0], [[3.1, -2.0]])


@given(temperature=st.floats(0.3, 3.0), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_the_temperature_with_which_labels_were_drawn_is_found(temperature: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (20_000, 5))
    truth = scipy.special.softmax(logits / temperature, axis=1)
    labels = (truth.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)

    found = fit_temperature(labels, scipy.special.softmax(logits, axis=1))

    assert found == pytest.approx(temperature, rel=0.08)


def test_tempering_is_dividing_the_logits() -> None:
    logits = np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 9.0]])

    tempered = temper(scipy.special.softmax(logits, axis=1), 2.5)

    np.testing.assert_allclose(tempered, scipy.special.softmax(logits / 2.5, axis=1), rtol=1e-9)
    np.testing.assert_allclose(temper(tempered, 1), tempered)


def test_tempering_a_certainty_leaves_it_one() -> None:
    np.testing.assert_allclose(temper([[1.0, 0.0]], 0.5), [[1.0, 0.0]], atol=1e-12)
