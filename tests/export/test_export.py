"""A run becomes a file of another program, which computes the same there."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold import cli, train
from tenfold.cores import available_cores
from tenfold.data import Dataset, load_data
from tenfold.errors import TenfoldError
from tenfold.export.agreement import require_agreement
from tenfold.export.tflite import write_int8
from tenfold.keras_backend import set_up_keras
from tenfold.recipes import RECIPES, load_recipe
from tenfold.runs import Run

set_up_keras(available_cores())

# Keras, where NumPy copies its variables while a .keras is written.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")

PAGE = Path(__file__).parents[2] / "docs" / "export.md"
KINDS = ("digits.onnx", "digits.keras", "digits")
TFLITE = ("digits.tflite", "digits.int8.tflite")


def export(
    run: Run, path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[int, str]:
    """The exit code of `tenfold export`, and its last line."""
    monkeypatch.setattr("sys.argv", ["tenfold", "export", str(run.path), str(path)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    code, captured = int(stopped.value.code or 0), capsys.readouterr()
    return code, (captured.err if code else captured.out).strip().splitlines()[-1]


def strings(content: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value in nested JSON."""
    for key, value in content.items() if isinstance(content, dict) else enumerate(content):
        yield str(key), value
        if isinstance(value, dict | list):
            yield from strings(value)


def answers_elsewhere(code: str, folder: Path, images: np.ndarray) -> np.ndarray:
    """What a page's `code` computes for `images` in a process that has no tenfold."""
    np.save(folder / "images.npy", images)
    script = (
        "import sys; sys.modules['tenfold'] = None\n"
        "import numpy as np; images = np.load('images.npy')\n"
        f"{code}\nnp.save('answers.npy', np.asarray(probabilities))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run(
        [sys.executable, "-I", "-c", script], cwd=folder, env=environment, check=True, capture_output=True
    )
    return np.asarray(np.load(folder / "answers.npy"))


def on_page(kind: str) -> str:
    """The lines of the page that load a file of this kind."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (code,) = (block for block in blocks if f'"{kind}"' in block)
    return str(code)


@pytest.mark.parametrize(
    "kind", [kind if kind == "digits.onnx" else pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS]
)
def test_a_run_is_exported_and_loaded_as_the_page_says_without_tenfold(
    kind: str,
    fast_run: Run,
    few_digits: Dataset,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code, said = export(fast_run, tmp_path / kind, capsys, monkeypatch)

    assert code == 0
    assert re.search(
        r"1,000 images: the same classes and (exactly the same|.* at most \d\.\de-0[67])", said
    ), said
    assert [entry.name for entry in tmp_path.iterdir()] == [kind]
    images = few_digits.x_test[..., None].astype("float32") / 255
    received = answers_elsewhere(on_page(kind), tmp_path, images)
    np.testing.assert_allclose(received, fast_run.predictions.probabilities, atol=1e-5)
    assert np.array_equal(received.argmax(axis=1), fast_run.predictions.y_pred)


@pytest.fixture(scope="session")
def run_on_file(few_digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run whose data can be loaded again."""
    folder = tmp_path_factory.mktemp("on file")
    arrays = {name: getattr(few_digits, name) for name in ("x_train", "y_train", "x_test", "y_test")}
    np.savez(folder / "digits.npz", **arrays)
    data = replace(load_data(str(folder / "digits.npz")), name=str(folder / "digits.npz"))
    return train("fast", data, epochs=2, out=folder / "run")


@pytest.mark.parametrize("kind", TFLITE)
def test_tflite_answers_as_the_keras_model_does_and_its_accuracy_is_printed(
    kind: str, run_on_file: Run, few_digits: Dataset, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tenfold", "export", str(run_on_file.path), str(tmp_path / kind)],
        capture_output=True,
        text=True,
        check=True,
    )

    images = few_digits.x_test[..., None].astype("float32") / 255
    code = on_page("digits.tflite").replace("digits.tflite", kind)
    received = answers_elsewhere(code, tmp_path, images)
    expected = run_on_file.load_model()(images, training=False).numpy()
    right = (received.argmax(axis=1) == few_digits.y_test).mean()
    assert done.stdout.splitlines()[-1].startswith(f"its accuracy: {100 * right:.2f} %; the run's: ")
    if kind == "digits.tflite":
        np.testing.assert_allclose(received, expected, atol=1e-5)
    else:
        assert (received.argmax(axis=1) == expected.argmax(axis=1)).mean() >= 0.98
        assert np.allclose(received * 256, np.round(received * 256), atol=1e-3)  # 256 steps
        assert (tmp_path / kind).stat().st_size < run_on_file.onnx_path.stat().st_size / 2


def test_int8_is_measured_on_training_images_alone(
    run_on_file: Run, few_digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TensorFlow's converter is not asked: only for what it would be given."""
    model, given = run_on_file.load_model(), []
    monkeypatch.setattr(
        type(model), "export", lambda _self, _path, **how: given.extend(how["representative_dataset"]())
    )

    write_int8(model, tmp_path / "x.tflite", few_digits.x_train)

    seen = {np.round(image * 255).astype(np.uint8).tobytes() for (image,) in given}
    assert len(given) == 500
    assert seen <= {image.tobytes() for image in few_digits.x_train}
    assert not seen & {image.tobytes() for image in few_digits.x_test}


@pytest.mark.parametrize("kind", TFLITE)
def test_tflite_needs_the_data_to_measure_with(
    kind: str,
    fast_run: Run,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code, said = export(fast_run, tmp_path / kind, capsys, monkeypatch)

    assert code == 2
    assert "expected the data few digits, on which" in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_saved_by_keras_with_layers_of_its_own_alone(name: str, tmp_path: Path) -> None:
    """Such a file needs no tenfold, and no Lambda, which Keras would refuse to load."""
    recipe = load_recipe(name)
    recipe.answer(recipe.build()).save(tmp_path / "x.keras")

    with zipfile.ZipFile(tmp_path / "x.keras") as archive:
        found = list(strings(json.loads(archive.read("config.json"))))

    classes = {value for key, value in found if key == "class_name" and isinstance(value, str)}
    modules = {value for key, value in found if key == "module" and value is not None}
    assert {"Functional", "InputLayer"} <= classes
    assert "Lambda" not in classes
    assert all(module.partition(".")[0] in ("keras", "builtins") for module in modules)
    assert not [value for key, value in found if key == "registered_name" and value and ">" in value]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_network_that_looks_several_times_is_exported_as_it_answers(
    kind: str,
    few_digits: Dataset,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = train("strong", few_digits, epochs=1, out=tmp_path / "run")

    code, said = export(run, tmp_path / kind, capsys, monkeypatch)

    assert (code, "the same class" in said) == (0, True)


def copy_of(run: Run, folder: Path) -> Run:
    shutil.copytree(run.path, folder)
    return Run(folder)


def test_a_network_that_computes_something_else_is_not_exported_and_the_former_file_stays(
    fast_run: Run,
    few_digits: Dataset,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = copy_of(fast_run, tmp_path / "run")
    model = fast_run.load_model()
    weights = model.get_weights()
    weights[-1] = weights[-1] + np.eye(10, dtype=np.float32)[3] / 100
    np.savez(run.weights_path, **{f"weight_{i}": weight for i, weight in enumerate(weights)})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "digits.onnx").write_bytes(b"former")

    code, said = export(run, tmp_path / "out" / "digits.onnx", capsys, monkeypatch)

    assert code == 1
    assert said.startswith("tenfold: the written model's probabilities differ from the run's by up to 0.00")
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["digits.onnx"]
    assert (tmp_path / "out" / "digits.onnx").read_bytes() == b"former"


def test_what_cannot_be_loaded_again_is_not_exported(
    fast_run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = copy_of(fast_run, tmp_path / "run")
    run.onnx_path.write_bytes(run.onnx_path.read_bytes()[:-1000])

    code, said = export(run, tmp_path / "digits.onnx", capsys, monkeypatch)

    assert code == 1
    assert said.startswith("tenfold: ONNX Runtime cannot load digits.onnx again (")
    assert [entry.name for entry in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("name", ["digits.h5", "digits.pt", "digits.savedmodel"])
def test_other_suffixes_are_refused(
    name: str,
    fast_run: Run,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code, said = export(fast_run, tmp_path / name, capsys, monkeypatch)

    assert code == 2
    assert said.startswith("tenfold: expected FILE.onnx, FILE.keras, FILE.tflite,")


def test_a_folder_that_holds_something_else_is_never_replaced(
    fast_run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "thesis"
    folder.mkdir()
    for name in ("saved_model.pb", "chapter"):
        (folder / name).write_text("mine")
        if name == "chapter":
            code, said = export(fast_run, folder, capsys, monkeypatch)

            assert code == 2
            assert "a SavedModel to replace" in said
    assert (folder / "chapter").read_text() == "mine"


@pytest.mark.slow
def test_a_saved_model_is_replaced_by_the_next_one(
    fast_run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "digits" / "variables").mkdir(parents=True)
    (tmp_path / "digits" / "saved_model.pb").write_bytes(b"former")

    assert export(fast_run, tmp_path / "digits", capsys, monkeypatch)[0] == 0

    assert (tmp_path / "digits" / "saved_model.pb").stat().st_size > 1000
    assert [entry.name for entry in tmp_path.iterdir()] == ["digits"]


def test_answers_that_are_too_far_apart_or_no_numbers_do_not_agree() -> None:
    expected = np.array([[0.5, 0.5 - 2e-6, 2e-6]], np.float32)

    assert require_agreement(expected, expected + np.float32(1e-6), 1e-5).difference == pytest.approx(
        1e-6, rel=0.1
    )
    for received in (expected + np.float32(1e-4), expected * np.float32(np.nan), expected[:, :2]):
        with pytest.raises(TenfoldError, match="nothing was written"):
            require_agreement(expected, received, 1e-5)
    turned = expected[:, [1, 0, 2]]
    with pytest.raises(TenfoldError, match="1 changed classes"):
        require_agreement(expected, turned, 1e-5)
    assert require_agreement(expected, turned, 1e-5, most_others=1.0).other_classes == 1
