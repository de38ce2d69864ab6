"""Contrastive pretraining, then cross-entropy: which part learns from which loss, and resuming."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from tenfold import train
from tenfold.cores import available_cores
from tenfold.data import Dataset
from tenfold.keras_backend import set_up_keras
from tenfold.recipes import load_recipe
from tenfold.runs import Run
from tenfold.studies import find_runs
from tenfold.training.progress import Progress

set_up_keras(available_cores())

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from tenfold.training.data_parallel import share_batches  # noqa: E402
from tenfold.training.pretraining import Pretraining, supervised_contrastive_loss  # noqa: E402

RECIPE = "metric-pretrained"
EPOCHS = 4  # two of each half

cross_entropy = keras.losses.CategoricalCrossentropy()


def weights(run: Run) -> list[np.ndarray]:
    with np.load(run.weights_path) as saved:
        return [saved[name] for name in saved.files]


@pytest.fixture(scope="module")
def run(few_digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return train(RECIPE, few_digits, epochs=EPOCHS, out=tmp_path_factory.mktemp("run"))


@pytest.mark.parametrize("epoch", [1, 2])
def test_interrupted_in_either_half_it_ends_with_the_weights_of_an_uninterrupted_run(
    run: Run,
    few_digits: Dataset,
    tmp_path: Path,
    epoch: int,
    interrupt_in: Callable[[int], Callable[[Progress], None]],
) -> None:
    with pytest.raises(KeyboardInterrupt):
        train(RECIPE, few_digits, epochs=EPOCHS, out=tmp_path, on_progress=interrupt_in(epoch))

    resumed = train(RECIPE, few_digits, epochs=EPOCHS, out=tmp_path)

    for ours, uninterrupted in zip(weights(resumed), weights(run), strict=True):
        assert np.array_equal(ours, uninterrupted)
    for key in ("accuracy", "loss", "val_accuracy", "val_loss"):
        assert [epoch[key] for epoch in resumed.history] == [epoch[key] for epoch in run.history]


def test_its_first_half_adds_the_contrastive_loss_and_shows_an_accuracy(run: Run) -> None:
    losses = [epoch["loss"] for epoch in run.history]

    assert min(losses[:2]) > 3 > max(losses[2:])  # of 250 images, about 24 like each: log 24 at the least
    assert run.history[1]["val_accuracy"] > 0.5
    assert run.result["test_accuracy"] > 0.85
    assert run.recipe["pretraining"] == 0.5


def test_what_is_left_is_the_network_of_fast(run: Run, few_digits: Dataset) -> None:
    session = onnxruntime.InferenceSession(run.onnx_path)
    x = few_digits.x_test[..., None].astype("float32") / 255

    (probabilities,) = session.run(None, {session.get_inputs()[0].name: x})

    assert probabilities.shape == (500, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.asarray(run.load_model()(x)), probabilities, atol=1e-5)
    assert [w.shape for w in weights(run)] == [w.shape for w in load_recipe("fast").build().weights]
    assert run.result["parameters"] == load_recipe("fast").parameters


def test_a_single_epoch_is_cross_entropy_alone(few_digits: Dataset, tmp_path: Path) -> None:
    run = train(RECIPE, few_digits, epochs=1, out=tmp_path)

    assert run.history[0]["loss"] < 3
    assert run.result["test_accuracy"] > 0.5


def test_it_is_studied_beside_the_same_network_without_pretraining(digits_csv: Path, tmp_path: Path) -> None:
    command = ["study", "fast", RECIPE, "--quick", "--seeds", "1", "--as-written"]
    where = ["--data", str(digits_csv), "--out", str(tmp_path)]

    subprocess.run([sys.executable, "-m", "tenfold", *command, *where], check=True, capture_output=True)

    assert {run.label for run in find_runs([tmp_path])} == {"fast (as written)", f"{RECIPE} (as written)"}
    assert RECIPE in (tmp_path / "report.html").read_text(encoding="utf-8")


def gradients(
    model: keras.Model, variables: list[keras.Variable], x: np.ndarray, loss: object
) -> list[np.ndarray]:
    """Of a loss of the model's outputs; zeros where a variable has no part in it."""
    with tf.GradientTape() as tape:
        value = loss(model(x, training=True))  # type: ignore[operator]
    return [
        np.asarray(gradient)
        for gradient in tape.gradient(
            value,
            [variable.value for variable in variables],
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )
    ]


@pytest.fixture
def batch() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.random((40, 28, 28, 1), np.float32), np.eye(10, dtype=np.float32)[rng.integers(0, 10, 40)]


@pytest.fixture(params=[1, 2], ids=["one core", "two cores"])
def phase(request: pytest.FixtureRequest) -> tuple[Pretraining, keras.Model, keras.Model]:
    """The phase, with one epoch of pre-training, its network, and what is trained on so many cores."""
    network = load_recipe("fast").build()
    phase = Pretraining(network, cross_entropy, epochs=1)
    return phase, network, share_batches(phase.learner, request.param)


def test_while_pretraining_the_base_learns_by_contrast_and_the_classifier_from_its_own_loss(
    phase: tuple[Pretraining, keras.Model, keras.Model], batch: tuple[np.ndarray, np.ndarray]
) -> None:
    pretraining, network, learner = phase
    x, y = batch
    *base, kernel, bias = network.trainable_variables
    pretraining.on_epoch_begin(0)

    of_both = gradients(learner, base, x, lambda out: pretraining.loss(y, out))
    by_contrast = gradients(
        learner, base, x, lambda out: tf.reduce_mean(supervised_contrastive_loss(y, out[:, 10:]))
    )
    by_classifier = gradients(learner, base, x, lambda out: cross_entropy(y, out[:, :10]))
    for both, contrast, classifier in zip(of_both, by_contrast, by_classifier, strict=True):
        np.testing.assert_allclose(both, contrast, atol=1e-6)
        assert not classifier.any()
    assert any(gradient.any() for gradient in of_both)
    of_probe = gradients(learner, [kernel, bias], x, lambda out: pretraining.loss(y, out))
    by_itself = gradients(learner, [kernel, bias], x, lambda out: cross_entropy(y, out[:, :10]))
    for ours, theirs in zip(of_probe, by_itself, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
        assert theirs.any()


def test_while_fine_tuning_the_network_learns_from_cross_entropy_alone(
    phase: tuple[Pretraining, keras.Model, keras.Model], batch: tuple[np.ndarray, np.ndarray]
) -> None:
    pretraining, network, learner = phase
    x, y = batch
    pretraining.on_epoch_begin(1)

    def loss(out: tf.Tensor) -> tf.Tensor:
        return pretraining.loss(y, out)

    ours = gradients(learner, learner.trainable_variables, x, loss)
    own = gradients(learner, network.trainable_variables, x, lambda out: cross_entropy(y, out[:, :10]))
    by_id = {
        id(variable): gradient for variable, gradient in zip(learner.trainable_variables, ours, strict=True)
    }
    for variable, gradient in zip(network.trainable_variables, own, strict=True):
        np.testing.assert_allclose(by_id.pop(id(variable)), gradient, atol=1e-6)
    assert len(by_id) == 2  # kernel and bias of the projection
    assert not any(gradient.any() for gradient in by_id.values())


def test_the_learning_rate_rises_and_falls_in_each_half() -> None:
    optimizer = load_recipe(RECIPE).build_optimizer(100, load_recipe(RECIPE).learning_rate)

    rates = []
    for step in range(100):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))

    assert rates[:50] == rates[50:]
    assert rates.index(max(rates)) == 15
    assert rates[49] < rates[0] / 5
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    again.iterations.assign(60)
    assert float(again.learning_rate) == rates[60]
