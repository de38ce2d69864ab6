"""Untrusted .keras files: layers and weights are loaded, but no code.

Only the description of the layers and the weights are read from the archive, both bounded in size. The
compilation and everything else in it are ignored.
"""

import json
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tenfold.errors import ModelError
from tenfold.models.given import load_described, require_classifier

_DESCRIPTION, _WEIGHTS = "config.json", "model.weights.h5"
_MAX_BYTES = {_DESCRIPTION: 16 * 2**20, _WEIGHTS: 256 * 2**20}
_AS_ONNX = "export it as ONNX where it was made"


def open_keras_file(
    path: Path,
) -> tuple[tuple[int | None, ...], Callable[[NDArray[np.float32]], NDArray[np.float32]]]:
    """The input shape of the classifier in the .keras file at `path`, and its prediction function.

    The shape is (None, 784), (None, 28, 28) or (None, 28, 28, 1), images are float32 in [0, 1]. Raises
    InputError for layers that are not Keras' own, a Lambda, or another shape; ModelError if the file is
    damaged, too large, or needs too much memory. The function also raises ModelError.
    """
    try:
        model = _load(path)
    except (tf.errors.OpError, MemoryError) as error:
        raise _failed(path, error) from error

    def answer(x: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            return np.asarray(model(x, training=False))
        except (tf.errors.OpError, MemoryError) as error:
            raise _failed(path, error) from error

    return model.input_shape, answer


def _load(path: Path) -> keras.Model:
    parts = _read_parts(path)
    model = load_described(_without_compilation(parts[_DESCRIPTION], path), str(path), instead=_AS_ONNX)
    require_classifier(model, str(path))
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / _WEIGHTS
        weights.write_bytes(parts[_WEIGHTS])
        try:
            model.load_weights(weights)
        except (ValueError, KeyError, OSError) as error:
            raise _damaged(path, error) from error
    return model


def _read_parts(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: _read(archive, name, largest) for name, largest in _MAX_BYTES.items()}
    except OSError as error:
        raise ModelError(f"the model {path} cannot be opened: {error.strerror or error}") from error
    # RuntimeError: encrypted, or an unknown compression. struct.error: a broken directory.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, struct.error) as error:
        raise _damaged(path, error) from error


def _read(archive: zipfile.ZipFile, name: str, largest_bytes: int) -> bytes:
    try:
        member = archive.getinfo(name)
    except KeyError:
        raise ValueError(f"it holds no {name}") from None
    if member.file_size > largest_bytes:
        raise ValueError(f"its {name} is larger than the {largest_bytes:,} bytes it may have")
    with archive.open(member) as packed:
        return packed.read(member.file_size)


def _without_compilation(description: bytes, path: Path) -> str:
    """Custom losses and metrics do not matter: the model is not trained."""
    try:
        config = json.loads(description)
        config.pop("compile_config", None)
    except (ValueError, AttributeError, RecursionError) as error:
        raise _damaged(path, error) from error
    return json.dumps(config)


def _damaged(path: Path, error: Exception) -> ModelError:
    reason = " ".join(str(error).split())[:200]
    return ModelError(f"the model {path} is damaged, or not a Keras 3 file: {reason}")


def _failed(path: Path, error: Exception) -> ModelError:
    reason = " ".join(str(error).split())[:200]
    return ModelError(f"Keras cannot compute the model {path}: {reason}")
