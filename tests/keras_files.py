"""Small .keras files, harmless and malicious."""

import json
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras


def linear(*layers: keras.Layer) -> keras.Sequential:
    """The layers after an image, (28, 28, 1), laid flat."""
    return keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), *layers])


def with_a_lambda(path: Path) -> None:
    """Where it is loaded without care, it makes a folder."""
    evil = str(path.with_suffix(".hacked"))
    layer = keras.layers.Lambda(lambda x: (__import__("os").mkdir(evil), x)[1], output_shape=(784,))
    with warnings.catch_warnings(action="ignore"):  # Keras knows that this is unsafe
        linear(layer, keras.layers.Dense(10)).save(path)
    if Path(evil).exists():  # its maker, too, has called it
        Path(evil).rmdir()


def with_vast_weights(path: Path) -> None:
    """A description that claims thirty gigabytes."""
    with_one_changed(path, lambda layer: layer["config"].update(units=10_000_000))


def with_one_changed(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """A file whose description of the last layer was altered."""
    linear(keras.layers.Dense(10)).save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(parts["config.json"])
    change(config["config"]["layers"][-1])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**parts, "config.json": json.dumps(config).encode()}.items():
            archive.writestr(name, content)
