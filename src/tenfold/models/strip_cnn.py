"""A convolutional network that reads whole lines, as strips from `imaging.strip`.

For every second column it predicts a digit or "none". Read from left to right, with repetitions merged and
"none" removed, these are the line's digits (A. Graves, S. Fernández, F. Gomez, J. Schmidhuber,
"Connectionist temporal classification", ICML 2006).
"""

from collections.abc import Sequence

import keras
from keras import layers

from tenfold.imaging.strip import HEIGHT_PX

_MOMENTUM = 0.98


def build_strip_cnn(
    filters: Sequence[int], *, width: int | None = None, classes: int = 11, dropout: float = 0.0
) -> keras.Model:
    """Return six convolutions that reduce a strip to one row, and three residual ones along that row.

    Input: float32 (N, 36, width, 1) in [0, 1], `width` a multiple of 4, by default any. Output: float32
    logits (N, width / 2, classes); the last class is "none". `filters` are the filter counts of the first
    convolution (5 x 5), the second and third, the fourth and fifth (3 x 3), and the rest. Pooling comes
    before normalisation and ReLU to save work.
    """
    first, second, third, last = filters
    inputs = keras.Input((HEIGHT_PX, width, 1), name="strip")
    x = _activate(layers.MaxPooling2D(2)(_convolve(inputs, first, 5)))
    x = _activate(_convolve(x, second, 3))
    x = _activate(layers.MaxPooling2D(2)(_convolve(x, second, 3)))
    x = _activate(_convolve(x, third, 3))
    x = _activate(layers.MaxPooling2D((3, 1))(_convolve(x, third, 3)))
    # One convolution merges the remaining three rows.
    x = layers.ZeroPadding2D((0, 1))(x)
    x = _activate(layers.Conv2D(last, 3, use_bias=False)(x))
    for _ in range(3):
        dropped = layers.Dropout(dropout)(x)
        residual = _activate(layers.Conv2D(last, (1, 5), padding="same", use_bias=False)(dropped))
        x = layers.Add()([x, residual])
    x = layers.Dropout(dropout)(x)
    x = layers.Conv2D(2 * classes, 1)(x)  # every fourth column predicts two columns of half its width
    return keras.Model(inputs, layers.Reshape((-1, classes))(x), name="strip_cnn")


def for_any_width(model: keras.Model) -> keras.Model:
    """Return a copy of `model` for strips of any width, with the same weights."""
    copy = keras.models.clone_model(
        keras.Model(model.input, model.output), keras.Input((HEIGHT_PX, None, 1), name="strip")
    )
    copy.set_weights(model.get_weights())
    return copy


def _convolve(x: keras.KerasTensor, filters: int, size: int) -> keras.KerasTensor:
    return layers.Conv2D(filters, size, padding="same", use_bias=False)(x)


def _activate(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.ReLU()(layers.BatchNormalization(momentum=_MOMENTUM)(x))
