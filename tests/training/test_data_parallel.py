"""Parts of a batch on several cores, against the batch as a whole."""

import numpy as np
import pytest

from tenfold.cores import available_cores
from tenfold.keras_backend import set_up_keras
from tenfold.recipes import load_recipe

set_up_keras(available_cores())

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from tenfold.training.data_parallel import share_batches  # noqa: E402


def gradients(model: keras.Model, x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    with tf.GradientTape() as tape:
        loss = keras.losses.CategoricalCrossentropy()(y, model(x, training=True))
    return [np.asarray(gradient) for gradient in tape.gradient(loss, model.trainable_variables)]


@pytest.mark.parametrize("recipe", ["mlp-128-64", "cnn-32"])
@pytest.mark.parametrize("size", [3, 24, 32])
def test_answers_and_gradients_are_those_of_the_whole(recipe: str, size: int) -> None:
    model = load_recipe(recipe).build()
    rng = np.random.default_rng(size)
    x = rng.random((size, *model.input_shape[1:]), dtype=np.float32)
    y = np.eye(10, dtype=np.float32)[rng.integers(0, 10, size)]
    shared = share_batches(model, 3)

    np.testing.assert_allclose(shared(x), model(x), atol=1e-6)
    for ours, whole in zip(gradients(shared, x, y), gradients(model, x, y), strict=True):
        np.testing.assert_allclose(ours, whole, atol=1e-6)


def test_variables_are_the_models_own() -> None:
    model = load_recipe("fast").build()
    shared = share_batches(model, 2)
    assert [id(v) for v in shared.variables] == [id(v) for v in model.variables]


def test_one_core_changes_nothing() -> None:
    model = load_recipe("mlp-512").build()
    assert share_batches(model, 1) is model
