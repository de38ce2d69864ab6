"""All that training needs to go on as if it had never stopped, in one file without pickles."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tenfold.errors import RunError
from tenfold.files import write_atomically, write_text
from tenfold.npz import read_npz

History = list[dict[str, float]]
_LARGEST_HISTORY_BYTES = 16 * 2**20


def save_checkpoint(path: Path, model: keras.Model, history: History) -> None:
    """Write the model's and its optimizer's state after the epochs in `history`, atomically."""
    arrays = {f"state_{i}": np.asarray(variable) for i, variable in enumerate(_state(model))}
    arrays["history"] = np.frombuffer(json.dumps(history).encode(), np.uint8)
    write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **arrays))


def restore_checkpoint(path: Path, model: keras.Model) -> History:
    """Put the state at `path` into the compiled `model` and its built optimizer, and return the history.

    Raises RunError where the file is damaged or belongs to another model.
    """
    variables = _state(model)
    largest = {f"state_{i}": _n_bytes(variable) for i, variable in enumerate(variables)}
    try:
        saved = read_npz(path, {"history": _LARGEST_HISTORY_BYTES, **largest})
        history: History = json.loads(saved.pop("history").tobytes())
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(
            f"{path} is damaged or belongs to another model ({error}); delete it to train from the start"
        ) from error
    arrays = list(saved.values())
    if any(a.shape != tuple(v.shape) for a, v in zip(arrays, variables, strict=True)):
        raise RunError(f"{path} belongs to another model; delete it to train from the start")
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
    return history


def write_history(path: Path, history: History) -> None:
    """Write one line per epoch as CSV, atomically."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(history[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(history)
    write_text(path, text.getvalue())


def save_weights(path: Path, model: keras.Model) -> None:
    """Write the model's weights in Keras' order as weight_0, weight_1, ... of an .npz, atomically."""
    arrays = {f"weight_{i}": array for i, array in enumerate(model.get_weights())}
    write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **arrays))


def load_weights(path: Path, model: keras.Model) -> None:
    """Put the weights at `path` into `model`. Raises RunError where they are damaged or do not fit."""
    largest = {f"weight_{i}": weight.nbytes for i, weight in enumerate(model.get_weights())}
    try:
        model.set_weights(list(read_npz(path, largest).values()))
    except (OSError, ValueError) as error:
        raise RunError(
            f"{path} is damaged or belongs to another model ({error}); train the run again"
        ) from error


def _state(model: keras.Model) -> list[Any]:
    """Weights, states of random generators and the optimizer's variables; metrics start anew each epoch."""
    metrics = {id(variable) for variable in model.metrics_variables}
    own = [variable for variable in model.variables if id(variable) not in metrics]
    return own + list(model.optimizer.variables)


def _n_bytes(variable: Any) -> int:
    return int(np.asarray(variable).nbytes)
