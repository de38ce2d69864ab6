"""Convolutional networks with batch normalisation, which train in few epochs."""

from collections.abc import Sequence
from functools import partial

import keras
from keras import layers

from tenfold.models.block import convolve

_MOMENTUM = 0.9  # of the running statistics: short trainings leave no time for Keras' 0.99


def build_normed_cnn(
    filters: Sequence[int], *, units: int, classes: int = 10, dropout: float = 0.0
) -> keras.Model:
    """Return five convolutions, a dense layer of `units` and a softmax over `classes`.

    Input: float32 (N, 28, 28, 1) in [0, 1]. Output: float32 (N, classes), each row a distribution.
    `filters` are those of the first convolution (5 x 5), the second and third, and the fourth and fifth
    (3 x 3). The first and the third are followed by 2 x 2 max pooling. The last convolution is "valid", the
    others are "same". `dropout` is the fraction left out before and after
    the dense layer while training.
    """
    first, middle, last = filters
    convolution = partial(convolve, momentum=_MOMENTUM)
    inputs = keras.Input((28, 28, 1), name="image")
    x = convolution(inputs, first, 5, padding="same", pool=True)
    x = convolution(x, middle, padding="same")
    x = convolution(x, middle, padding="same", pool=True)
    x = convolution(x, last, padding="same")
    x = convolution(x, last)
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Dense(units, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=_MOMENTUM)(x))
    x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x), name="normed_cnn")
