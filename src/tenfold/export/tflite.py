"""A Keras model as TFLite: in float32, or with weights and arithmetic in int8, for phones and small devices.

int8 is TensorFlow's post-training integer quantization: the range of every intermediate value is measured on
training images (https://tensorflow.org/lite/performance/post_training_integer_quant). Inputs and outputs stay
float32.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tenfold.console import without_stderr
from tenfold.data.preprocess import network_input

if TYPE_CHECKING:
    import keras

_CALIBRATION_IMAGES = 500


def write_tflite(model: "keras.Model", path: Path) -> None:
    """Write `model` to `path` as TFLite in float32."""
    _convert(model, path, "TFLITE_BUILTINS")


def write_int8(model: "keras.Model", path: Path, x_train: NDArray[np.uint8]) -> None:
    """Write `model` to `path` as TFLite in int8, calibrated on `x_train`, uint8 (N, 28, 28).

    500 evenly spaced images are used.
    """
    import tensorflow as tf

    chosen = x_train[np.linspace(0, len(x_train) - 1, min(len(x_train), _CALIBRATION_IMAGES), dtype=int)]
    x = network_input(chosen, model.input_shape)

    def one_by_one() -> Iterator[list[NDArray[np.float32]]]:
        yield from ([x[i : i + 1]] for i in range(len(x)))

    _convert(
        model,
        path,
        "TFLITE_BUILTINS_INT8",
        optimizations=[tf.lite.Optimize.DEFAULT],
        representative_dataset=one_by_one,
    )


def _convert(model: "keras.Model", path: Path, operators: str, **how: object) -> None:
    """Convert with TFLite's own `operators` only, which every device has."""
    import tensorflow as tf

    supported = {"supported_ops": [getattr(tf.lite.OpsSet, operators)]}
    with without_stderr():  # the converter logs statistics
        model.export(path, format="litert", verbose=False, target_spec=supported, **how)
