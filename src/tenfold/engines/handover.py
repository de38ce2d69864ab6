"""Images that only the parent has, in a file for its workers."""

import json
from pathlib import Path

import numpy as np

from tenfold.data import Dataset

_ARRAYS = ("x_train", "y_train", "x_test", "y_test")


def hand_over(data: Dataset, folder: Path) -> Path:
    """Write `data` into `folder`, unless it is there already, and return the file's path."""
    path = folder / f"{data.sha256}.npz"
    if not path.exists():
        words = [data.name, data.class_names, data.origin, data.cautions]
        np.savez(path, words=np.array(json.dumps(words)), **{name: getattr(data, name) for name in _ARRAYS})
    return path


def take_over(path: Path) -> Dataset:
    """Read the file that `hand_over` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        name, class_names, origin, cautions = json.loads(str(stored["words"]))
        arrays = {of: stored[of] for of in _ARRAYS}
    return Dataset(
        name=name, class_names=tuple(class_names), origin=origin, cautions=tuple(cautions), **arrays
    )
