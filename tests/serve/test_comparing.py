"""Trained runs that answer next to the reader."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from starlette.testclient import TestClient

from tenfold.data import Dataset
from tenfold.errors import InputError

Start = Callable[..., Any]
ClientOf = Callable[..., TestClient]


def test_a_trained_run_is_listed_and_answers(
    client_of: ClientOf, mnist: Dataset, digits_csv: Path, tmp_path: Path
) -> None:
    options = ["--epochs", "1", "--data", str(digits_csv), "--out", str(tmp_path / "mlp")]
    command = [sys.executable, "-m", "tenfold", "train", "mlp-128-64", *options]
    subprocess.run(command, check=True, capture_output=True)
    client = client_of(runs=tmp_path)
    (listed,) = client.get("/v1/runs").json()["runs"]
    images = mnist.x_test[:10]
    answer = client.post("/v1/runs/mlp", content=images.tobytes()).json()
    session = onnxruntime.InferenceSession(tmp_path / "mlp" / "model.onnx")
    expected = session.run(None, {session.get_inputs()[0].name: images.reshape(10, -1).astype("f4") / 255})[0]

    assert (listed["name"], listed["recipe"], listed["seed"]) == ("mlp", "mlp-128-64", 0)
    assert np.allclose(answer["probabilities"], expected, atol=1e-5)


def damage_layers(run: Path) -> None:
    (run / "model.onnx").write_bytes(b"damaged")


def damage_recipe(run: Path) -> None:
    (run / "recipe.json").write_text("{")


def damage_result(run: Path) -> None:
    (run / "result.json").write_text("{}")


def learn_letters(run: Path) -> None:
    weights = onnx.numpy_helper.from_array(np.zeros((784, 26), np.float32), "weights")
    of_images, of_classes = (
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["N", size])
        for name, size in (("x", 784), ("y", 26))
    )
    node = onnx.helper.make_node("MatMul", ["x", "weights"], ["y"])
    graph = onnx.helper.make_graph([node], "letters", [of_images], [of_classes], [weights])
    opset = onnx.helper.make_opsetid("", 17)
    onnx.save(onnx.helper.make_model(graph, ir_version=8, opset_imports=[opset]), run / "model.onnx")


def forget_recipe(run: Path) -> None:
    recipe = json.loads((run / "recipe.json").read_text())
    (run / "recipe.json").write_text(json.dumps({**recipe, "recipe": "of-another-version"}))


def remove_network(run: Path) -> None:
    (run / "model.onnx").unlink()


DAMAGES = (damage_layers, damage_recipe, damage_result, forget_recipe, learn_letters, remove_network)


@pytest.fixture
def partly_damaged(runs: Path, tmp_path: Path) -> Path:
    """A folder of a run that is whole, and one for each kind of damage."""
    folder = tmp_path / "runs"
    shutil.copytree(runs / "cnn-32", folder / "cnn-32")
    for damage in DAMAGES:
        path = folder / f"\x1b{damage.__name__}"
        shutil.copytree(runs / "cnn-32", path)
        damage(path)
    return folder


def test_a_damaged_run_is_named_and_left_out(client_of: ClientOf, partly_damaged: Path) -> None:
    said: list[str] = []
    client = client_of(tell=said.append, runs=partly_damaged)

    assert [run["name"] for run in client.get("/v1/runs").json()["runs"]] == ["cnn-32"]
    for line, name in zip(said, sorted(damage.__name__ for damage in DAMAGES), strict=True):
        assert line.startswith(f"the run {partly_damaged}/\x1b{name} is left out: ")


def test_several_workers_name_a_damaged_run_once(start: Start, partly_damaged: Path) -> None:
    service = start("--runs", str(partly_damaged), "--workers", "2")
    said = [line for line in service.log.read_text().splitlines() if "left out" in line]

    assert [run["name"] for run in service.client.get("/v1/runs").json()["runs"]] == ["cnn-32"]
    assert len(said) == len(DAMAGES)
    assert all(line.startswith(rf"tenfold: the run {partly_damaged}/\x1b") for line in said)


def test_only_listed_runs_can_be_asked(client_of: ClientOf, runs: Path, tmp_path: Path) -> None:
    shutil.copytree(runs, tmp_path, dirs_exist_ok=True)
    (tmp_path / "unfinished").mkdir()
    client = client_of(runs=tmp_path)
    for name in ("unfinished", "..", "%2e%2e", "cnn-32%2f..", "nothing"):
        assert client.post(f"/v1/runs/{name}", content=bytes(784)).status_code in (404, 405)
    assert client.post("/v1/runs/cnn-32", content=bytes(783)).status_code == 400


def test_without_a_folder_there_are_no_runs(client: TestClient) -> None:
    assert client.get("/v1/runs").json() == {"runs": []}


def test_a_folder_without_runs_is_said_to_be_one(client_of: ClientOf, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected finished runs in"):
        client_of(runs=tmp_path)
