"""Results measured and saved after a run's last epoch: the only use of the test images."""

import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from tenfold.data import Dataset, summarize
from tenfold.data.doubtful import confirmed_images
from tenfold.data.preprocess import network_input
from tenfold.evaluation import (
    accuracy,
    class_balance,
    cross_entropy,
    expected_calibration_error,
    worst_mistakes,
)
from tenfold.files import write_atomically, write_json, write_text
from tenfold.imaging.layout import Region
from tenfold.models.layers import summarize_layers
from tenfold.recipes import ImageSource, Recipe
from tenfold.runs.inference import open_session, predict, run_network
from tenfold.runs.run import FIRST_SHOWN, MISTAKES_SHOWN, Run
from tenfold.symbols import N_DIGITS
from tenfold.training.checkpoint import History, Record, save_weights, weights_digest
from tenfold.training.fine_tuning import model_path
from tenfold.training.keras_to_onnx import export_onnx
from tenfold.training.line_loss import lines_right
from tenfold.training.robustness import measure_robustness

PARITY_IMAGES = 256
TIMED_IMAGES = 500
DRAWN_PARITY_IMAGES = 8
_PREDICT_BATCH = 500
_DRAWN_BATCH = 16


@dataclass(frozen=True)
class KeptWeights:
    """Which weights are kept, and their accuracies. Fractions."""

    epoch: int | None  # the epoch they are from, counted from 1; None if they are not from the end of one
    train_accuracy: float  # of an epoch: its running mean during training
    validation_accuracy: float | None


def describe_kept(learner: keras.Model, record: Record, training: Any, validation: Any) -> KeptWeights:
    """Describe the current weights of the compiled `learner`.

    If they are from the end of an epoch, `record` has the figures. Otherwise they are measured on
    `training()` and `validation` (None if nothing was held out), each the learner's input and target.
    """
    digest = weights_digest(learner)
    for number in range(len(record.history), 0, -1):
        if record.weights[number - 1] == digest:
            figures = record.history[number - 1]
            return KeptWeights(number, figures["accuracy"], figures.get("val_accuracy"))
    return KeptWeights(
        None,
        _accuracy_of(learner, training()),
        None if validation is None else _accuracy_of(learner, validation),
    )


def _accuracy_of(learner: keras.Model, part: tuple[Any, Any]) -> float:
    return float(learner.evaluate(*part, batch_size=_PREDICT_BATCH, verbose=0, return_dict=True)["accuracy"])


def write_outcome(
    run: Run,
    recipe: Recipe,
    model: keras.Model,
    history: History,
    kept: KeptWeights,
    data: Dataset,
    own: Dataset | None = None,
) -> None:
    """Write weights, ONNX model, test predictions and, last, result.json.

    `own` are the digits a network was fine-tuned on.
    """
    save_weights(run.weights_path, model)
    x_test = network_input(data.x_test[:TIMED_IMAGES], model.input_shape)
    answering = recipe.answer(model)
    parity = export_onnx(answering, run.onnx_path, x_test[:PARITY_IMAGES])
    if recipe.place and not run.network_path.exists():
        write_text(run.network_path, answering.to_json())
    session = open_session(run.onnx_path)
    classes = len(data.class_names)
    probabilities = predict(session, data.x_test, run.settings.threads, classes)
    first = np.arange(min(FIRST_SHOWN, len(data.x_test)))
    shown = np.unique(np.concatenate([first, worst_mistakes(data.y_test, probabilities, MISTAKES_SHOWN)]))
    write_atomically(
        run.predictions_path,
        lambda file: np.savez_compressed(
            file, probabilities=probabilities, labels=data.y_test, shown=shown, images=data.x_test[shown]
        ),
    )
    confirmed = confirmed_images(run.settings.data_sha256, len(data.x_test))
    write_json(
        run.result_path,
        {
            **_facts(run, model, history, kept, data, parity),
            **({"own_digits": _figures_of_own(run, own)} if own else {}),
            "test_images": len(data.x_test),
            "test_accuracy": accuracy(data.y_test, probabilities.argmax(1)),
            "test_accuracy_confirmed": accuracy(data.y_test[confirmed], probabilities[confirmed].argmax(1)),
            "balance": asdict(class_balance(data.y_test, [probabilities.argmax(1)])),
            "test_loss": cross_entropy(data.y_test, probabilities),
            "calibration_error": expected_calibration_error(data.y_test, probabilities),
            "microseconds_per_digit": _microseconds_per_digit(run, x_test),
            "robustness": measure_robustness(
                lambda images: predict(session, images, run.settings.threads, classes).argmax(axis=1),
                data.x_test,
                data.y_test,
            ),
        },
    )


def write_drawn_outcome(
    run: Run,
    recipe: Recipe,
    model: keras.Model,
    history: History,
    kept: KeptWeights,
    data: Dataset,
    source: ImageSource,
) -> None:
    """Like `write_outcome`, for a network that reads lines or maps pages: its figures on drawn pictures."""
    save_weights(run.weights_path, model)
    images, targets = source.draw(run.settings.seed, epoch=0)
    x_test = network_input(images, model.input_shape)
    parity = export_onnx(recipe.answer(model), run.onnx_path, x_test[:DRAWN_PARITY_IMAGES])
    outputs = model.predict(x_test, batch_size=_DRAWN_BATCH, verbose=0)
    figures = _figures_of_pages if recipe.kind == "map pages" else _figures_of_lines
    write_json(
        run.result_path,
        {
            **_facts(run, model, history, kept, data, parity),
            "test_images": len(x_test),
            **figures(targets, outputs),
        },
    )


def _figures_of_lines(labels: NDArray[Any], outputs: NDArray[np.float32]) -> dict[str, Any]:
    """The share of correct lines."""
    return {"test_accuracy": float(np.mean(lines_right(labels, outputs)))}


def _figures_of_pages(regions: NDArray[Any], outputs: NDArray[np.float32]) -> dict[str, Any]:
    """The share of correct pixels, and recall and precision of each region's."""
    predicted = outputs.argmax(axis=-1)
    both = np.bincount((len(Region) * regions + predicted).ravel(), minlength=len(Region) ** 2)
    matrix = both.reshape(len(Region), len(Region))
    return {
        "test_accuracy": float(np.mean(predicted == regions)),
        "regions": {
            region.name.lower(): {
                "found": float(matrix[region, region] / max(matrix[region].sum(), 1)),
                "right": float(matrix[region, region] / max(matrix[:, region].sum(), 1)),
            }
            for region in Region
        },
    }


def _facts(
    run: Run, model: keras.Model, history: History, kept: KeptWeights, data: Dataset, parity: float
) -> dict[str, Any]:
    """The part of a result that all runs have."""
    settings = run.settings
    return {
        "recipe": settings.recipe,
        "seed": settings.seed,
        "as_written": settings.as_written,
        "permuted": settings.permuted,
        "epochs": len(history),
        "planned_epochs": settings.epochs,
        "kept_epoch": kept.epoch,
        "parameters": model.count_params(),
        "multiply_adds": sum(layer.multiply_adds for layer in summarize_layers(model)),
        "train_images": run.recipe["train_images"],
        "validation_images": run.recipe["validation_images"],
        "train_accuracy": kept.train_accuracy,
        "validation_accuracy": kept.validation_accuracy,
        "seconds": sum(epoch["seconds"] for epoch in history),
        "threads": settings.threads,
        "weights_bytes": run.weights_path.stat().st_size,
        "onnx_bytes": run.onnx_path.stat().st_size,
        "onnx_difference": parity,
        "data": asdict(summarize(data)),
    }


def _figures_of_own(run: Run, own: Dataset) -> dict[str, Any]:
    """The number of the user's digits, and the accuracy on those held out, before and after."""
    begun = run.settings.fine_tuning
    figures: dict[str, Any] = {"trained_on": len(own.y_train), "held_out": len(own.y_test)}
    if begun is None or not len(own.y_test):
        return figures

    def right(model: Path) -> float:
        outputs = run_network(open_session(model), own.x_test, run.settings.threads)
        return accuracy(own.y_test, outputs[:, :N_DIGITS].argmax(axis=1))

    return {**figures, "accuracy_before": right(model_path(begun.start)), "accuracy": right(run.onnx_path)}


def _microseconds_per_digit(run: Run, x_test: NDArray[np.float32]) -> float:
    """The median time for a single digit of `x_test` on one core, with ONNX Runtime."""
    session = open_session(run.onnx_path)
    name = session.get_inputs()[0].name
    durations = []
    for index in range(len(x_test)):
        start = time.perf_counter()
        session.run(None, {name: x_test[index : index + 1]})
        durations.append(time.perf_counter() - start)
    return 1e6 * statistics.median(durations)
