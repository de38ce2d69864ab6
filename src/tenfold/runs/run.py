"""A run folder, readable without the training stack.

recipe.json       the settings, the recipe's hyper-parameters, the layers, the versions used
history.csv       one line per finished epoch
checkpoint.npz    the state after the last finished epoch; deleted at the end if the learning rate depends on
                  the number of epochs, so that no more can follow
weights.npz       the trained weights
network.json      the user's own network as Keras JSON; absent for tenfold's recipes
model.onnx        the trained network for ONNX Runtime
predictions.npz   probabilities and labels of all test images, and the images that a report shows
result.json       the results, written last; absent if nothing was tested
diverged.json     instead of a result: the epoch in which the loss became NaN or infinite, and likely why
lock              held while a process trains here
"""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenfold import wording
from tenfold.cores import available_cores
from tenfold.data.augment import permute_pixels
from tenfold.data.classes import MAX_CLASSES
from tenfold.data.doubtful import MNIST_SHA256
from tenfold.data.given import images_from
from tenfold.drawing import Drawing
from tenfold.errors import InputError, RunError
from tenfold.evaluation import ClassificationReport, classification_report
from tenfold.files import write_bytes
from tenfold.keras_backend import use_keras
from tenfold.npz import read_npz
from tenfold.onnx_models.session import read_onnx
from tenfold.recipes import Kind, load_recipe
from tenfold.recipes.changes import change
from tenfold.runs import drawings, view
from tenfold.runs.inference import open_session, predict
from tenfold.runs.predictions import Predictions
from tenfold.runs.settings import PERMUTATION_SEED, Settings

if TYPE_CHECKING:
    import keras

# Test images that a run stores for reports: the first, and the worst mistakes.
FIRST_SHOWN, MISTAKES_SHOWN = 25, 24
_MAX_IMAGES, _MAX_SHOWN = 1_000_000, 1_000  # limits for run folders from others
_LARGEST_PREDICTIONS = {
    "probabilities": 4 * MAX_CLASSES * _MAX_IMAGES,
    "labels": 8 * _MAX_IMAGES,
    "shown": 8 * _MAX_SHOWN,
    "images": 28 * 28 * _MAX_SHOWN,
}
NETWORK_FILE = "network.json"
_LARGEST_TEXT_BYTES = 16 * 2**20


@dataclass(frozen=True, repr=False)
class Run:
    """One training, finished or not, in the folder `path`."""

    path: Path

    @property
    def finished(self) -> bool:
        return self.result_path.exists()

    @property
    def diverged(self) -> bool:
        return self.diverged_path.exists()

    @property
    def ended(self) -> bool:
        """Whether training has ended: the run is finished or diverged."""
        return self.finished or self.diverged

    @property
    def can_go_on(self) -> bool:
        """Whether training can continue as if more epochs had been planned from the start."""
        return not self.recipe.get("epochs_decide", True) and (
            self.checkpoint_path.exists() or not self.finished
        )

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
    def network_path(self) -> Path:
        return self.path / NETWORK_FILE

    @property
    def predictions_path(self) -> Path:
        return self.path / "predictions.npz"

    @property
    def result_path(self) -> Path:
        return self.path / "result.json"

    @property
    def diverged_path(self) -> Path:
        return self.path / "diverged.json"

    @cached_property
    def recipe(self) -> dict[str, Any]:
        """The settings and the recipe's definition."""
        return _read_json(self.recipe_path)

    @property
    def settings(self) -> Settings:
        return Settings.from_dict(self.recipe)

    @property
    def kind(self) -> Kind:
        """The network's task."""
        return "classify" if self.settings.network else load_recipe(self.settings.recipe).kind

    @property
    def label(self) -> str:
        """The recipe's name and, if its training differed from the default, how."""
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

    @property
    def documented_accuracy(self) -> tuple[float, float] | None:
        """The lowest and highest test accuracy stated in the recipe's document, as fractions.

        The documents are about MNIST: None for other data, and for permuted pixels.
        """
        stated = self.recipe["documented_accuracy"]
        if stated is None or self.settings.data_sha256 != MNIST_SHA256 or self.settings.permuted:
            return None
        return stated[0], stated[1]

    @cached_property
    def result(self) -> dict[str, Any]:
        """The results of the finished run."""
        return _read_json(self.result_path)

    @cached_property
    def divergence(self) -> "Divergence":
        """In which epoch a run diverged, and the likely cause."""
        content = _read_json(self.diverged_path)
        return Divergence(int(content["epoch"]), str(content["cause"]))

    @cached_property
    def history(self) -> list[dict[str, float]]:
        """One entry per finished epoch: epoch (from 1), accuracy, loss, seconds and, if there was a
        validation set, val_accuracy and val_loss."""
        try:
            lines = _read_bounded(self.history_path).decode().splitlines()
            return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(lines)]
        except (OSError, ValueError, TypeError, csv.Error) as error:
            raise RunError(f"{self.history_path} cannot be read: {error}; train the run again") from error

    @cached_property
    def predictions(self) -> Predictions:
        """The test images' probabilities and labels. Raises InputError for a network that reads lines."""
        if self.recipe.get("loss") == "ctc":
            raise InputError(
                f"{self.path} holds a network that reads lines, which cannot be compared with those for "
                "single digits; tenfold export makes it a reading model"
            )
        try:
            return Predictions(**read_npz(self.predictions_path, _LARGEST_PREDICTIONS))
        except (OSError, ValueError) as error:
            raise RunError(f"{self.predictions_path} cannot be read: {error}; train the run again") from error

    def copy_onnx(self, path: Path) -> None:
        """Write the trained network as ONNX to `path`, atomically.

        Raises OSError from the file system, ModelError if the run's model is damaged.
        """
        content = read_onnx(self.onnx_path)
        write_bytes(path, content)

    def clear(self) -> None:
        """Delete the run. Its folder must be locked."""
        of_run = (
            self.result_path, self.diverged_path, self.checkpoint_path, self.history_path,
            self.weights_path, self.onnx_path, self.predictions_path, self.network_path, self.recipe_path,
        )  # fmt: skip
        for path in of_run:
            path.unlink(missing_ok=True)

    def load_model(self) -> "keras.Model":
        """The trained Keras model. Imports Keras.

        Raises RunError if Keras is not installed, or the run is unfinished or damaged.
        """
        use_keras()
        if not self.finished:
            raise RunError(
                f"{self.path} is not finished; the command that began it continues where it stopped"
            )
        answer: Callable[[keras.Model], keras.Model]
        if self.settings.network:
            model, answer = self._load_own(), lambda model: model
        else:
            recipe = change(load_recipe(self.settings.recipe), self.settings.changes or {})
            model, answer = recipe.build_for(len(self.class_names)), recipe.answer
        largest = {f"weight_{i}": weight.nbytes for i, weight in enumerate(model.get_weights())}
        try:
            model.set_weights(list(read_npz(self.weights_path, largest).values()))
        except (OSError, ValueError) as error:
            raise RunError(
                f"{self.weights_path} is damaged or belongs to another model ({error}); train the run again"
            ) from error
        return answer(model)

    def _load_own(self) -> "keras.Model":
        """The user's own network, with new weights, from its description: the user's file is not run."""
        from tenfold.models.given import load_described, with_softmax

        try:
            text = _read_bounded(self.network_path).decode()
            return with_softmax(load_described(text, str(self.network_path)))
        except (OSError, ValueError) as error:
            raise RunError(f"{self.network_path} cannot be loaded: {error}") from error

    def predict(self, images: ArrayLike) -> NDArray[np.float32]:
        """The network's class probabilities, float32 (N, classes), for `images`.

        Images are (N, 28, 28), (N, 28, 28, 1), (N, 784) or one (28, 28): whole numbers from 0 to 255, or
        fractions from 0 to 1; 0 is paper. Does not need Keras. Raises InputError for anything else.
        """
        given = images_from(images)
        if self.settings.permuted:
            given = permute_pixels(given, PERMUTATION_SEED)
        return predict(open_session(self.onnx_path), given, available_cores(), len(self.class_names))

    def classification_report(self) -> ClassificationReport:
        """Precision, recall and F1 of every class on the test images; prints as a table."""
        predicted = self.predictions
        return classification_report(predicted.labels, predicted.y_pred, self.class_names)

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(self.result["data"]["class_names"])

    def plot_history(self) -> Drawing:
        """Accuracy and loss per epoch, on training and held-out images."""
        return drawings.draw_history(self.history, self.label)

    def plot_confusion(self) -> Drawing:
        """The confusion matrix of the test images: true classes in rows, predicted ones in columns."""
        return view.draw_confusion(self)

    def plot_calibration(self) -> Drawing:
        """Accuracy against confidence on the test images."""
        return drawings.draw_calibration(self.predictions.labels, self.predictions.probabilities, self.label)

    def show_predictions(self, n: int = 18) -> Drawing:
        """The first `n` test images, at most 25, with their predictions."""
        return view.draw_predictions(self, min(n, FIRST_SHOWN))

    def show_mistakes(self, n: int = 12) -> Drawing:
        """The `n` worst mistakes on the test images, at most 24: lowest true-class probability."""
        return view.draw_mistakes(self, min(n, MISTAKES_SHOWN))

    def show(self) -> Drawing:
        """Everything in one drawing: figures, curves, confusion matrix, calibration, mistakes."""
        return view.draw_run(self)

    def __repr__(self) -> str:
        try:
            name = [f"{self.label}, seed {self.settings.seed}"] if self.started else []
            facts = "; ".join([*name, *view.facts_of(self)]).replace(wording.NO_BREAK, " ")
        except RunError as error:
            facts = str(error)
        return f"<Run {self.path}: {facts}>"

    def _repr_html_(self) -> str | None:
        return self.show()._repr_html_() if self.finished else None


@dataclass(frozen=True)
class Divergence:
    """The end of a run whose loss became NaN or infinite in an `epoch`, counted from 1."""

    epoch: int
    cause: str  # the likely one

    def __str__(self) -> str:
        return f"its loss became NaN or infinite in epoch {self.epoch}; {self.cause}"


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(_read_bounded(path))
        if not isinstance(content, dict):
            raise ValueError("expected a JSON object")  # noqa: TRY301, TRY004
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(f"{path} cannot be read: {error}; train the run again") from error
    return content


def _read_bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_LARGEST_TEXT_BYTES + 1)
    if len(content) > _LARGEST_TEXT_BYTES:
        raise ValueError(f"it has more than {_LARGEST_TEXT_BYTES:,} bytes")
    return content
