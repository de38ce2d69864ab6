"""Convolutional networks."""

from collections.abc import Sequence

import keras
from keras import layers, regularizers


def build_cnn(
    filters: Sequence[int],
    *,
    pools: int,
    units: int,
    first_padding: str = "valid",
    classes: int = 10,
    dropout: float = 0.0,
    l2: float = 0.0,
) -> keras.Model:
    """Return a stack of 3 x 3 convolutions with ReLU, one per entry of `filters`, then a dense layer of
    `units` and a softmax over `classes`.

    Input: float32 (N, 28, 28, 1) in [0, 1]. Output: float32 (N, classes), each row a distribution.
    The first `pools` convolutions are each followed by 2 x 2 max pooling. `first_padding` is "valid" or
    "same"; all later convolutions are "valid". `dropout` is the fraction of the dense layer's units dropped
    in training; `l2` the weight of the squared norm of each kernel but the last in the loss.
    """
    regularizer = regularizers.L2(l2) if l2 else None
    inputs = x = keras.Input((28, 28, 1), name="image")
    for depth, channels in enumerate(filters):
        padding = first_padding if depth == 0 else "valid"
        x = layers.Conv2D(channels, 3, padding=padding, activation="relu", kernel_regularizer=regularizer)(x)
        if depth < pools:
            x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(units, activation="relu", kernel_regularizer=regularizer)(x)
    if dropout:
        x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x), name="cnn")
