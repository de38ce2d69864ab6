"""Untrusted .keras files: what is loaded, and what is refused."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_files import linear, with_a_lambda, with_one_changed
from tenfold.errors import InputError, ModelError
from tenfold.models.keras_file import open_keras_file

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras' own, when it saves


def test_it_answers_as_the_model_that_was_saved(tmp_path: Path) -> None:
    model = linear(keras.layers.Dense(10, activation="softmax"))
    model.save(tmp_path / "x.keras")
    x = np.random.default_rng(0).random((5, 28, 28, 1), dtype=np.float32)

    input_shape, answer = open_keras_file(tmp_path / "x.keras")

    assert input_shape == (None, 28, 28, 1)
    np.testing.assert_allclose(answer(x), np.asarray(model(x)), rtol=1e-6)


def for_colour_images(path: Path) -> None:
    keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(10)]).save(path)


def of_another_module(path: Path) -> None:
    call = {"module": "os", "class_name": "system", "config": {"command": "false"}}
    with_one_changed(path, lambda layer: layer.update(call))


def with_more_weights(path: Path) -> None:
    with_one_changed(path, lambda layer: layer["config"].update(units=12))


def as_hdf5(path: Path) -> None:
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))


def of_another_program(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.pkl", b"")


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            with_a_lambda,
            InputError,
            "layers that are not Keras' own (Requested the deserialization of a `Lambda`",
        ),
        (of_another_module, InputError, "layers that are not Keras' own"),
        (for_colour_images, InputError, "numbers per image; it takes (32, 32, 3)"),
        (with_more_weights, ModelError, "is damaged, or not a Keras 3 file"),
        (as_hdf5, ModelError, "not a Keras 3 file: File is not a zip file"),
        (of_another_program, ModelError, "it holds no config.json"),
        (lambda _: None, ModelError, "cannot be opened: No such file"),
    ],
)
def test_what_else_is_called_so_is_refused_in_one_line(
    make: Callable[[Path], object], error: type[Exception], message: str, tmp_path: Path
) -> None:
    make(tmp_path / "x.keras")

    with pytest.raises(error, match=re.escape(message)) as told:
        open_keras_file(tmp_path / "x.keras")

    assert "\n" not in str(told.value)
    assert not (tmp_path / "x.hacked").exists()
