"""Evaluate finished runs on their own test images or on others, without the training stack."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold import wording
from tenfold.cores import available_cores
from tenfold.data import Dataset, load_data
from tenfold.data.doubtful import confirmed_images, is_published
from tenfold.data.pictures import OnPictures
from tenfold.drawing import Drawing
from tenfold.errors import InputError
from tenfold.evaluation import (
    ClassBalance,
    ClassificationReport,
    accuracy,
    class_balance,
    classification_report,
    confusion_matrix,
    cross_entropy,
    expected_calibration_error,
    wilson_interval,
)
from tenfold.runs.drawings import draw_confusion
from tenfold.runs.find import open_run
from tenfold.runs.inference import ask_file, is_model_file
from tenfold.runs.run import Run


@dataclass(frozen=True, repr=False)
class Evaluation:
    """The joint result of runs on `images` images they were not trained on. Fractions; `loss` in nats.

    `doubtful` is the number of images whose labels people did not confirm; `confirmed_accuracy` is the
    accuracy on the others.
    """

    data: str
    images: int
    accuracy: float
    accuracy_interval: tuple[float, float]  # 95 %, Wilson
    doubtful: int
    confirmed_accuracy: float
    balance: ClassBalance
    loss: float
    calibration_error: float
    report: ClassificationReport
    confusion_matrix: NDArray[np.int64]

    def plot_confusion(self) -> Drawing:
        """The confusion matrix: true classes in rows, predicted ones in columns."""
        return draw_confusion(self.confusion_matrix, [score.name for score in self.report.classes])

    def __repr__(self) -> str:
        interval = wording.percent_range(*self.accuracy_interval)
        text = (
            f"{self.data}: {wording.percent(self.accuracy)} of {self.images:,} images right "
            f"(95 % interval {interval}), loss {self.loss:.4f}, "
            f"calibration error {wording.percent(self.calibration_error)}"
        )
        return f"{text}\n\n{self.report!r}".replace(wording.NO_BREAK, " ")

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>{self.plot_confusion()._repr_html_()}"


def evaluate_runs(runs: Sequence[Run], data: Dataset | None = None) -> Evaluation:
    """Evaluate `runs` on their own test images, stored in their folders, or on `data`.

    Several runs answer together, with their mean probabilities. If `data` are the training data, the test
    part is used, otherwise all images. A run on permuted pixels gets permuted images. Raises InputError if
    the runs were not trained on the same data, RunError if one is damaged.
    """
    first = runs[0]
    if data is None or data.sha256 == first.settings.data_sha256:
        for run in runs:
            if run.settings.data_sha256 != first.settings.data_sha256:
                raise InputError(
                    f"{first.path} and {run.path} were trained on different data; name data to evaluate both "
                    "on with --data"
                )
        facts = first.result["data"]
        labels = first.predictions.labels
        probabilities = _mean([run.predictions.probabilities for run in runs])
        confirmed = confirmed_images(first.settings.data_sha256, len(labels))
        return _evaluate(facts["name"], labels, probabilities, confirmed, tuple(facts["class_names"]))
    images = np.concatenate([data.x_train, data.x_test])
    labels = np.concatenate([data.y_train, data.y_test])
    for run in runs:
        if run.class_names != data.class_names:
            raise InputError(f"expected data with the classes of {run.path}; {data.name} has others")
    probabilities = _mean([run.predict(images) for run in runs])
    return _evaluate(data.name, labels, probabilities, np.ones(len(labels), dtype=bool), data.class_names)


def evaluate_paths(
    paths: Sequence[Path],
    data: Dataset | str | None = None,
    on_event: Callable[[str], object] | None = None,
    *,
    skip_damaged: bool = False,
    on_pictures: OnPictures | None = None,
) -> Evaluation:
    """Evaluate the runs in the folders `paths`, or, if it is a single path, an ONNX or .keras file from any
    source.

    `data` is a data set, or it and `skip_damaged` are as in `load_data`; by default the runs' test images are
    used, or MNIST's for a file. Raises InputError for other `paths`, and the errors of `evaluate_runs`.
    """
    given = data if isinstance(data, Dataset) else None
    if isinstance(data, str):
        given = load_data(data, skip_damaged=skip_damaged, on_event=on_event, on_pictures=on_pictures)
    if len(paths) == 1 and is_model_file(paths[0]):
        return evaluate_file(paths[0], given or load_data(on_event=on_event))
    return evaluate_runs([open_run(path) for path in paths], given)


def evaluate_file(path: Path, data: Dataset) -> Evaluation:
    """Evaluate the classifier in an ONNX or .keras file, as in `ask_file`, on digits or clothes.

    MNIST and Fashion-MNIST contribute their test images, other data all. Raises InputError if the
    classifier's input or output does not fit, ModelError if the file cannot be used.
    """
    images, labels = data.x_test, data.y_test
    if not is_published(data.sha256, data.class_names):
        images, labels = np.concatenate([data.x_train, images]), np.concatenate([data.y_train, labels])
    confirmed = confirmed_images(data.sha256, len(labels))
    probabilities = ask_file(path, images, available_cores(), len(data.class_names))
    return _evaluate(data.name, labels, probabilities, confirmed, data.class_names)


def _mean(probabilities: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    mean: NDArray[np.float32] = np.mean(probabilities, axis=0, dtype=np.float32)
    return mean


def _evaluate(
    name: str,
    labels: NDArray[np.int64],
    probabilities: NDArray[np.float32],
    confirmed: NDArray[np.bool_],
    class_names: tuple[str, ...],
) -> Evaluation:
    y_pred = probabilities.argmax(axis=1)
    right = int((y_pred == labels).sum())
    return Evaluation(
        data=name,
        images=len(labels),
        accuracy=accuracy(labels, y_pred),
        accuracy_interval=wilson_interval(right, len(labels)),
        doubtful=int((~confirmed).sum()),
        confirmed_accuracy=accuracy(labels[confirmed], y_pred[confirmed]),
        balance=class_balance(labels, [y_pred]),
        loss=cross_entropy(labels, probabilities),
        calibration_error=expected_calibration_error(labels, probabilities),
        report=classification_report(labels, y_pred, class_names),
        confusion_matrix=confusion_matrix(labels, y_pred, len(class_names)),
    )
