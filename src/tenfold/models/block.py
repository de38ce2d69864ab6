"""What networks of this package that train quickly are made of."""

import keras
from keras import layers


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

    Pooling before normalisation and ReLU gives what it would give after them where the scale is positive, for
    a quarter of the work. `momentum` is that of the running statistics.
    """
    x = layers.Conv2D(filters, size, padding=padding, use_bias=False)(x)
    if pool:
        x = layers.MaxPooling2D(2)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=momentum)(x))
