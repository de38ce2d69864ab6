"""The loss of lines, against counting all ways to read them."""

from itertools import groupby, product

import numpy as np
import pytest

from tenfold.cores import available_cores
from tenfold.keras_backend import set_up_keras
from tenfold.onnx_models.answers import softmax
from tenfold.reader.ctc import log_likelihoods

set_up_keras(available_cores())

from tenfold.training.line_loss import ctc_loss, lines_right  # noqa: E402


@pytest.mark.parametrize("digits", [(), (3,), (3, 3), (3, 7)])
def test_the_loss_is_that_of_all_ways_to_read_the_digits(digits: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1, (1, 5, 11)).astype(np.float32)
    probabilities = np.exp(logits[0]) / np.exp(logits[0]).sum(axis=1, keepdims=True)
    expected = 0.0
    for path in product((3, 7, 10), repeat=5):  # no others spell these digits
        if tuple(value for value, _ in groupby(path) if value != 10) == digits:
            expected += np.prod([probabilities[t, value] for t, value in enumerate(path)])
    labels = np.full((1, 4), 10)
    labels[0, : len(digits)] = digits

    assert float(ctc_loss(labels, logits)[0]) == pytest.approx(-np.log(expected), rel=1e-4)


def test_a_line_is_right_if_all_of_its_digits_are_and_no_more() -> None:
    shown = np.array([[10, 3, 3, 10, 3, 7], [10, 10, 10, 10, 10, 10], [1, 2, 3, 4, 5, 6]])
    logits = np.eye(11, dtype=np.float32)[shown]
    labels = np.array([[3, 3, 7, 10], [10, 10, 10, 10], [1, 2, 3, 4]])

    assert lines_right(labels, logits).numpy().tolist() == [1, 1, 0]
    labels[0, 2] = 8
    assert lines_right(labels, logits).numpy().tolist() == [0, 1, 0]


def test_each_line_of_a_batch_has_its_own_loss() -> None:
    rng = np.random.default_rng(0)
    lines: list[list[int]] = [[], [0, 0, 21], [7], [], [1, 2, 3, 4, 5]]
    logits = rng.normal(0, 2, (len(lines), 12, 22)).astype(np.float32)
    labels = np.full((len(lines), 8), 10)
    for row, line in zip(labels, lines, strict=True):
        row[: len(line)] = line

    expected = [-log_likelihoods(softmax(one), [line])[0] for one, line in zip(logits, lines, strict=True)]
    np.testing.assert_allclose(ctc_loss(labels, logits), expected, rtol=1e-4)
