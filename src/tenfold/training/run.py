"""A run folder: what one training left behind, readable without the training stack.

recipe.json       the settings, the recipe's hyper-parameters, the layers, the versions at work
history.csv       one line per finished epoch
checkpoint.npz    the state after the last finished epoch; deleted once the run is finished
weights.npz       the trained weights
model.onnx        the trained network for ONNX Runtime
predictions.npz   probabilities and labels of all test images, and the images that a report shows
result.json       the figures; there only when all else is, and not where nothing was tested
lock              held while a process trains here
"""

import csv
import json
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import InputError, RunError
from tenfold.files import write_atomically
from tenfold.training.settings import Settings

if TYPE_CHECKING:
    import keras

# Of the test images that a run keeps for reports: the first, and the worst mistakes.
FIRST_SHOWN, MISTAKES_SHOWN = 25, 24


@dataclass(frozen=True)
class Run:
    """One training, finished or not, in the folder `path`."""

    path: Path

    @property
    def finished(self) -> bool:
        return self.result_path.exists()

    @property
    def started(self) -> bool:
        return self.recipe_path.exists()

    @property
    def recipe_path(self) -> Path:
        return self.path / "recipe.json"

    @property
    def history_path(self) -> Path:
        return self.path / "history.csv"

    @property
    def checkpoint_path(self) -> Path:
        return self.path / "checkpoint.npz"

    @property
    def weights_path(self) -> Path:
        return self.path / "weights.npz"

    @property
    def onnx_path(self) -> Path:
        return self.path / "model.onnx"

    @property
    def predictions_path(self) -> Path:
        return self.path / "predictions.npz"

    @property
    def result_path(self) -> Path:
        return self.path / "result.json"

    @cached_property
    def recipe(self) -> dict[str, Any]:
        """The settings together with what the recipe says."""
        return _read_json(self.recipe_path)

    @property
    def settings(self) -> Settings:
        return Settings.from_dict(self.recipe)

    @property
    def label(self) -> str:
        """The recipe's name, and how it was trained where that is not the usual way."""
        settings = self.settings
        how = [
            word
            for word, said in (
                ("as written", settings.as_written),
                ("permuted", settings.permuted),
                ("fine-tuned", settings.fine_tuning is not None),
                (settings.variant, settings.variant),
            )
            if said
        ]
        return f"{settings.recipe} ({', '.join(how)})" if how else settings.recipe

    @cached_property
    def result(self) -> dict[str, Any]:
        """The figures of the finished run."""
        return _read_json(self.result_path)

    @cached_property
    def history(self) -> list[dict[str, float]]:
        """One entry per finished epoch: epoch (from 1), accuracy, loss, seconds and, where a validation curve
        was drawn, val_accuracy and val_loss."""
        try:
            with self.history_path.open(newline="", encoding="utf-8") as file:
                return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
        except (OSError, ValueError) as error:
            raise RunError(f"{self.history_path} cannot be read: {error}; train the run again") from error

    @cached_property
    def predictions(self) -> "Predictions":
        """The test images' probabilities and labels. Raises InputError for a network that reads lines."""
        if self.recipe.get("loss") == "ctc":
            raise InputError(
                f"{self.path} holds a network that reads lines, which cannot be compared with those for "
                "single digits; tenfold export makes it one to read with"
            )
        try:
            with self.predictions_path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
                return Predictions(**{name: saved[name] for name in Predictions.__dataclass_fields__})
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise RunError(f"{self.predictions_path} cannot be read: {error}; train the run again") from error

    def copy_onnx(self, path: Path) -> None:
        """Write the trained network as ONNX to `path`, atomically. Raises OSError as the file system does."""
        write_atomically(path, lambda file: file.write(self.onnx_path.read_bytes()))

    def load_model(self) -> "keras.Model":
        """The trained Keras model. Imports Keras; raises RunError where the run is unfinished or damaged."""
        if not self.finished:
            raise RunError(f"{self.path} is not finished; the command that began it goes on where it stopped")
        from tenfold.recipes import load_recipe
        from tenfold.training.checkpoint import load_weights

        recipe = load_recipe(self.settings.recipe)
        model = recipe.build()
        load_weights(self.weights_path, model)
        return recipe.answer(model)


@dataclass(frozen=True)
class Predictions:
    """What a run says of the M test images."""

    probabilities: NDArray[np.float32]  # (M, 10)
    labels: NDArray[np.int64]  # (M,)
    shown: NDArray[np.int64]  # (K,) which of them are kept as images: the first, and the worst mistakes
    images: NDArray[np.uint8]  # (K, 28, 28)

    @property
    def y_pred(self) -> NDArray[np.int64]:
        """The most probable class of each image, (M,)."""
        y_pred: NDArray[np.int64] = self.probabilities.argmax(axis=1).astype(np.int64)
        return y_pred


def open_run(path: str | Path) -> Run:
    """The finished run in the folder `path`; raises InputError where there is none."""
    run = Run(Path(path))
    if not run.started:
        raise InputError(f"expected the folder of a run, with a recipe.json in it, received {path}")
    if not run.finished:
        raise InputError(f"{path} is not finished; the command that began it goes on where it stopped")
    return run


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read: {error}; train the run again") from error
    return content
