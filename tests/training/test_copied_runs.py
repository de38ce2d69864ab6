"""Untrusted runs: damage and malice give a one-line error, and take little memory."""

import io
import json
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from memory import run_measured
from tenfold import train
from tenfold.data import Dataset
from tenfold.runs import Run

MIB = 2**20


@pytest.fixture(scope="module")
def run(few_digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return train("mlp-128-64", few_digits, epochs=1, out=tmp_path_factory.mktemp("runs") / "mlp")


def replace_array(path: Path, name: str, content: bytes, zeros: int = 0) -> None:
    """Replace one array of an .npz by `content` followed by zeros."""
    with zipfile.ZipFile(path) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member, former in members.items():
            with archive.open(member, "w") as file:
                file.write(content if member == f"{name}.npy" else former)
                for _ in range(zeros // MIB if member == f"{name}.npy" else 0):
                    file.write(bytes(MIB))


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


OBJECTS = npy(np.array([{"a": 1}, print], dtype=object))
HUGE = npy(np.zeros((1, 10), np.float32)).replace(b"(1, 10), }        ", b"(99999999, 10), } ")


def bomb(path: Path, name: str) -> None:
    """A gigabyte of zeros, which packs to a few megabytes."""
    replace_array(
        path, name, npy(np.zeros(0, np.float32)).replace(b"(0,)", b"(268435456,)"), zeros=1024 * MIB
    )


def spoiled(name: str, content: bytes) -> Callable[[Path], object]:
    file, array = name.split("/")
    return lambda run: replace_array(run / file, array, content)


def with_recipe(run: Path, name: str) -> None:
    content = json.loads((run / "recipe.json").read_text())
    (run / "recipe.json").write_text(json.dumps({**content, "recipe": name}))


NO_ARRAY = "not a numeric array"
PROBABILITIES, LABELS = "predictions.npz/probabilities", "predictions.npz/labels"
DAMAGES: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "huge probabilities": (lambda run: bomb(run / "predictions.npz", "probabilities"), "evaluate", "can be"),
    "huge weights": (lambda run: bomb(run / "weights.npz", "weight_0"), "export", "can be"),
    "pickled predictions": (spoiled(LABELS, OBJECTS), "report", NO_ARRAY),
    "pickled weights": (spoiled("weights.npz/weight_1", OBJECTS), "export", NO_ARRAY),
    "a shape that is not there": (spoiled(PROBABILITIES, HUGE), "evaluate", NO_ARRAY),
    "fewer labels": (spoiled(LABELS, npy(np.arange(3))), "evaluate", "cannot be"),
    "labels of no class": (spoiled(LABELS, npy(np.full(500, 77))), "evaluate", "0 to 9"),
    "other weights": (spoiled("weights.npz/weight_1", npy(np.zeros(3, np.float32))), "export", "shape"),
    "an endless result": (
        lambda run: (run / "result.json").write_bytes(b" " * (20 * MIB)),
        "evaluate",
        "has more than",
    ),
    "a deep recipe": (
        lambda run: (run / "recipe.json").write_bytes(b"[" * MIB),
        "evaluate",
        "cannot be read",
    ),
    "a recipe of no one": (lambda run: with_recipe(run, "os.path"), "export", "unknown recipe 'os.path'"),
    "a pickled network": (
        lambda run: (run / "model.onnx").write_bytes(b"\x80\x04K\x01."),
        "export",
        "a pickle",
    ),
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the most memory a process had is read from /proc")
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_copied_run_with(damage: str, run: Run, tmp_path: Path) -> None:
    spoil, command, message = DAMAGES[damage]
    copy = tmp_path / "run"
    shutil.copytree(run.path, copy)
    spoil(copy)

    ended = run_measured(command, str(copy), *([str(tmp_path / "x.onnx")] if command == "export" else []))

    assert ended.code in (1, 2)
    assert message in ended.said
    assert ended.said.startswith("tenfold: ")
    assert ended.peak_mib < (1500 if command == "export" else 700)  # TensorFlow takes several hundred
    assert not list(tmp_path.glob("*x.onnx*"))
