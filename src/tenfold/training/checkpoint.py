"""Everything needed to resume training as if it had never stopped, in one file without pickles."""

import csv
import io
import json
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tenfold.errors import RunError
from tenfold.files import write_atomically, write_text
from tenfold.npz import read_npz
from tenfold.training.callbacks import State

History = list[dict[str, float]]
_LARGEST_RECORD_BYTES = 16 * 2**20


@dataclass
class Record:
    """The record of the finished epochs, in addition to the state of model and optimizer."""

    history: History = field(default_factory=list)
    weights: list[str] = field(default_factory=list)  # checksums of the weights after each epoch
    stopped: bool = False  # by a callback, after the last epoch
    callbacks: list[State] = field(default_factory=list)  # the state of each callback; empty if not stored


def save_checkpoint(path: Path, model: keras.Model, record: Record) -> None:
    """Write the state of model and optimizer after the epochs in `record`, and `record`, atomically."""
    arrays = {f"state_{i}": np.asarray(variable) for i, variable in enumerate(_state(model))}
    plain: list[dict[str, Any]] = []
    for i, state in enumerate(record.callbacks):
        lists = {name: value for name, value in state.items() if isinstance(value, list)}
        arrays |= {
            _member(i, name, j): array for name, value in lists.items() for j, array in enumerate(value)
        }
        plain.append(state | {name: {"arrays": len(value)} for name, value in lists.items()})
    text = json.dumps(asdict(replace(record, callbacks=plain)))
    arrays["record"] = np.frombuffer(text.encode(), np.uint8)
    write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **arrays))


def restore_checkpoint(path: Path, model: keras.Model) -> Record:
    """Put the state at `path` into the compiled `model` and its built optimizer, and return the record.

    Raises RunError if the file is damaged or belongs to another model.
    """
    variables = _state(model)
    largest = {f"state_{i}": _n_bytes(variable) for i, variable in enumerate(variables)}
    try:
        saved = read_npz(path, {"record": _LARGEST_RECORD_BYTES, **largest})
        record = Record(**json.loads(saved.pop("record").tobytes()))
        record.callbacks = [
            {name: _with_arrays(path, i, name, value, max(largest.values())) for name, value in state.items()}
            for i, state in enumerate(record.callbacks)
        ]
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise RunError(
            f"{path} is damaged or belongs to another model ({error}); delete it to train from the start"
        ) from error
    arrays = list(saved.values())
    if any(a.shape != tuple(v.shape) for a, v in zip(arrays, variables, strict=True)):
        raise RunError(f"{path} belongs to another model; delete it to train from the start")
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
    return record


def weights_digest(model: keras.Model) -> str:
    """A checksum of the model's weights, in hex."""
    digest = sha256()
    for array in model.get_weights():
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _with_arrays(path: Path, i: int, name: str, value: Any, largest_bytes: int) -> Any:
    """A value of a callback's state, with its arrays if it is a list of arrays."""
    if not isinstance(value, dict):
        return value
    members = [_member(i, name, j) for j in range(value["arrays"])]
    return list(read_npz(path, dict.fromkeys(members, largest_bytes)).values())


def _member(i: int, name: str, j: int) -> str:
    return f"callback_{i}_{name}_{j}"


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


def _state(model: keras.Model) -> list[Any]:
    """Weights, random generator states and the optimizer's variables; metrics restart in each epoch."""
    metrics = {id(variable) for variable in model.metrics_variables}
    own = [variable for variable in model.variables if id(variable) not in metrics]
    return own + list(model.optimizer.variables)


def _n_bytes(variable: Any) -> int:
    return int(np.asarray(variable).nbytes)
