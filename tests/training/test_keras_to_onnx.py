"""ONNX files compute the same as Keras."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from tenfold.cores import available_cores
from tenfold.data import Dataset
from tenfold.errors import TenfoldError
from tenfold.keras_backend import set_up_keras
from tenfold.onnx_models.layers import layers_of
from tenfold.recipes import RECIPES, load_recipe

set_up_keras(available_cores())

import keras  # noqa: E402

from tenfold.models.cnn import build_cnn  # noqa: E402
from tenfold.training.keras_to_onnx import export_onnx  # noqa: E402


@pytest.mark.parametrize("name", [name for name in RECIPES if load_recipe(name).kind == "classify"])
def test_a_page_can_compute_every_recipe_that_classifies(
    name: str, tmp_path: Path, few_digits: Dataset
) -> None:
    recipe = load_recipe(name)
    model = recipe.answer(recipe.build())
    x = few_digits.x_test[:8].reshape(-1, *model.input_shape[1:]).astype(np.float32) / np.float32(255)
    export_onnx(model, tmp_path / "model.onnx", x)

    network = layers_of((tmp_path / "model.onnx").read_bytes())

    assert network.layers[-1].kind == "softmax"
    assert len(network.moves) == (1 if recipe.answer(model) is model else 5)


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_exports_with_the_same_probabilities(
    name: str, tmp_path: Path, few_digits: Dataset
) -> None:
    model = load_recipe(name).build()
    side = model.input_shape[1:]
    x = np.resize(few_digits.x_test[:100], (32, *side)).astype(np.float32) / np.float32(255)

    difference = export_onnx(model, tmp_path / "model.onnx", x)

    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    (exported,) = session.run(None, {session.get_inputs()[0].name: x})
    assert difference < 1e-5
    np.testing.assert_allclose(exported, model.predict(x, verbose=0), atol=1e-5)


def test_dropout_disappears(tmp_path: Path) -> None:
    model = build_cnn((4,), pools=1, units=8, dropout=0.5)

    assert export_onnx(model, tmp_path / "model.onnx", np.ones((2, 28, 28, 1), np.float32)) < 1e-5


def test_a_model_that_computes_something_else_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    class Unfaithful(keras.Model):  # type: ignore[misc]
        """Answers otherwise than it is exported."""

        def call(self, x: np.ndarray, training: bool | None = None, mask: None = None) -> np.ndarray:
            answer: np.ndarray = super().call(x, training=training, mask=mask)
            return answer if self.exported else answer + np.float32(0.01)

        def export(self, *args: object, **options: object) -> None:
            self.exported = True
            super().export(*args, **options)

    inputs = keras.Input((784,))
    model = Unfaithful(inputs, keras.layers.Dense(10)(inputs))
    model.exported = False

    with pytest.raises(TenfoldError, match=r"differs from Keras' by up to 0.01"):
        export_onnx(model, tmp_path / "model.onnx", np.ones((1, 784), np.float32))
    assert list(tmp_path.iterdir()) == []
