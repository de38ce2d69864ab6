"""The command line: output and errors."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner, Result

from tenfold import __version__, cli, studies, train
from tenfold.data import Dataset
from tenfold.recipes import RECIPES
from tenfold.runs import Run

ROOT = Path(__file__).parents[1]
COMMANDS = (
    "study",
    "train",
    "fine-tune",
    "tune",
    "recipes",
    "show",
    "evaluate",
    "report",
    "track",
    "export",
    "data",
    "fetch",
    "read",
    "read-many",
    "serve",
    "doctor",
)


def tenfold(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments))


def refusal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[int, str]:
    """The exit code and stderr."""
    monkeypatch.setattr("sys.argv", ["tenfold", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(stopped.value.code or 0), capsys.readouterr().err


@pytest.fixture(scope="module")
def run(few_digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return train("mlp-128-64", few_digits, epochs=2, out=tmp_path_factory.mktemp("run"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_is_documented(command: str) -> None:
    assert tenfold(command, "--help").exit_code == 0
    pages = "".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    assert f"tenfold {command}" in pages


def test_the_version_is_printed() -> None:
    assert tenfold("--version").stdout == f"tenfold {__version__}\n"


def test_help_shows_the_defaults() -> None:
    explained = " ".join(tenfold("study", "--help").stdout.split())

    assert f"[default: {studies.DEFAULT_SEEDS}]" in explained
    assert "[default: mnist]" in explained


def test_this_test_covers_every_command() -> None:
    assert set(typer.main.get_group(cli.app).commands) == set(COMMANDS)


def test_recipes_lists_every_recipe() -> None:
    listed = json.loads(tenfold("recipes", "--json").stdout)

    assert [recipe["name"] for recipe in listed] == list(RECIPES)
    assert listed[1]["parameters"] == 693_962
    printed = tenfold("recipes").stdout
    assert "693,962" in printed
    assert all(recipe["name"] in printed for recipe in listed), "no name is cut short"


def test_show_prints_the_layers_and_draws_the_picture(tmp_path: Path) -> None:
    shown = json.loads(
        tenfold("show", "cnn-32-64-64", "--picture", str(tmp_path / "net.svg"), "--json").stdout
    )

    assert [layer["name"] for layer in shown["layers"]][1:4] == [
        "Conv2D 32 3x3 valid",
        "MaxPooling2D 2x2",
        "Conv2D 64 3x3 valid",
    ]
    assert sum(layer["parameters"] for layer in shown["layers"]) == 93_322
    assert (tmp_path / "net.svg").read_text().startswith("<svg")
    assert "93,322" in tenfold("show", "cnn-32-64-64").stdout


def test_data_prints_shapes_types_values_and_counts(mnist: Dataset) -> None:
    told = json.loads(tenfold("data", "--json").stdout)

    assert told["train"]["images_shape"] == [60000, 28, 28]
    assert told["train"]["images_per_class"]["1"] == 6742
    printed = tenfold("data").stdout
    for fact in ("(60000, 28, 28)", "(10000, 28, 28)", "uint8", "0-255", "6,742", "1,135"):
        assert fact in printed


def test_brackets_in_a_name_are_printed_literally(tmp_path: Path) -> None:
    folder = tmp_path / "scans [old]"
    (folder / "1").mkdir(parents=True)
    for name in ("a.png", "b.png", "c.png"):
        image = Image.new("L", (40, 40), "white")
        image.paste("black", (18, 5, 22, 35))
        image.save(folder / "1" / name)

    assert tenfold("data", str(folder)).stdout.startswith(f"scans [old]  from {folder}\n")


def test_data_writes_a_sheet_of_pictures(mnist: Dataset, tmp_path: Path) -> None:
    assert tenfold("data", "--pictures", str(tmp_path / "sheet.png")).exit_code == 0
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")


def test_evaluate_prints_the_report_and_the_confusion_matrix(run: Run) -> None:
    told = json.loads(tenfold("evaluate", str(run.path), "--json").stdout)
    printed = tenfold("evaluate", str(run.path)).stdout

    assert told["accuracy"] == run.result["test_accuracy"]
    assert sum(map(sum, told["confusion_matrix"])) == 500
    assert f"{100 * told['accuracy']:.2f} %" in printed
    for word in ("precision", "recall", "f1-score", "support", "macro avg"):
        assert word in printed


def test_export_writes_the_onnx_model(run: Run, tmp_path: Path) -> None:
    done = tenfold("export", str(run.path), str(tmp_path / "digits.onnx"))

    assert done.exit_code == 0
    assert (tmp_path / "digits.onnx").read_bytes() == run.onnx_path.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "mlp-128-46"], "unknown recipe 'mlp-128-46': did you mean mlp-128-64?"),
        (["train", "mlp-512", "--epochs", "-3"], "expected at least 1 epoch, received -3"),
        (["train", "mlp-512", "--seed", "-1"], "expected a seed from 0 to 4294967295, received -1"),
        (["study", "mlp-512", "--all"], "--all means every recipe"),
        (["study", "--seeds", "0"], "expected at least 1 seed, received 0"),
        (["study", "--data", "mnits"], "did you mean mnist?"),
        (["show", "cnn"], "unknown recipe 'cnn'"),
        (["study", "mlp-512", "lines"], "expected recipes for single digits, received lines"),
        (["evaluate", "nowhere"], "expected the folder of a run, with a recipe.json, received nowhere"),
        (["report", "nowhere"], "expected the folder of a finished run or of a study, received nowhere"),
        (["fetch", "horses"], "horses"),
        (["read", "--engine", "local", "in", "out"], "has no --engine; use tenfold read-many INPUT OUTPUT"),
        (["read", "--address=auto", "in", "out"], "has no --address; use tenfold read-many INPUT OUTPUT"),
        (
            ["fetch", "unipen", "--from", "none.tgz"],
            "No such file or directory: 'none.tgz'; download it again",
        ),
        (["fetch", "mnist", "--from", "none.npz"], "received none.npz, which does not exist"),
        (["fetch", "kmnist", "--from", "none"], "expected train-images-idx3-ubyte.gz, a file of kmnist"),
    ],
)
def test_bad_input_is_refused_in_one_line_with_exit_code_2(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    mnist: Dataset,
) -> None:
    monkeypatch.chdir(tmp_path)

    code, stderr = refusal(capsys, monkeypatch, *arguments)

    assert code == 2
    assert message in stderr
    assert [line for line in stderr.splitlines() if line.strip()][-1].startswith("tenfold: ")
    assert not list(tmp_path.rglob("recipe.json"))


def test_pictures_that_cannot_be_read_are_refused_or_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    strokes = np.random.default_rng(0).integers(10, 90, (10, 3, 2), dtype=np.int32)
    (tmp_path / "3").mkdir()
    for n, points in enumerate(strokes):
        picture = cv2.polylines(
            np.full((100, 100), 255, np.uint8), [points], isClosed=False, color=0, thickness=6
        )
        cv2.imwrite(str(tmp_path / "3" / f"{n}.png"), picture)
    for n in (2, 5, 8):
        (tmp_path / "3" / f"{n}.png").write_bytes(b"no picture")

    code, stderr = refusal(capsys, monkeypatch, "data", str(tmp_path))
    assert (code, stderr.count("\n")) == (2, 1)
    assert "3 of 10 pictures cannot be read: 3/2.png, 3/5.png and 1 more" in stderr
    assert len(stderr) <= 300

    told = tenfold("data", str(tmp_path), "--skip-damaged")
    assert told.exit_code == 0
    assert "3 of 10 pictures cannot be read and are left out" in told.stderr
    assert "no pictures of 0, 1, 2, 4, 5, 6, 7, 8, 9" in told.stderr
    summary = json.loads(tenfold("data", str(tmp_path), "--skip-damaged", "--json").stdout)
    assert summary["train"]["images_per_class"]["3"] == 6
    assert len(summary["cautions"]) == 1


def test_an_error_line_is_short_whatever_was_typed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, stderr = refusal(capsys, monkeypatch, "data", "/".join(["folder"] * 200))
    assert (code, stderr.count("\n")) == (2, 1)
    assert stderr.startswith("tenfold: expected mnist, fashion-mnist, kmnist, qmnist, ")
    assert len(stderr) <= 300


def test_data_that_cannot_be_used_are_refused_in_one_line_with_exit_code_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "cut.npz").write_bytes(b"PK\x03\x04")
    (tmp_path / "lacking.csv").write_text("file,label\nnowhere.png,3\n")

    for name, message in (
        ("empty", "expected one folder per class"),
        ("cut.npz", "download the file again"),
        ("lacking.csv", "line 2: expected a picture"),
    ):
        code, stderr = refusal(capsys, monkeypatch, "study", "--data", str(tmp_path / name))

        assert (code, stderr.count("\n")) == (2, 1)
        assert message in stderr


def test_a_path_that_cannot_be_written_is_one_line_with_exit_code_2(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, stderr = refusal(
        capsys, monkeypatch, "export", str(run.path), str(tmp_path / "no" / "such" / "x.onnx")
    )

    assert (code, stderr.count("\n")) == (2, 1)
    assert stderr.endswith("x.onnx cannot be used: No such file or directory; choose another location\n")


def test_a_full_disk_is_one_line(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    code, stderr = refusal(capsys, monkeypatch, "export", str(run.path), str(tmp_path / "x.onnx"))

    assert code == 1
    assert "No space left on device" in stderr.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_two_tensorflows_in_one_folder_are_reported_once_with_the_remedy(tmp_path: Path) -> None:
    for name in ("tensorflow", "tensorflow_cpu"):
        folder = tmp_path / f"{name}-2.21.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.21.0\n")

    done = subprocess.run(
        [sys.executable, "-m", "tenfold", "show", "mlp-512"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    assert done.stderr.startswith("tenfold: tensorflow and tensorflow-cpu are both installed")
    assert "pip uninstall --yes tensorflow tensorflow-cpu, then pip install tensorflow-cpu" in done.stderr
