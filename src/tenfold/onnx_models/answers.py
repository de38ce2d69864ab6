"""Inputs and outputs of any digit classifier."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import InputError
from tenfold.onnx_models.session import BATCH

_LAYOUTS = ([28, 28, 1], [1, 28, 28], [28, 28], [784])


def input_of(session: Any, path: Path) -> tuple[str, list[int], int]:
    """The name of the model's input, its shape without N, and the batch size.

    Raises InputError for another input.
    """
    match session.get_inputs():
        case [one] if one.type == "tensor(float)" and one.shape[1:] in _LAYOUTS:
            if not isinstance(one.shape[0], int):
                return one.name, one.shape[1:], BATCH
            if one.shape[0] == 1:
                return one.name, one.shape[1:], 1
    received = ", ".join(f"{one.type} {one.shape}" for one in session.get_inputs())
    raise InputError(
        f"expected {path} to take float32 (N, 28, 28, 1), (N, 1, 28, 28), (N, 28, 28) or (N, 784), for any N "
        f"or 1; it takes {received or 'nothing'}"
    )


def checked(answer: list[Any], path: Path, sizes: tuple[int, ...] = ()) -> NDArray[np.float32]:
    """A model's answer as float32 (n, classes), with one of the `sizes` if given.

    Raises InputError for anything else.
    """
    shapes = [getattr(one, "shape", type(one).__name__) for one in answer]
    if len(answer) == 1 and isinstance(answer[0], np.ndarray) and answer[0].dtype.kind == "f":
        output = answer[0].astype(np.float32)
        if output.ndim == 2 and (output.shape[1] in sizes or not sizes) and np.isfinite(output).all():
            return output
    classes = sizes[0] if sizes else "classes"
    raise InputError(f"expected {path} to return finite numbers (N, {classes}), received {shapes}")


def are_probabilities(outputs: NDArray[np.float32]) -> bool:
    """Whether outputs (N, C) are probabilities rather than logits."""
    return bool((outputs >= 0).all() and np.allclose(outputs.sum(axis=1), 1, atol=1e-3))


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities from logits, along the last axis."""
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: NDArray[np.float32] = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return probabilities
