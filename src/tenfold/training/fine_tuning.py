"""The ingredients of fine-tuning: a trained reader, and the user's digits mixed with MNIST's."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.data import Dataset
from tenfold.data.synthesis import Mixture
from tenfold.errors import InputError
from tenfold.files import expand_home
from tenfold.reader.manifest import load_manifest
from tenfold.reader.reader import BUNDLED_MODEL
from tenfold.recipes import Recipe, load_recipe
from tenfold.runs.settings import FineTuning

BUNDLED = "bundled"


def plan_fine_tuning(start: str | Path, own: Dataset) -> FineTuning:
    """The settings of a fine-tuning that starts from `start` with the user's `own` digits.

    Raises InputError if there is no model at `start`, ModelError if its manifest cannot be used.
    """
    if str(start) != BUNDLED:
        start = expand_home(start).resolve()
        if not start.is_file():
            raise InputError(f"expected {BUNDLED} or a reader's ONNX file to start from, received {start}")
    return FineTuning(
        start=str(start),
        start_sha256=load_manifest(model_path(str(start))).sha256,
        digits=own.origin,
        digits_sha256=own.sha256,
    )


def model_path(start: str) -> Path:
    """The path of the model that a fine-tuning's settings call `start`."""
    return BUNDLED_MODEL if start == BUNDLED else Path(start)


def recipe_to_train(name: str, fine_tuning: FineTuning | None) -> Recipe:
    """The recipe `name` of `load_recipe`, or the one that fine-tunes its network."""
    if not fine_tuning:
        return load_recipe(name)
    from tenfold.recipes.fine_tuning import recipe

    return recipe


def interpolate_weights(
    begun: list[NDArray[np.float32]], learnt: list[NDArray[np.float32]]
) -> list[NDArray[np.float32]]:
    """Weights between the initial and the fine-tuned ones, which forget less."""
    from tenfold.recipes.fine_tuning import STEP

    return [before + np.float32(STEP) * (after - before) for before, after in zip(begun, learnt, strict=True)]


def mix_in(own: Dataset, training: tuple[NDArray[np.uint8], NDArray[np.int64]]) -> Mixture:
    """The user's `own` digits, without those held out, mixed with the images and labels of `training`."""
    from tenfold.recipes.fine_tuning import DIGITS_PER_EPOCH, OWN_SHARE

    return Mixture(*training, own.x_train, own.y_train, size=DIGITS_PER_EPOCH, share=OWN_SHARE)
