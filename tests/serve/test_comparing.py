"""Trained runs that answer beside the reader."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from tenfold.data import Dataset

Start = Callable[..., Any]


@pytest.fixture(scope="module")
def runs(digits_csv: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished run, and what is none."""
    folder = tmp_path_factory.mktemp("runs")
    options = ["--epochs", "1", "--data", str(digits_csv), "--out", str(folder / "mlp")]
    command = [sys.executable, "-m", "tenfold", "train", "mlp-128-64", *options]
    subprocess.run(command, check=True, capture_output=True)
    (folder / "unfinished").mkdir()
    return folder


def test_finished_runs_are_listed_and_answer(start: Start, mnist: Dataset, runs: Path) -> None:
    client = start("--runs", str(runs)).client
    (listed,) = client.get("/v1/runs").json()["runs"]
    images = mnist.x_test[:10]
    answer = client.post("/v1/runs/mlp", content=images.tobytes()).json()
    session = onnxruntime.InferenceSession(runs / "mlp" / "model.onnx")
    expected = session.run(None, {session.get_inputs()[0].name: images.reshape(10, -1).astype("f4") / 255})[0]

    assert (listed["name"], listed["recipe"], listed["seed"]) == ("mlp", "mlp-128-64", 0)
    assert np.allclose(answer["probabilities"], expected, atol=1e-5)


def damage_layers(run: Path) -> None:
    (run / "model.onnx").write_bytes(b"damaged")


def damage_recipe(run: Path) -> None:
    (run / "recipe.json").write_text("{")


def damage_result(run: Path) -> None:
    (run / "result.json").write_text("{}")


def forget_recipe(run: Path) -> None:
    recipe = json.loads((run / "recipe.json").read_text())
    (run / "recipe.json").write_text(json.dumps({**recipe, "recipe": "of-another-version"}))


def remove_network(run: Path) -> None:
    (run / "model.onnx").unlink()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_damaged_run_is_named_and_left_out(start: Start, runs: Path, tmp_path: Path, workers: str) -> None:
    folder = tmp_path / "runs"
    shutil.copytree(runs, folder)
    damages = (damage_layers, damage_recipe, damage_result, forget_recipe, remove_network)
    for damage in damages:
        path = folder / f"\x1b{damage.__name__}"
        shutil.copytree(runs / "mlp", path)
        damage(path)
    service = start("--runs", str(folder), "--workers", workers)
    said = [line for line in service.log.read_text().splitlines() if "left out" in line]

    assert [run["name"] for run in service.client.get("/v1/runs").json()["runs"]] == ["mlp"]
    assert len(said) == len(damages)
    for line, damage in zip(said, sorted(damages, key=lambda damage: damage.__name__), strict=True):
        assert line.startswith(rf"tenfold: the run {folder}/\x1b{damage.__name__} is left out: ")


def test_only_listed_runs_can_be_asked(start: Start, runs: Path) -> None:
    client = start("--runs", str(runs)).client
    for name in ("unfinished", "..", "%2e%2e", "mlp%2f..", "nothing"):
        assert client.post(f"/v1/runs/{name}", content=bytes(784)).status_code in (404, 405)
    assert client.post("/v1/runs/mlp", content=bytes(783)).status_code == 400


def test_without_a_folder_there_are_no_runs(service: Any) -> None:
    assert service.client.get("/v1/runs").json() == {"runs": []}


def test_a_folder_without_runs_is_said_to_be_one(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tenfold", "serve", "--port", "0", "--runs", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 2
    assert "expected finished runs in" in done.stderr
    assert len(done.stderr.splitlines()) == 1
