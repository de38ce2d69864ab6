"""Convolutional networks with batch normalisation, which train in few epochs."""

from collections.abc import Sequence

import keras
from keras import layers

_MOMENTUM = 0.9  # of the running statistics: short trainings leave no time for Keras' 0.99


def build_normed_cnn(
    filters: Sequence[int], *, units: int, classes: int = 10, dropout: float = 0.0
) -> keras.Model:
    """Return five convolutions, a dense layer of `units` and a softmax over `classes`.

    Input: float32 (N, 28, 28, 1) in [0, 1]. Output: float32 (N, classes), each row a distribution.
    `filters` are those of the first convolution (5 x 5), the second and third, and the fourth and fifth
    (3 x 3). The first and the third are followed by 2 x 2 max pooling, which comes before normalisation and
    ReLU: the outcome is the same as after them where the scale is positive, for a quarter of the work. The
    last convolution is "valid", the others are "same". `dropout` is the fraction left out before and after
    the dense layer while training.
    """
    first, middle, last = filters
    inputs = keras.Input((28, 28, 1), name="image")
    x = _convolve(inputs, first, 5, pool=True)
    x = _convolve(x, middle, 3)
    x = _convolve(x, middle, 3, pool=True)
    x = _convolve(x, last, 3)
    x = _convolve(x, last, 3, padding="valid")
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout)(x)
    x = _activate(layers.Dense(units, use_bias=False)(x))
    x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x), name="normed_cnn")


def _convolve(
    x: keras.KerasTensor, filters: int, size: int, *, pool: bool = False, padding: str = "same"
) -> keras.KerasTensor:
    x = layers.Conv2D(filters, size, padding=padding, use_bias=False)(x)
    return _activate(layers.MaxPooling2D(2)(x) if pool else x)


def _activate(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.ReLU()(layers.BatchNormalization(momentum=_MOMENTUM)(x))
