"""Other people's models in a report: evaluated on the runs' test images, labelled as such, never trusted."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnx
import pytest

import tenfold
from keras_files import linear, with_a_lambda, with_vast_weights
from made_runs import MakeRun
from small_model import SmallModel
from tenfold import cli
from tenfold.data import Dataset, load_data
from tenfold.evaluation import accuracy
from tenfold.runs import Run

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras' own, when it saves


@pytest.fixture
def data(few_digits: Dataset, tmp_path: Path) -> Dataset:
    """Some digits in a file, from which the report can load them again."""
    path = tmp_path / "digits.npz"
    np.savez(path, **{name: getattr(few_digits, name) for name in ("x_train", "y_train", "x_test", "y_test")})
    return load_data(str(path))


@pytest.fixture
def run(make_run: MakeRun, data: Dataset, tmp_path: Path) -> Run:
    return make_run(
        "cnn-32",
        mistakes=20,
        labels=data.y_test.tolist(),
        data_sha256=data.sha256,
        name=str(tmp_path / "digits.npz"),
    )


@pytest.fixture
def onnx_file(small_model: SmallModel, tmp_path: Path) -> Path:
    onnx.save(SmallModel.onnx(small_model.weights[:, :10]), tmp_path / "mine.onnx")
    return tmp_path / "mine.onnx"


@pytest.fixture
def keras_file(small_model: SmallModel, tmp_path: Path) -> Path:
    """The same classifier, compiled with a loss that only its maker has."""
    model = linear(keras.layers.Dense(10, use_bias=False, name="digits"))
    model.compile(loss=own_loss)
    model.layers[-1].set_weights([small_model.weights[:, :10]])
    model.save(tmp_path / "model.keras")
    return tmp_path / "model.keras"


def own_loss(_true: Any, answer: Any) -> Any:
    return answer


def said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: object
) -> tuple[int, str, str]:
    """The exit code of `tenfold`, and its output on stdout and stderr."""
    monkeypatch.setattr("sys.argv", ["tenfold", *map(str, arguments)])
    code = 0
    try:
        cli.main()
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_models_stand_beside_the_runs_and_are_named_as_what_they_are(
    run: Run,
    data: Dataset,
    small_model: SmallModel,
    onnx_file: Path,
    keras_file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = small_model.probabilities(data.x_test)[:, :10].argmax(axis=1)

    code, out, err = said(capsys, monkeypatch, "report", onnx_file, run.path, keras_file)

    assert code == 0, err
    assert "Not ranked: mine.onnx (" in out
    results = json.loads((run.path / "results.json").read_text())
    assert [system["label"] for system in results["systems"]] == ["cnn-32"]
    assert [model["label"] for model in results["models"]] == ["mine.onnx", "model.keras"]
    assert [model["test_accuracy"] for model in results["models"]] == [accuracy(data.y_test, expected)] * 2
    pairs = {(pair["name_a"], pair["name_b"]): pair for pair in results["model_comparisons"]}
    assert list(pairs) == [("cnn-32", "mine.onnx"), ("cnn-32", "model.keras"), ("mine.onnx", "model.keras")]
    assert pairs["cnn-32", "mine.onnx"]["better"] == "cnn-32"
    assert pairs["mine.onnx", "model.keras"]["difference"] == 0
    assert results["comparisons"] == []
    assert any("What they were trained on is unknown" in warning for warning in results["warnings"])
    page = (run.path / "report.html").read_text()
    # Each in the summary, and above what is shown of it; the ONNX file runs in the page, too.
    assert page.count("finished model</span>") == 5
    assert '"label":"mine.onnx"' in page
    assert "cannot compute their layers: cnn-32, model.keras." in page
    assert 'id="model-2"' in page
    assert "The only comparisons are with mine.onnx and model.keras, finished models" in " ".join(
        results["conclusion"]
    )
    accuracies = page.partition("<figure")[2].partition("</figure>")[0]
    assert [name in accuracies for name in ("<title>mine.onnx: ", "<title>model.keras: ")] == [True] * 2
    assert "<h1>cnn-32" not in page.replace('<span class="ref"', "")  # the name is underlined


def test_a_comparison_has_models_too_and_an_evaluation_takes_keras_files(
    run: Run, data: Dataset, onnx_file: Path, keras_file: Path
) -> None:
    compared = tenfold.compare([run, keras_file])
    assert "model.keras" in repr(compared)
    assert "<title>model.keras: " in compared.show().svg

    of_keras, of_onnx = (tenfold.evaluate(file, data) for file in (keras_file, onnx_file))
    assert of_keras.accuracy == of_onnx.accuracy
    assert of_keras.loss == pytest.approx(of_onnx.loss, rel=1e-4)


def test_without_the_runs_data_no_model_can_be_asked(
    run: Run,
    onnx_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "digits.npz").unlink()

    code, _, err = said(capsys, monkeypatch, "report", run.path, onnx_file)

    assert code == 2
    assert "to evaluate the models on the same images; it is missing, or changed" in err


def test_a_model_alone_is_sent_to_evaluate(
    onnx_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = said(capsys, monkeypatch, "report", onnx_file)

    assert code == 2
    assert "expected the folder of a run" in err


EVIL: dict[str, tuple[Callable[[Path], object], int, str]] = {
    "lambda.keras": (with_a_lambda, 2, "not Keras' own (Requested"),
    "vast.keras": (with_vast_weights, 1, "Keras cannot compute the model"),
    "mine.h5": (
        lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100)),
        1,
        "HDF5, as .h5 files are",
    ),
    "mine.pkl": (lambda path: path.write_bytes(pickle.dumps([1])), 1, "a pickle"),
}


@pytest.mark.parametrize("name", EVIL)
def test_bad_files_are_one_clear_line(
    name: str,
    run: Run,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make, expected, message = EVIL[name]
    make(tmp_path / name)

    code, out, err = said(capsys, monkeypatch, "report", run.path, tmp_path / name)

    assert (code, out) == (expected, "")
    *events, error = err.splitlines()
    assert message in error
    assert not any(line.startswith(("tenfold:", "Traceback")) for line in events)
    assert not list(tmp_path.glob("*.hacked"))
    assert not (run.path / "report.html").exists()
