"""Evaluate a finished run, on its own test images or on others, without the training stack."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenfold.cores import available_cores
from tenfold.data import Dataset
from tenfold.data.augment import permute_pixels
from tenfold.evaluation import (
    ClassificationReport,
    accuracy,
    classification_report,
    confusion_matrix,
    cross_entropy,
    expected_calibration_error,
    wilson_interval,
)
from tenfold.training.inference import open_session, predict
from tenfold.training.run import Run
from tenfold.training.settings import PERMUTATION_SEED


@dataclass(frozen=True)
class Evaluation:
    """How a run does on `images` images it was not trained on. Fractions; `loss` in nats."""

    data: str
    images: int
    accuracy: float
    accuracy_interval: tuple[float, float]  # 95 %, Wilson
    loss: float
    calibration_error: float
    report: ClassificationReport
    confusion_matrix: NDArray[np.int64]


def evaluate_run(run: Run, data: Dataset | None = None) -> Evaluation:
    """Evaluate `run` on its own test images as kept in its folder, or on `data`.

    Of the data it was trained on, the test part is used; of any other, all images. A run on permuted pixels
    gets them permuted.
    """
    if data is None or data.sha256 == run.settings.data_sha256:
        kept = run.predictions
        facts = run.result["data"]
        return _evaluate(facts["name"], kept.labels, kept.probabilities, tuple(facts["class_names"]))
    images = np.concatenate([data.x_train, data.x_test])
    if run.settings.permuted:
        images = permute_pixels(images, PERMUTATION_SEED)
    labels = np.concatenate([data.y_train, data.y_test])
    session = open_session(run.onnx_path, available_cores())
    return _evaluate(data.name, labels, predict(session, images), data.class_names)


def _evaluate(
    name: str, labels: NDArray[np.int64], probabilities: NDArray[np.float32], class_names: tuple[str, ...]
) -> Evaluation:
    y_pred = probabilities.argmax(axis=1)
    right = int((y_pred == labels).sum())
    return Evaluation(
        data=name,
        images=len(labels),
        accuracy=accuracy(labels, y_pred),
        accuracy_interval=wilson_interval(right, len(labels)),
        loss=cross_entropy(labels, probabilities),
        calibration_error=expected_calibration_error(labels, probabilities),
        report=classification_report(labels, y_pred, class_names),
        confusion_matrix=confusion_matrix(labels, y_pred, len(class_names)),
    )
