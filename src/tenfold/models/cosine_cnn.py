"""A small convolutional network whose first layer is fixed, not learned.

Short trainings do well with a first layer that whitens small patches of the images, each filter paired with
its negative (K. Jordan, "94 % on CIFAR-10 in 3.29 seconds on a single GPU", 2024). For natural images such
filters are close to cosines of growing frequency (N. Ahmed, T. Natarajan, K. Rao, "Discrete cosine
transform", IEEE Transactions on Computers, 1974), amplified more the weaker they are. So they are fixed here,
whatever the data, which saves the first layer's expensive gradients.
"""

from collections.abc import Sequence
from functools import partial

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from tenfold.models.normed_cnn import convolve

_SIZE = 5  # of the first layer's filters
_MOMENTUM = 0.8  # of the running statistics, for a few hundred training steps


def build_cosine_cnn(filters: Sequence[int], *, classes: int = 10) -> keras.Model:
    """Return convolutions and a softmax over `classes`.

    Input: float32 (N, 28, 28, 1) in [0, 1]. Output: float32 (N, classes), each row a distribution. `filters`
    are the convolutions' filter counts. The first convolution (5 x 5, stride 2) has an even number, half of
    them the negatives of the others since ReLU follows; the others (3 x 3) are batch-normalised. The last but
    one is followed by 2 x 2 max pooling. All are "valid".
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
    """The `n` lowest-frequency cosines and their negatives, float32 (5, 5, 1, 2 n), n at most 25.

    A filter with p half waves down and q across has the norm sqrt(1 + p^2 + q^2).
    """
    rows = np.arange(_SIZE)
    waves = np.cos(np.pi * np.outer(np.arange(_SIZE), 2 * rows + 1) / (2 * _SIZE))
    waves /= np.linalg.norm(waves, axis=1, keepdims=True)
    frequencies = sorted((p * p + q * q, p, q) for p in range(_SIZE) for q in range(_SIZE))[:n]
    each = [np.sqrt(1 + squared) * np.outer(waves[p], waves[q]) for squared, p, q in frequencies]
    half = np.stack(each, axis=-1)
    return np.concatenate([half, -half], axis=-1)[:, :, None].astype(np.float32)
