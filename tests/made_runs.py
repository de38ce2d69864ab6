"""Finished run folders, made without training."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.evaluation import accuracy, cross_entropy, expected_calibration_error, worst_mistakes
from tenfold.runs.run import Run

MLP_LAYERS = [
    ("Input", "", (784,), 0, 0),
    ("Dense 128", "relu", (128,), 100_480, 100_352),
    ("Dense 10", "softmax", (10,), 1_290, 1_280),
]
CNN_LAYERS = [
    ("Input", "", (28, 28, 1), 0, 0),
    ("Conv2D 32 3x3 same", "relu", (28, 28, 32), 320, 225_792),
    ("MaxPooling2D 2x2", "", (14, 14, 32), 0, 0),
    ("Flatten", "", (6272,), 0, 0),
    ("Dense 10", "softmax", (10,), 62_730, 62_720),
]
LEVELS = {
    "shift": ("pixels", [0, 1, 2, 3, 4, 5, 6]),
    "rotation": ("degrees", [0, 10, 20, 30, 40, 50, 60]),
    "noise": ("grey_levels", [0, 20, 40, 60, 80, 100, 120]),
}
MakeRun = Callable[..., Run]


@pytest.fixture
def make_run(tmp_path: Path) -> MakeRun:
    """Write a finished run with `mistakes` errors on its `n_test` images, different for each seed."""

    def make(
        recipe: str = "mlp-128-64",
        seed: int = 0,
        *,
        mistakes: int = 30,
        n_test: int = 400,
        epochs: int = 3,
        permuted: bool = False,
        as_written: bool = False,
        validation: bool = True,
        classes: tuple[str, ...] = tuple("0123456789"),
        present: int = 10,
        data_sha256: str = "ab" * 32,
        name: str = "mnist",
        documented: list[float] | None = None,
        bearing: float = 0.5,
        labels: list[int] | None = None,
        images: Any = None,
    ) -> Run:
        random = np.random.default_rng([seed, len(recipe), mistakes])
        y_true: Any = np.arange(n_test) % present if labels is None else np.array(labels)
        n_test = len(y_true)
        probabilities = _probabilities(random, y_true, mistakes)
        shown = np.unique(
            np.concatenate([np.arange(min(25, n_test)), worst_mistakes(y_true, probabilities, 24)])
        )
        path = tmp_path / f"{recipe}-{seed}-{permuted}-{as_written}-{data_sha256[:2]}-{epochs}"
        path.mkdir()
        noise = random.integers(0, 256, (len(shown), 28, 28), dtype=np.uint8)
        np.savez(
            path / "predictions.npz",
            probabilities=probabilities,
            labels=y_true,
            shown=shown,
            images=noise if images is None else images[shown],
        )
        history = _history(epochs, seed, validation)
        _write_csv(path / "history.csv", history)
        layers: list[dict[str, Any]] = [
            dict(
                zip(("name", "activation", "output_shape", "parameters", "multiply_adds"), layer, strict=True)
            )
            for layer in (CNN_LAYERS if recipe.startswith("cnn") else MLP_LAYERS)
        ]
        settings: dict[str, Any] = {
            "recipe": recipe, "seed": seed, "epochs": epochs, "data": name, "data_sha256": data_sha256,
            "as_written": as_written, "permuted": permuted, "threads": 1,
        }  # fmt: skip
        split = {"train_images": 900, "validation_images": 100 if validation else 0}
        recipe_json: dict[str, Any] = {
            **settings, **split, "summary": "A network", "loss": "categorical_crossentropy",
            "optimizer": {"name": "adam", "learning_rate": 0.001}, "batch_size": 32,
            "documented_accuracy": documented, "validated_on_test": as_written and validation,
            "layers": layers,
            "started": "2026-01-01T00:00:00+0000", "versions": {"python": "3.11.2", "tenfold": "0.1.0"},
        }  # fmt: skip
        result = {
            **settings, **split, "test_images": n_test,
            "parameters": sum(layer["parameters"] for layer in layers),
            "multiply_adds": sum(layer["multiply_adds"] for layer in layers),
            "train_accuracy": history[-1]["accuracy"], "validation_accuracy": history[-1].get("val_accuracy"),
            "test_accuracy": accuracy(y_true, probabilities.argmax(1)),
            "test_loss": cross_entropy(y_true, probabilities),
            "calibration_error": expected_calibration_error(y_true, probabilities),
            "seconds": 12.5 + seed, "microseconds_per_digit": 21.25, "weights_bytes": 439_000,
            "onnx_bytes": 438_000, "onnx_difference": 1e-7,
            "robustness": _robustness(n_test, bearing),
            "data": _summary(name, data_sha256, classes, y_true),
        }  # fmt: skip
        (path / "recipe.json").write_text(json.dumps(recipe_json))
        (path / "result.json").write_text(json.dumps(result))
        return Run(path)

    return make


def _probabilities(random: np.random.Generator, labels: Any, mistakes: int) -> Any:
    rows = random.dirichlet(np.full(10, 0.05), size=len(labels))
    predicted = labels.copy()
    wrong = random.choice(len(labels), size=mistakes, replace=False)
    predicted[wrong] = (labels[wrong] + 1 + random.integers(0, 9, mistakes)) % 10
    best = rows.argmax(axis=1)
    every = np.arange(len(labels))
    rows[every, best], rows[every, predicted] = rows[every, predicted].copy(), rows[every, best].copy()
    rows[every, predicted] += 1e-3
    return (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)


def _history(epochs: int, seed: int, validation: bool) -> list[dict[str, float]]:
    return [
        {
            "epoch": epoch,
            "accuracy": 1 - 0.1 / epoch,
            "loss": 0.3 / epoch,
            **({"val_accuracy": 0.9 + 0.01 * seed, "val_loss": 0.2 + 0.03 * epoch} if validation else {}),
            "seconds": 1.5,
        }
        for epoch in range(1, epochs + 1)
    ]


def _write_csv(path: Path, history: list[dict[str, float]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, history[0])
    writer.writeheader()
    writer.writerows(history)
    path.write_text(text.getvalue())


def _robustness(n_test: int, bearing: float) -> dict[str, Any]:
    return {
        "images": n_test,
        **{
            name: {
                unit: levels,
                "accuracy": [max(0.1, 1 - (1 - bearing) * i / 5) for i in range(len(levels))],
            }
            for name, (unit, levels) in LEVELS.items()
        },
    }


def _summary(name: str, sha256: str, classes: tuple[str, ...], labels: Any) -> dict[str, Any]:
    counts = dict(zip(classes, np.bincount(labels, minlength=len(classes)).tolist(), strict=True))
    part = {
        "images_shape": [len(labels), 28, 28], "images_dtype": "uint8", "labels_shape": [len(labels)],
        "labels_dtype": "int64", "smallest_value": 0, "largest_value": 255, "images_per_class": counts,
    }  # fmt: skip
    return {
        "name": name, "origin": "made up", "sha256": sha256, "class_names": list(classes),
        "train": {**part, "images_shape": [1000, 28, 28], "labels_shape": [1000]}, "test": part,
    }  # fmt: skip
