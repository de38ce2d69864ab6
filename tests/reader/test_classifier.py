"""Reading with networks not made for the reader: runs, and other ONNX files."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner

import tenfold
from tenfold import cli
from tenfold.data import Dataset
from tenfold.reader.opening import open_reader


@pytest.fixture
def own(small_model: Any, tmp_path: Path) -> Path:
    """A classifier of ten digits that outputs logits, in a file without a manifest."""
    path = tmp_path / "own.onnx"
    path.write_bytes(small_model.onnx(small_model.weights[:, :10]).SerializeToString())
    return path


def make_run(folder: Path, model: Path, **settings: Any) -> Path:
    """A run folder with just enough of a finished run to read with."""
    folder.mkdir()
    (folder / "model.onnx").write_bytes(model.read_bytes())
    recipe = {"recipe": "cnn-32", "seed": 3, "data": "mnist", "data_sha256": "1" * 64, **settings}
    (folder / "recipe.json").write_text(json.dumps(recipe))
    (folder / "result.json").write_text("{}")
    return folder


def test_a_users_network_classifies_every_digit_of_a_line(own: Path, page: NDArray[np.uint8]) -> None:
    reader = tenfold.Reader(own)
    bundled, trace = tenfold.Reader().read(page), reader.trace(page)

    assert [len(line) for line in trace.reading] == [len(line) for line in bundled]
    for line, cut_line in zip(trace.reading, trace.lines, strict=True):
        probabilities = reader.probabilities(np.stack([cut.image for cut in cut_line.cuts]))
        for digit, box, expected in zip(line, cut_line.cuts, probabilities, strict=True):
            assert digit.box == box.box
            assert digit.probabilities == pytest.approx(expected[:10], abs=1e-6)
            assert sum(digit.probabilities) == pytest.approx(1)  # it has no "no digit" class
            assert digit.accepted == (digit.confidence >= 0.5)


def test_logits_become_probabilities_at_temperature_1(
    own: Path, small_model: Any, few_digits: Dataset
) -> None:
    reader, images = tenfold.Reader(own), few_digits.x_test
    logits = images.reshape(len(images), -1).astype(np.float64) / 255 @ small_model.weights[:, :10]
    powers = np.exp(logits)

    received = reader.probabilities(images)

    assert np.allclose(received[:, :10], powers / powers.sum(axis=1, keepdims=True), atol=1e-5)
    assert not received[:, 10].any()
    assert (reader.manifest.temperature, reader.manifest.threshold) == (1, 0.5)
    assert [digit.value for digit in reader.read_digits(images[:50])] == pytest.approx(
        received[:50].argmax(axis=1), abs=0
    )
    assert reader.read_digits([]) == []
    assert reader.feature_maps(images[0]) == []


@pytest.mark.parametrize("shape", [["N", 1, 28, 28], ["N", 28, 28], ["N", 784], [1, 28, 28, 1]])
def test_any_input_layout_of_28_by_28_pixels_works(shape: list[Any], own: Path, few_digits: Dataset) -> None:
    expected = tenfold.Reader(own).probabilities(few_digits.x_test[:20])
    model = onnx.load(own)
    for dimension, length in zip(
        model.graph.input[0].type.tensor_type.shape.dim, range(len(shape)), strict=False
    ):
        dimension.Clear()
        if isinstance(shape[length], int):
            dimension.dim_value = shape[length]
        else:
            dimension.dim_param = "N"
    del model.graph.input[0].type.tensor_type.shape.dim[len(shape) :]
    onnx.save(model, own)

    assert np.allclose(tenfold.Reader(own).probabilities(few_digits.x_test[:20]), expected, atol=1e-6)


def test_a_network_with_a_no_digit_class_replaces_the_bundled_one(
    small_model: Any, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    """Lines are then read as usual, and isolated digits by it."""
    path = tmp_path / "eleven.onnx"
    path.write_bytes(small_model.path.read_bytes())

    assert tenfold.Reader(path).read(page) == tenfold.Reader().read(page)
    assert sum(tenfold.Reader(path).read_digits([page])[0].probabilities) < 1


def test_a_run_can_read(own: Path, page: NDArray[np.uint8], tmp_path: Path) -> None:
    run = make_run(tmp_path / "cnn-32-seed-3", own)
    reader = tenfold.Reader(run)

    assert reader.read(page) == tenfold.Reader(own).read(page)
    assert (reader.manifest.name, reader.manifest.recipe) == ("cnn-32-seed-3", "cnn-32")
    assert reader.manifest.command == "tenfold train cnn-32 --seed 3"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"permuted": True}, "permuted pixels"),
        ({"loss": "ctc"}, "reads lines: export it with tenfold export"),
        ({"seed": None}, "cannot be read"),
    ],
)
def test_a_run_that_cannot_read_digits_is_refused(
    settings: dict[str, Any], message: str, own: Path, tmp_path: Path
) -> None:
    with pytest.raises(tenfold.TenfoldError, match=message):
        tenfold.Reader(make_run(tmp_path / "run", own, **settings))


def test_an_unfinished_run_is_refused(own: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", own)
    (run / "result.json").unlink()
    with pytest.raises(tenfold.InputError, match="is not finished"):
        tenfold.Reader(run)


def test_the_command_reads_with_a_run_or_a_file(own: Path, page: NDArray[np.uint8], tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    Image.fromarray(page).save(picture)
    expected = tenfold.Reader(own).read(page).text + "\n"

    for model in (own, make_run(tmp_path / "run", own)):
        result = CliRunner().invoke(cli.app, ["read", str(picture), "--model", str(model)])
        assert (result.exit_code, result.stdout) == (0, expected)


def test_the_service_requires_a_manifest(own: Path) -> None:
    """While files are being replaced, a model lacks one for a moment."""
    with pytest.raises(tenfold.ModelError, match=r"the manifest .*own\.json cannot be opened"):
        open_reader(own, max_pixels=1000, patience_s=1)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        tenfold.InputError, match=r"no model at .*nowhere: expected an ONNX file or the folder"
    ):
        tenfold.Reader(tmp_path / "nowhere")
