"""A trained reader as the pair of files tenfold reads with: the network, and its manifest.

The temperature and the threshold of acceptance are chosen on the training images that were held out of the
training, written and pictured anew like those trained on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import tenfold
from tenfold.cores import available_cores
from tenfold.data import Dataset, load_data
from tenfold.data.synthesis import NO_DIGIT
from tenfold.errors import InputError
from tenfold.evaluation import accuracy, expected_calibration_error, fit_temperature, temper
from tenfold.files import write_atomically
from tenfold.reader.manifest import Manifest, write_manifest
from tenfold.recipes import load_recipe
from tenfold.training import Run
from tenfold.training.engine import hold_out
from tenfold.training.inference import open_session, run_network

_ACCEPTED_OTHERS = 0.03  # of what is no digit; the threshold is as low as this allows
_ROUNDS = 4  # pictures of each held-out digit


def export_run(run: Run, path: Path, on_event: Callable[[str], object]) -> None:
    """Write the network of `run` to `path` as ONNX; that of a reader so that it can be read with, and its
    manifest beside it. Raises OSError as the file system does."""
    if load_recipe(run.settings.recipe).augment is None:
        run.copy_onnx(path)
    else:
        bundle_reader(run, path, load_data(run.settings.data, on_event=on_event))


def bundle_reader(run: Run, path: Path, data: Dataset) -> Manifest:
    """Write the network of `run` to `path`, its manifest beside it as .json, and return this.

    `data` must be what the run was trained on: of it the part that was held out is used. Raises InputError
    where it is other data, or where the run's recipe does not know what is no digit.
    """
    settings = run.settings
    augment = load_recipe(settings.recipe).augment
    if augment is None:
        raise InputError(f"expected a run of the recipe reader, received one of {settings.recipe}")
    if data.sha256 != settings.data_sha256:
        raise InputError(
            f"expected the data {settings.data}, on which {run.path} was trained, received {data.name}"
        )
    world = augment(*hold_out(data, settings.seed)[1])
    rounds = [world.draw(settings.seed, epoch) for epoch in range(1, 1 + _ROUNDS)]
    images, labels = (np.concatenate(parts) for parts in zip(*rounds, strict=True))
    outputs = run_network(open_session(run.onnx_path, available_cores()), images)
    calibration = calibrate(labels, outputs)
    content = without_softmax(run.onnx_path)
    manifest = Manifest(
        name="reader",
        recipe=settings.recipe,
        data=data.name,
        data_sha256=data.sha256,
        sha256=sha256(content).hexdigest(),
        temperature=calibration.temperature,
        threshold=calibration.threshold,
        figures={"mnist_test_accuracy": run.result["test_accuracy"], "held_out": calibration.figures},
        tenfold=tenfold.__version__,
        command=f"tenfold train {settings.recipe} --seed {settings.seed} && "
        f"tenfold export runs/{settings.recipe}-seed-{settings.seed} {path.name}",
    )
    write_atomically(path, lambda file: file.write(content))
    write_manifest(manifest, path)
    return manifest


@dataclass(frozen=True)
class Calibration:
    """How a network's outputs become confidences, and from which on a digit is accepted."""

    temperature: float
    threshold: float
    figures: dict[str, Any]


def calibrate(labels: NDArray[np.int64], outputs: NDArray[np.float32]) -> Calibration:
    """Choose temperature and threshold for `outputs`, probabilities (N, 11), of images with `labels` 0 .. 10.

    The temperature is that of the least cross-entropy; the threshold the lowest, in hundredths, at which at
    most 3 % of what is no digit is taken for one.
    """
    temperature = round(fit_temperature(labels, outputs), 3)
    probabilities = temper(outputs, temperature)
    digits = labels != NO_DIGIT
    confidence = probabilities[:, :NO_DIGIT].max(axis=1)
    others = np.sort(confidence[~digits])[::-1]
    refused = others[int(_ACCEPTED_OTHERS * len(others))]  # and all below it
    threshold = (np.floor(100 * refused) + 1) / 100
    accepted = confidence >= threshold
    right = probabilities[:, :NO_DIGIT].argmax(axis=1) == labels
    return Calibration(
        temperature,
        float(threshold),
        {
            "images": len(labels),
            "digits_right": float(right[digits].mean()),
            "digits_accepted": float(accepted[digits].mean()),
            "accepted_digits_right": float(right[digits & accepted].mean()),
            "others_accepted": float(accepted[~digits].mean()),
            "accuracy_of_eleven": accuracy(labels, probabilities.argmax(axis=1)),
            "calibration_error": expected_calibration_error(labels, probabilities),
        },
    )


def without_softmax(path: Path) -> bytes:
    """The ONNX model at `path` without the softmax it ends in: its output are the logits."""
    import onnx

    model = onnx.load(path)
    graph = model.graph
    *_, last = graph.node
    if last.op_type != "Softmax" or last.output[0] != graph.output[0].name:
        raise InputError(f"expected {path} to end in a softmax, it ends in {last.op_type}")
    graph.output[0].name = last.input[0]
    graph.node.remove(last)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content
