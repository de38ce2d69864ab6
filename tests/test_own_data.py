"""What the documents' readers change: networks and data of their own, from training to report and export."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tenfold
from tenfold.data import Dataset
from tenfold.data.idx import idx_header
from tenfold.export.export import export_run
from tenfold.reporting import write_report
from tenfold.studies import run_study

NETWORK = """
from keras import Sequential, layers

print("a file may print")

def build(classes):
    return Sequential([layers.Dense(16, activation="relu"), layers.Dense(classes)])
"""


@pytest.fixture
def emnist_letters(few_digits: Dataset, tmp_path: Path) -> Path:
    """Digits in the form of EMNIST's letters: stored column by column, numbered from 1."""
    folder = tmp_path / "emnist"
    folder.mkdir()
    for part, images, labels in (
        ("train", few_digits.x_train[:600], few_digits.y_train[:600]),
        ("test", few_digits.x_test[:100], few_digits.y_test[:100]),
    ):
        stored, numbered = images.transpose(0, 2, 1).copy(), (labels + 1).astype(np.uint8)
        numbered[:26] = np.arange(1, 27)
        for kind, array in (("images-idx3", stored), ("labels-idx1", numbered)):
            path = folder / f"emnist-letters-{part}-{kind}-ubyte"
            path.write_bytes(idx_header(array.shape) + array.tobytes())
    return folder


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras' own, when it saves
def test_a_study_of_letters_with_a_users_own_network(emnist_letters: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(NETWORK)

    runs = run_study(
        ["mlp-512", f"{tmp_path / 'mine.py'}:build"],
        folder=tmp_path / "study",
        seeds=1,
        epochs=1,
        as_written=True,
        data=str(emnist_letters),
    )

    assert [run.label for run in runs] == ["mlp-512 (as written)", "mine:build (as written)"]
    assert [run.predictions.probabilities.shape for run in runs] == [(100, 26), (100, 26)]
    page = (tmp_path / "study" / "report.html").read_text()
    assert "mine:build" in page
    assert "26 classes" in page
    agreement = export_run(runs[1], tmp_path / "mine.keras", on_event=lambda _line: None)
    assert (agreement.images, agreement.other_classes) == (100, 0)


def test_a_folder_with_names_is_learned_with_balanced_classes(few_digits: Dataset, tmp_path: Path) -> None:
    names = {"one": 40, "two": 8, "a longer name": 20}
    for digit, (name, count) in enumerate(names.items(), 1):
        folder = tmp_path / "signs" / name
        folder.mkdir(parents=True)
        for n, image in enumerate(few_digits.x_train[few_digits.y_train == digit][:count]):
            Image.fromarray(255 - np.pad(image, 6)).save(folder / f"{n}.png")
    recipe = tmp_path / "balanced.toml"
    recipe.write_text('recipe = "mlp-512"\n[changes]\nclass_weight = "balanced"\nbatch_size = 8\n')

    run = tenfold.train(str(recipe), tmp_path / "signs", epochs=3, out=tmp_path / "run")

    assert run.class_names == ("a longer name", "one", "two")
    assert run.label == "mlp-512 (batch_size=8 class_weight=balanced)" or "tuned" in run.label
    assert run.result["test_accuracy"] > 0.5
    assert "a longer name" in write_report([run], tmp_path / "report").read_text()
