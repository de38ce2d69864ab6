"""A convolutional network without padding: what stands at the edge of a digit's image is paper."""

from collections.abc import Sequence
from functools import partial

import keras
from keras import layers

from tenfold.models.block import convolve


def build_valid_cnn(filters: Sequence[int], *, classes: int = 10) -> keras.Model:
    """Return batch-normalised convolutions and a softmax over `classes`.

    Input: float32 (N, 28, 28, 1) in [0, 1]. Output: float32 (N, classes), each row a distribution. `filters`
    are those of the convolutions, the first 5 x 5, the others 3 x 3. The first and the one before the last
    are followed by 2 x 2 max pooling. Where in the image the last one's features are is not averaged away.
    """
    first, *middle, late, last = filters
    convolution = partial(convolve, momentum=0.9)
    inputs = keras.Input((28, 28, 1), name="image")
    x = convolution(inputs, first, 5, pool=True)
    for each in middle:
        x = convolution(x, each)
    x = convolution(x, late, pool=True)
    x = layers.Flatten()(convolution(x, last))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x), name="valid_cnn")
