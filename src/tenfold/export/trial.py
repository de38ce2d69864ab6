"""The images on which a written model and the run it is of are compared."""

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.typing import NDArray

from tenfold.data import load_data
from tenfold.data.augment import permute_pixels, shift_images
from tenfold.data.dataset import Dataset
from tenfold.errors import DataError, InputError
from tenfold.recipes import load_recipe
from tenfold.runs.run import Run
from tenfold.runs.settings import PERMUTATION_SEED

N_IMAGES = 1000
_MOVES = sorted(product(range(-4, 5), repeat=2), key=lambda move: abs(move[0]) + abs(move[1]))


def trial_images(run: Run, on_event: Callable[[str], object]) -> NDArray[np.uint8]:
    """The first 1,000 test images of the run's data, uint8 (N, h, w), as its network sees them.

    Where there are fewer, all. Where the data are not at hand any more, the test images that the run keeps,
    moved by some pixels. For a network that reads lines, lines written with test images; raises InputError
    where it was trained on data that are not at hand.
    """
    settings = run.settings
    data = _data_of(run, on_event)
    if run.kind == "read lines":
        if data is None:
            raise InputError(
                f"expected the data {settings.data}, on which {run.path} was trained, to write lines with"
            )
        lines = load_recipe(settings.recipe).source_of_held_out(data.x_test, data.y_test)
        return lines.draw(settings.seed, 0)[0][:N_IMAGES]
    if data is None:
        kept = run.predictions.images
        return np.concatenate([shift_images(kept, dx, dy) for dx, dy in _MOVES])[:N_IMAGES]
    images = data.x_test[:N_IMAGES]
    return permute_pixels(images, PERMUTATION_SEED) if settings.permuted else images


def _data_of(run: Run, on_event: Callable[[str], object]) -> Dataset | None:
    """What the run was trained on, if it can still be had."""
    try:
        data = load_data(run.settings.data, skip_damaged=True, on_event=on_event)
    except (InputError, DataError):
        return None
    return data if data.sha256 == run.settings.data_sha256 else None
