"""One's own labelled digits to learn from: a folder per digit, as the service's page keeps corrections.

There may be few, and of some digits none: one picture is enough.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.data.dataset import DIGIT_NAMES, Dataset
from tenfold.data.folder import list_digits, read_digit
from tenfold.errors import InputError

_ENOUGH = 10  # pictures of a digit, for some of them to be held out
_HELD_OUT = 5  # one of so many
_SEED = 0


def load_own_digits(path: str | Path, *, on_event: Callable[[str], object] | None = None) -> Dataset:
    """The digits in a folder with one folder per digit, named 0 to 9, as a reader shows them to its network.

    Of each digit of which there are ten pictures or more, a fifth (the same on every call) is the test part,
    which may be empty. Hidden files and what is no picture are passed over; `on_event` is told how many.

    Raises InputError where there is no picture, a folder is not named after a digit, or a picture cannot be
    read or shows nothing.
    """
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise InputError(f"expected a folder with a folder per digit, received {folder}, which is none")
    files = list_digits(folder, on_event)
    images = np.stack([read_digit(file) for file, _ in files])
    labels = np.array([label for _, label in files], dtype=np.int64)
    held_out = _hold_out(labels)
    return Dataset(
        name=folder.resolve().name,
        x_train=images[~held_out],
        y_train=labels[~held_out],
        x_test=images[held_out],
        y_test=labels[held_out],
        class_names=DIGIT_NAMES,
        origin=str(folder.resolve()),
    )


def _hold_out(labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """True for each picture, (N,), that is held out."""
    rng = np.random.default_rng(_SEED)
    held_out = np.zeros(len(labels), dtype=bool)
    for digit in range(len(DIGIT_NAMES)):
        pictures = np.flatnonzero(labels == digit)
        if len(pictures) >= _ENOUGH:
            held_out[rng.choice(pictures, len(pictures) // _HELD_OUT, replace=False)] = True
    return held_out
