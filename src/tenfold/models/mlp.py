"""Fully connected networks (multi-layer perceptrons)."""

from collections.abc import Sequence

import keras
from keras import layers, regularizers


def build_mlp(
    hidden: Sequence[int], *, classes: int = 10, dropout: float = 0.0, l2: float = 0.0
) -> keras.Model:
    """Return a network of ReLU layers of `hidden` units each, ending in a softmax over `classes`.

    Input: float32 (N, 784) in [0, 1]. Output: float32 (N, classes), each row a probability distribution.
    `dropout` is the fraction of units dropped after each hidden layer in training (Srivastava et al. 2014);
    `l2` the weight of the squared norm of each hidden kernel in the loss.
    """
    inputs = x = keras.Input((784,), name="pixels")
    for units in hidden:
        x = layers.Dense(units, activation="relu", kernel_regularizer=regularizers.L2(l2) if l2 else None)(x)
        if dropout:
            x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x), name="mlp")
