"""A user's own labelled digits for fine-tuning: a folder per digit, as the service's page saves corrections.

There may be few, and some digits may be missing: one picture is enough.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.data.cautions import find_copies
from tenfold.data.dataset import DIGIT_NAMES, Dataset
from tenfold.data.events import OnEvent
from tenfold.data.folder import read_folder
from tenfold.data.pictures import OnPictures, listed
from tenfold.data.samples import Sample, hold_out
from tenfold.errors import InputError
from tenfold.files import expand_home

_ENOUGH = 10  # a digit needs this many pictures before some are held out
_HELD_OUT = 5  # one in five
_SEED = 0


def load_own_digits(
    path: str | Path,
    *,
    skip_damaged: bool = False,
    on_event: OnEvent | None = None,
    on_pictures: OnPictures | None = None,
) -> Dataset:
    """The digits in a folder with one folder per digit, 0 to 9, prepared as a reader does for its network.

    A fifth of every digit with ten pictures or more (the same fifth on every call) is the test part, which
    may be empty; parts and writers take precedence as in `load_folder`. Hidden files and files that are not
    pictures are skipped. `on_event` gets one line for everything skipped, and for duplicates; `on_pictures`
    gets the number of pictures read so far and the total.

    Raises InputError if there are no pictures, a folder is not named after a digit, or, unless
    `skip_damaged`, pictures cannot be read or are blank.
    """
    folder = expand_home(path)
    samples, images = read_folder(
        folder, skip_damaged=skip_damaged, on_event=on_event, on_pictures=on_pictures
    )
    if others := sorted({sample.label for sample in samples} - set(DIGIT_NAMES)):
        raise InputError(f"expected folders named 0 to 9 in {folder}, received {listed(others)}")
    labels = np.array([int(sample.label) for sample in samples], dtype=np.int64)
    held_out, lines = _hold_out(samples, labels)
    lines += find_copies(images, labels, held_out, [sample.name for sample in samples])
    for line in lines:
        if on_event is not None:
            on_event(line)
    return Dataset(
        name=folder.resolve().name,
        x_train=images[~held_out],
        y_train=labels[~held_out],
        x_test=images[held_out],
        y_test=labels[held_out],
        class_names=DIGIT_NAMES,
        origin=str(folder.resolve()),
    )


def _hold_out(samples: list[Sample], labels: NDArray[np.int64]) -> tuple[NDArray[np.bool_], list[str]]:
    """Like `hold_out`, but nothing of digits with few pictures."""
    if any(sample.part for sample in samples) or len({sample.writer for sample in samples}) > 1:
        return hold_out(samples, labels)
    rng = np.random.default_rng(_SEED)
    held_out = np.zeros(len(labels), dtype=bool)
    for digit in range(len(DIGIT_NAMES)):
        pictures = np.flatnonzero(labels == digit)
        if len(pictures) >= _ENOUGH:
            held_out[rng.choice(pictures, len(pictures) // _HELD_OUT, replace=False)] = True
    return held_out, []
