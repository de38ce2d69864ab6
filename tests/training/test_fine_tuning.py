"""A reader learns a user's digits without forgetting MNIST's."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tenfold
from tenfold import fine_tune
from tenfold.data import Dataset
from tenfold.data.own import load_own_digits
from tenfold.errors import FetchError, InputError, RunError
from tenfold.export.bundle import bundle_run
from tenfold.reader.manifest import load_manifest
from tenfold.reader.reader import BUNDLED_MODEL
from tenfold.runs import Run, open_run
from tenfold.runs.evaluate import evaluate_runs
from tenfold.runs.settings import Settings
from tenfold.studies import run_fine_tuning
from tenfold.training.progress import Progress

EPOCHS = 6  # short ones: nine batches each


@pytest.fixture(scope="module")
def folder(mnist: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty upside-down 4s and a single 7, stored like corrections."""
    folder = tmp_path_factory.mktemp("own")
    for digit, n, rows in ((4, 20, slice(None, None, -1)), (7, 1, slice(None))):
        (folder / str(digit)).mkdir()
        for index in np.flatnonzero(mnist.y_test == digit)[:n]:
            picture = 255 - np.pad(mnist.x_test[index, rows], 6)
            Image.fromarray(picture).save(folder / str(digit) / f"{index}.png")
    return folder


@pytest.fixture(scope="module")
def own(folder: Path) -> Dataset:
    return load_own_digits(folder)


@pytest.fixture(scope="module")
def run(few_digits: Dataset, own: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp("run")
    return fine_tune(own, data=few_digits, epochs=EPOCHS, out=out)


def test_own_digits_are_learnt_and_the_others_kept(run: Run) -> None:
    figures = run.result["own_digits"]

    assert (figures["trained_on"], figures["held_out"]) == (17, 4)
    assert figures["accuracy_before"] < 0.5 < figures["accuracy"]
    assert run.result["test_accuracy"] > 0.99


def test_a_run_says_where_it_began(run: Run, own: Dataset) -> None:
    recipe = json.loads((run.path / "recipe.json").read_text())

    assert recipe["fine_tuning"] == {
        "start": "bundled",
        "start_sha256": load_manifest(BUNDLED_MODEL).sha256,
        "digits": own.origin,
        "digits_sha256": own.sha256,
    }
    assert run.label == "reader (fine-tuned)"


@pytest.mark.slow
def test_an_interrupted_fine_tuning_ends_as_an_uninterrupted_one(
    run: Run,
    few_digits: Dataset,
    own: Dataset,
    tmp_path: Path,
    interrupt_in: Callable[[int], Callable[[Progress], None]],
) -> None:
    def go_on(on_progress: Callable[[Progress], None] | None = None) -> Run:
        return fine_tune(own, data=few_digits, epochs=EPOCHS, out=tmp_path, on_progress=on_progress)

    with pytest.raises(KeyboardInterrupt):
        go_on(interrupt_in(EPOCHS // 2))
    resumed = go_on()

    assert resumed.weights_path.read_bytes() == run.weights_path.read_bytes()


def test_a_fine_tuned_reader_is_exported_read_with_and_fine_tuned_again(
    run: Run, few_digits: Dataset, own: Dataset, folder: Path, tmp_path: Path
) -> None:
    model = tmp_path / "mine.onnx"
    manifest = bundle_run(run, model, few_digits)

    pictures = sorted(folder.glob("4/*.png"))
    read = [digit.value for digit in tenfold.Reader(model).read_digits(pictures)]
    assert read.count(4) > 15
    assert (manifest.name, manifest.recipe) == ("reader-fine-tuned", "reader")
    assert manifest.figures["own_digits"] == run.result["own_digits"]
    assert manifest.command.startswith(f"tenfold fine-tune {folder.name} --from bundled --seed 0 && ")
    assert manifest.figures["fine_tuned_from"] == load_manifest(BUNDLED_MODEL).sha256

    again = fine_tune(own, model, few_digits, epochs=1, out=tmp_path / "again")
    assert again.settings.fine_tuning is not None
    assert again.settings.fine_tuning.start_sha256 == manifest.sha256
    assert again.result["own_digits"]["accuracy_before"] == run.result["own_digits"]["accuracy"]
    with pytest.raises(RunError, match="another model to begin with"):
        fine_tune(own, model, few_digits, epochs=EPOCHS, out=run.path)


def test_a_run_goes_on_with_the_same_digits_only(run: Run, few_digits: Dataset, own: Dataset) -> None:
    fewer = Dataset(
        name=own.name,
        x_train=own.x_train[1:],
        y_train=own.y_train[1:],
        x_test=own.x_test,
        y_test=own.y_test,
        class_names=own.class_names,
        origin=own.origin,
    )

    with pytest.raises(RunError, match="other digits of your own; choose another folder"):
        fine_tune(fewer, data=few_digits, epochs=EPOCHS, out=run.path)


def test_a_fine_tuned_run_can_be_evaluated_and_loaded(run: Run, few_digits: Dataset) -> None:
    assert evaluate_runs([open_run(run.path)]).accuracy == run.result["test_accuracy"]

    model = run.load_model()
    said = model.predict(few_digits.x_test[..., None].astype(np.float32) / 255, verbose=0)[:, :10]
    assert (said.argmax(axis=1) == run.predictions.y_pred).mean() > 0.99


def test_what_cannot_be_fine_tuned_is_refused(few_digits: Dataset, own: Dataset, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a reader's ONNX file to start from, received .*missing.onnx"):
        fine_tune(own, tmp_path / "missing.onnx", few_digits, out=tmp_path)


def test_mnist_is_asked_for_where_it_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Dataset:
        raise FetchError("no network")

    monkeypatch.setattr("tenfold.studies.load_data", fail)
    with pytest.raises(FetchError, match=r"needs MNIST in addition to your digits.* run tenfold fetch"):
        run_fine_tuning(str(folder), "bundled")


def test_a_run_of_an_earlier_version_lacks_fine_tuning(run: Run) -> None:
    settings = run.settings.to_dict()
    del settings["fine_tuning"]

    assert Settings.from_dict(settings).fine_tuning is None
    assert Settings.from_dict(run.settings.to_dict()) == run.settings
    with pytest.raises(RunError, match="damaged"):
        Settings.from_dict({**settings, "fine_tuning": {"start": "bundled"}})


def tenfold_command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tenfold", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(tenfold.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fine-tune", "nowhere"), "received nowhere, which is not a folder"),
        (("train", "reader", "--from", "bundled"), "train has no --from; use tenfold fine-tune DIR"),
    ],
)
def test_the_command_line_says_what_is_missing(
    tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = tenfold_command(*arguments, cwd=tmp_path)

    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_the_command_line_fine_tunes_and_exports(folder: Path, tmp_path: Path) -> None:
    trained = tenfold_command("fine-tune", str(folder), "--epochs", "1", cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert "of 4 held out" in trained.stdout
    run = "runs/reader-fine-tuned-seed-0"
    exported = tenfold_command("export", run, "mine.onnx", cwd=tmp_path)
    assert exported.returncode == 0, exported.stderr

    assert open_run(tmp_path / run).result["test_accuracy"] > 0.99
    assert tenfold.Reader(tmp_path / "mine.onnx").manifest.figures["own_digits"]["held_out"] == 4
