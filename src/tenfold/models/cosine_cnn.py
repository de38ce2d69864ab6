"""A small convolutional network whose first layer is given, not learnt.

Short trainings do well with a first layer that whitens small patches of the images, each filter beside its
negative (K. Jordan, "94 % on CIFAR-10 in 3.29 seconds on a single GPU", 2024). For pictures such filters come
close to cosines of growing frequency (N. Ahmed, T. Natarajan, K. Rao, "Discrete cosine transform", IEEE
Transactions on Computers, 1974), the weaker the more amplified. So they are given here, whatever the data:
the first layer, whose gradients are dear, needs none.
"""

from collections.abc import Sequence
from functools import partial

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from tenfold.models.normed_cnn import convolve

_SIZE = 5  # of the first layer's filters
_MOMENTUM = 0.8  # of the running statistics, for trainings of a few hundred steps


def build_cosine_cnn(filters: Sequence[int], *, classes: int = 10) -> keras.Model:
    """Return convolutions and a softmax over `classes`.

    Input: float32 (N, 28, 28, 1) in [0, 1]. Output: float32 (N, classes), each row a distribution. `filters`
    are those of the convolutions: of the first (5 x 5, every second pixel), an even number, half of them the
    negative of the others since ReLU follows; of the others (3 x 3), which are batch-normalised. The one
    before the last is followed by 2 x 2 max pooling. All are "valid".
    """
    first, *middle, late, last = filters
    convolution = partial(convolve, momentum=_MOMENTUM)
    inputs = keras.Input((28, 28, 1), name="image")
    cosines = layers.Conv2D(first, _SIZE, strides=2, use_bias=False, trainable=False, name="cosines")
    x = layers.ReLU()(cosines(inputs))
    cosines.set_weights([cosine_filters(first // 2)])
    for each in middle:
        x = convolution(x, each)
    x = convolution(convolution(x, late, pool=True), last)
    outputs = layers.Dense(classes, activation="softmax")(layers.Flatten()(x))
    return keras.Model(inputs, outputs, name="cosine_cnn")


def cosine_filters(n: int) -> NDArray[np.float32]:
    """The `n` cosines of lowest frequency and their negatives, float32 (5, 5, 1, 2 n), n at most 25.

    A filter of p half waves down and q across has the length sqrt(1 + p^2 + q^2).
    """
    rows = np.arange(_SIZE)
    waves = np.cos(np.pi * np.outer(np.arange(_SIZE), 2 * rows + 1) / (2 * _SIZE))
    waves /= np.linalg.norm(waves, axis=1, keepdims=True)
    frequencies = sorted((p * p + q * q, p, q) for p in range(_SIZE) for q in range(_SIZE))[:n]
    each = [np.sqrt(1 + squared) * np.outer(waves[p], waves[q]) for squared, p, q in frequencies]
    half = np.stack(each, axis=-1)
    return np.concatenate([half, -half], axis=-1)[:, :, None].astype(np.float32)
