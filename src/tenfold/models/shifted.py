"""A network that looks at each image several times, one pixel aside."""

import keras
from keras import layers

_MOVES = ((1, 1), (1, 1), (0, 1), (2, 1), (1, 0), (1, 2))  # of (1, 1) nothing moves; it counts twice


def average_shifts(model: keras.Model) -> keras.Model:
    """Return what answers with the mean of `model`'s answers to an image and to it moved by a pixel.

    Input and output are the model's, float32 (N, 28, 28, 1) to (N, classes). It is moved left, right, up and
    down; the image as it is counts as much as two of these. The variables are the model's own.
    """
    inputs = keras.Input(model.input_shape[1:], name="image")
    framed = layers.ZeroPadding2D(1)(inputs)
    answers = {
        (top, left): model(layers.Cropping2D(((top, 2 - top), (left, 2 - left)))(framed))
        for top, left in dict.fromkeys(_MOVES)
    }
    return keras.Model(inputs, layers.Average()([answers[move] for move in _MOVES]), name="shifted")
