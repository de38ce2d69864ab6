"""The images on which an exported model is compared with its run."""

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.typing import NDArray

from tenfold.data.augment import permute_pixels, shift_images
from tenfold.errors import InputError
from tenfold.recipes import load_recipe
from tenfold.runs.data import load_data_of
from tenfold.runs.run import Run
from tenfold.runs.settings import PERMUTATION_SEED

N_IMAGES = 1000
_MOVES = sorted(product(range(-4, 5), repeat=2), key=lambda move: abs(move[0]) + abs(move[1]))


def trial_images(run: Run, on_event: Callable[[str], object]) -> NDArray[np.uint8]:
    """The first 1,000 test images of the run's data, uint8 (N, h, w), as its network sees them.

    All, if there are fewer. If the data are no longer available: the test images stored with the run, shifted
    by a few pixels. For a network that reads lines or maps pages: lines or pages composed of test images;
    raises InputError if its data are not available.
    """
    settings = run.settings
    data = load_data_of(run, on_event)
    if run.kind in ("read lines", "map pages"):
        if data is None:
            raise InputError(
                f"expected the data {settings.data}, on which {run.path} was trained, to write "
                f"{run.kind.split()[-1]} with"
            )
        written = load_recipe(settings.recipe).source_of_held_out(data.x_test, data.y_test)
        return written.draw(settings.seed, 0)[0][:N_IMAGES]
    if data is None:
        kept = run.predictions.images
        return np.concatenate([shift_images(kept, dx, dy) for dx, dy in _MOVES])[:N_IMAGES]
    return seen_by(run, data.x_test[:N_IMAGES])


def seen_by(run: Run, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`images` as the network of `run` sees them: permuted if it was trained on permuted pixels."""
    return permute_pixels(images, PERMUTATION_SEED) if run.settings.permuted else images
