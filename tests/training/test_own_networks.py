"""The user's own networks are trained, resumed, saved and loaded like those of recipes."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

import tenfold
from tenfold.data import Dataset
from tenfold.errors import InputError, RunError
from tenfold.models.given import describe_model
from tenfold.runs.run import Run
from tenfold.training.progress import Progress

FILE = """
import keras
from keras import layers

class Doubled(layers.Layer):
    def call(self, x):
        return 2 * x

def build():
    return keras.Sequential([keras.Input((784,)), layers.Dense(10, activation="softmax")])

def custom():
    return keras.Sequential([keras.Input((784,)), Doubled(), layers.Dense(10, activation="softmax")])
"""


def logits(classes: int) -> keras.Model:
    """As documents write it: the input is not named, and there is no softmax."""
    return keras.Sequential([layers.Flatten(), layers.Dense(classes)])


def compiled() -> keras.Model:
    inputs = keras.Input((28, 28, 1))
    x = layers.BatchNormalization()(layers.Conv2D(2, 5, strides=4, activation="relu")(inputs))
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(layers.Flatten()(x)))
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "sparse_categorical_crossentropy", ["accuracy"])
    return model


def test_a_function_is_trained_and_its_model_comes_back(few_digits: Dataset, tmp_path: Path) -> None:
    run = tenfold.train(logits, few_digits, epochs=2, out=tmp_path)
    model = run.load_model()
    x = few_digits.x_test.astype(np.float32) / 255

    assert run.label == "logits"
    assert run.result["test_accuracy"] > 0.5
    np.testing.assert_allclose(run.predictions.probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(model.predict(x, verbose=0), run.predictions.probabilities, atol=1e-5)


def test_the_same_function_is_the_same_run_and_another_is_refused(
    few_digits: Dataset, tmp_path: Path
) -> None:
    first = tenfold.train(logits, few_digits, epochs=1, out=tmp_path)
    made = first.result_path.stat().st_mtime_ns

    again = tenfold.train(logits, few_digits, epochs=1, out=tmp_path)
    assert again.result_path.stat().st_mtime_ns == made

    kept = first.network_path.read_bytes()
    with pytest.raises(RunError, match="another definition of its network"):
        tenfold.train(lambda: keras.Sequential([layers.Dense(10)]), few_digits, epochs=1, out=tmp_path)
    assert first.network_path.read_bytes() == kept


def test_a_compiled_model_learns_as_it_was_compiled(few_digits: Dataset, tmp_path: Path) -> None:
    run = tenfold.train(compiled, few_digits, epochs=1, out=tmp_path)

    optimizer = run.recipe["optimizer"]
    assert (optimizer["name"], optimizer["momentum"]) == ("SGD", 0.9)
    assert optimizer["learning_rate"] == pytest.approx(0.05)
    trainable = sum(layer["trainable_parameters"] for layer in run.recipe["layers"])
    assert run.result["parameters"] - trainable == 4  # the mean and variance of two channels


def test_a_model_itself_is_trained_again_and_again_and_stays_as_it_is(
    few_digits: Dataset, tmp_path: Path
) -> None:
    model = compiled()
    begun = model.get_weights()

    run = tenfold.train(model, few_digits, epochs=1, batch_size=32, out=tmp_path)
    made = run.result_path.stat().st_mtime_ns
    again = tenfold.train(compiled(), few_digits, epochs=1, batch_size=32, out=tmp_path)

    assert run.recipe["batch_size"] == 32
    assert run.result["test_accuracy"] > 0.3
    assert again.result_path.stat().st_mtime_ns == made
    for before, after in zip(begun, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_an_interrupted_run_ends_with_the_weights_of_an_undisturbed_one(
    few_digits: Dataset, tmp_path: Path, interrupt_in: Callable[[int], Callable[[Progress], None]]
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(FILE)
    place = f"{file}:build"
    undisturbed = tenfold.train(place, few_digits, epochs=3, out=tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):
        tenfold.train(place, few_digits, epochs=3, out=tmp_path / "b", on_progress=interrupt_in(1))
    resumed = tenfold.train(place, few_digits, epochs=3, out=tmp_path / "b")

    assert resumed.weights_path.read_bytes() == undisturbed.weights_path.read_bytes()


def test_custom_layers_can_be_trained_and_reported_but_no_runs_code_is_run(
    few_digits: Dataset, tmp_path: Path
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(FILE)
    run = tenfold.train(f"{file}:custom", few_digits, epochs=1, out=tmp_path / "run")

    assert run.result["test_accuracy"] > 0.3
    assert tenfold.open_run(tmp_path / "run").predictions.probabilities.shape == (500, 10)
    with pytest.raises(RunError, match="layers that are not Keras' own"):
        Run(run.path).load_model()


def test_the_same_network_has_the_same_description_whatever_was_built_before() -> None:
    assert describe_model(compiled(), "it") == describe_model(compiled(), "it")


def no_model() -> int:
    return 3


def too_many() -> keras.Model:
    return keras.Sequential([layers.Dense(11)])


def odd_input() -> keras.Model:
    return keras.Sequential([keras.Input((5,)), layers.Dense(10)])


def subclass() -> keras.Model:
    class Own(keras.Model):  # type: ignore[misc]
        pass

    return Own()


def squared() -> keras.Model:
    model = keras.Sequential([keras.Input((784,)), layers.Dense(10, activation="softmax")])
    model.compile("adam", "mse")
    return model


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (no_model, "expected no_model to return a Keras model, received int"),
        (too_many, "to return 10 numbers, one per class; it returns"),
        (odd_input, "to take 784, 28 x 28 or 28 x 28 x 1 numbers per image"),
        (subclass, "Sequential or functional"),
        (squared, "compiled with categorical_crossentropy or its sparse form, received mse"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_one_line(
    few_digits: Dataset, tmp_path: Path, function: Callable[[], keras.Model], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        tenfold.train(function, few_digits, epochs=1, out=tmp_path)
