"""A reader's ONNX file becomes the Keras model it was exported from."""

import json
from hashlib import sha256
from pathlib import Path

import keras
import numpy as np
import onnx
import pytest

from tenfold.data import Dataset
from tenfold.errors import ModelError, RunError
from tenfold.onnx_models.answers import softmax
from tenfold.reader.manifest import load_manifest
from tenfold.reader.reader import BUNDLED_LINES, BUNDLED_MODEL
from tenfold.recipes import load_recipe
from tenfold.runs.inference import open_session, run_network
from tenfold.training.warm_start import begin_with


@pytest.fixture
def model() -> keras.Model:
    return load_recipe("reader").build()


def begin(model: keras.Model, path: Path) -> None:
    begin_with(model, path, load_manifest(path).sha256)


def write_model(path: Path, content: bytes) -> Path:
    """A file with the bundled manifest, but for its checksum."""
    manifest = json.loads(BUNDLED_MODEL.with_suffix(".json").read_text())
    path.write_bytes(content)
    path.with_suffix(".json").write_text(json.dumps({**manifest, "sha256": sha256(content).hexdigest()}))
    return path


def test_the_bundled_network_gives_the_same_probabilities_in_keras(
    model: keras.Model, few_digits: Dataset
) -> None:
    begin(model, BUNDLED_MODEL)

    images = few_digits.x_test
    expected = softmax(run_network(open_session(BUNDLED_MODEL), images, 1))
    received = model.predict(images[..., None].astype(np.float32) / 255, verbose=0)
    np.testing.assert_allclose(received, expected, atol=1e-4)


def test_another_network_is_refused(model: keras.Model) -> None:
    with pytest.raises(ModelError, match=r"lines.onnx to contain the network of the recipe reader"):
        begin(model, BUNDLED_LINES)


def test_a_network_of_the_same_weights_that_computes_something_else_is_refused(
    model: keras.Model, tmp_path: Path
) -> None:
    other = onnx.load(BUNDLED_MODEL)
    relu = next(node for node in other.graph.node if node.op_type == "Relu")
    relu.op_type = "Sigmoid"

    with pytest.raises(ModelError, match="received another one"):
        begin(model, write_model(tmp_path / "other.onnx", other.SerializeToString()))


def test_what_is_no_network_is_refused(model: keras.Model, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="received another one"):
        begin(model, write_model(tmp_path / "none.onnx", b"no network at all"))


def test_a_damaged_file_is_refused(model: keras.Model, tmp_path: Path) -> None:
    path = write_model(tmp_path / "mine.onnx", BUNDLED_MODEL.read_bytes())
    path.write_bytes(path.read_bytes()[:-1] + b"\0")

    with pytest.raises(ModelError, match="damaged or was replaced"):
        begin(model, path)


def test_a_file_that_was_replaced_is_refused(model: keras.Model) -> None:
    with pytest.raises(RunError, match="changed since the run began"):
        begin_with(model, BUNDLED_MODEL, "0" * 64)
