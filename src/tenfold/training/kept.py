"""The weights that a training ends with, which need not be those after its last epoch."""

from dataclasses import dataclass
from typing import Any

import keras

from tenfold.training.checkpoint import Record, weights_digest

_BATCH = 500


@dataclass(frozen=True)
class Kept:
    """Which weights are kept, and how often they are right. Fractions."""

    epoch: int | None  # after which they were learned, from 1; None where they are of no epoch's end
    train_accuracy: float  # of an epoch: the mean over it, while it still learned
    validation_accuracy: float | None


def describe_kept(learner: keras.Model, record: Record, training: Any, validation: Any) -> Kept:
    """The weights that the compiled `learner` has now.

    Where they are those of an epoch's end, `record` has the figures. Else `training()` and `validation` (None
    where nothing was held out) are measured, each the learner's input and target.
    """
    digest = weights_digest(learner)
    for number in range(len(record.history), 0, -1):
        if record.weights[number - 1] == digest:
            figures = record.history[number - 1]
            return Kept(number, figures["accuracy"], figures.get("val_accuracy"))
    return Kept(
        None, _accuracy(learner, training()), None if validation is None else _accuracy(learner, validation)
    )


def _accuracy(learner: keras.Model, part: tuple[Any, Any]) -> float:
    return float(learner.evaluate(*part, batch_size=_BATCH, verbose=0, return_dict=True)["accuracy"])
