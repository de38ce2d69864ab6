"""Convolutional networks with batch normalisation, which train in few epochs, and averaging over shifts."""

from collections.abc import Sequence
from functools import partial

import keras
from keras import layers

_MOMENTUM = 0.9  # of the running statistics: short trainings are over before Keras' 0.99 converges
_MOVES = ((1, 1), (1, 1), (0, 1), (2, 1), (1, 0), (1, 2))  # (1, 1) is no shift; it counts twice


def convolve(
    x: keras.KerasTensor,
    filters: int,
    size: int = 3,
    *,
    pool: bool = False,
    padding: str = "valid",
    momentum: float,
) -> keras.KerasTensor:
    """A convolution, 2 x 2 max pooling if `pool`, batch normalisation and ReLU, in this order.

    Pooling first gives the same result as pooling last if the scale is positive, for a quarter of the work.
    `momentum` is for the running statistics.
    """
    x = layers.Conv2D(filters, size, padding=padding, use_bias=False)(x)
    if pool:
        x = layers.MaxPooling2D(2)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=momentum)(x))


def build_normed_cnn(
    filters: Sequence[int], *, units: int, classes: int = 10, dropout: float = 0.0
) -> keras.Model:
    """Return five convolutions, a dense layer of `units` and a softmax over `classes`.

    Input: float32 (N, 28, 28, 1) in [0, 1]. Output: float32 (N, classes), each row a distribution.
    `filters` are the filter counts of the first convolution (5 x 5), the second and third, and the fourth and
    fifth (3 x 3). The first and the third are followed by 2 x 2 max pooling. The last convolution is "valid",
    the others are "same". `dropout` is the fraction dropped before and after the dense layer in training.
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


def build_valid_cnn(filters: Sequence[int], *, classes: int = 10) -> keras.Model:
    """Return unpadded convolutions (the edge is paper anyway) and a softmax over `classes`.

    Input: float32 (N, 28, 28, 1) in [0, 1]. Output: float32 (N, classes), each row a distribution. `filters`
    are the convolutions' filter counts, the first 5 x 5, the others 3 x 3. The first and the last but one are
    followed by 2 x 2 max pooling. The positions of the last features are kept, not averaged.
    """
    first, *middle, late, last = filters
    convolution = partial(convolve, momentum=_MOMENTUM)
    inputs = keras.Input((28, 28, 1), name="image")
    x = convolution(inputs, first, 5, pool=True)
    for each in middle:
        x = convolution(x, each)
    x = convolution(x, late, pool=True)
    x = layers.Flatten()(convolution(x, last))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x), name="valid_cnn")


def average_shifts(model: keras.Model) -> keras.Model:
    """Return a model that averages `model`'s answers over an image and its one-pixel shifts.

    Input and output are the model's, float32 (N, 28, 28, 1) to (N, classes). The shifts are left, right, up
    and down; the unshifted image counts twice. The variables are the model's.
    """
    inputs = keras.Input(model.input_shape[1:], name="image")
    framed = layers.ZeroPadding2D(1)(inputs)
    answers = {
        (top, left): model(layers.Cropping2D(((top, 2 - top), (left, 2 - left)))(framed))
        for top, left in dict.fromkeys(_MOVES)
    }
    return keras.Model(inputs, layers.Average()([answers[move] for move in _MOVES]), name="shifted")
