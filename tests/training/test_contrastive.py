"""The supervised contrastive loss, against the paper's formula written out."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.cores import available_cores
from tenfold.keras_backend import set_up_keras

set_up_keras(available_cores())

import tensorflow as tf  # noqa: E402

from tenfold.training.pretraining import supervised_contrastive_loss  # noqa: E402


def written_out(labels: np.ndarray, z: np.ndarray, temperature: float = 0.1) -> list[float]:
    """L_out of each image: equation 2 of the paper, sum by sum."""
    losses = []
    for i in range(len(z)):
        positives = [p for p in range(len(z)) if p != i and labels[p] == labels[i]]
        inner = 0.0
        for p in positives:
            denominator = 0.0
            for a in range(len(z)):
                if a != i:
                    denominator += math.exp(float(z[i] @ z[a]) / temperature)
            inner += math.log(math.exp(float(z[i] @ z[p]) / temperature) / denominator)
        losses.append(-inner / len(positives) if positives else 0.0)
    return losses


def unit_vectors(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    z = rng.normal(size=(n, d))
    return np.asarray(z / np.linalg.norm(z, axis=1, keepdims=True))


def one_hot(labels: np.ndarray) -> np.ndarray:
    return np.asarray(np.eye(10, dtype=np.float32)[labels])


def loss_and_gradient(labels: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    embeddings = tf.constant(z, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(embeddings)
        loss = supervised_contrastive_loss(one_hot(labels), embeddings)
    return np.asarray(loss), np.asarray(tape.gradient(loss, embeddings))


@given(n=st.integers(1, 24), d=st.integers(2, 16), classes=st.integers(1, 10), seed=st.integers(0, 2**32 - 1))
def test_the_loss_is_that_of_the_paper(n: int, d: int, classes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels, z = rng.integers(0, classes, n), unit_vectors(rng, n, d)

    loss, gradient = loss_and_gradient(labels, z)

    np.testing.assert_allclose(loss, written_out(labels, z), rtol=1e-4, atol=1e-4)
    assert np.isfinite(gradient).all()


def test_an_image_alone_of_its_class_counts_nothing_but_pushes_others_off() -> None:
    labels, z = np.array([3, 3, 7]), unit_vectors(np.random.default_rng(0), 3, 4)

    loss, gradient = loss_and_gradient(labels, z)

    assert loss[2] == 0
    assert (loss[:2] > 0).all()
    assert np.abs(gradient[2]).max() > 0


@pytest.mark.parametrize("n", [1, 10])
def test_a_batch_without_two_of_a_class_has_no_loss_and_no_gradient(n: int) -> None:
    loss, gradient = loss_and_gradient(np.arange(n), unit_vectors(np.random.default_rng(1), n, 8))

    assert not loss.any()
    assert not gradient.any()


def test_classes_that_lie_together_and_apart_have_the_least_loss_there_is() -> None:
    labels = np.repeat(np.arange(2), 4)
    z = np.where(labels[:, None] == 0, [1.0, 0.0], [-1.0, 0.0])

    loss, _ = loss_and_gradient(labels, z)

    np.testing.assert_allclose(loss, math.log(3 + 4 * math.exp(-20)), rtol=1e-5)
