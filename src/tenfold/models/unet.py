"""A small U-Net, which says of each place of a picture what it is (O. Ronneberger, P. Fischer, T. Brox,
"U-Net: convolutional networks for biomedical image segmentation", MICCAI 2015)."""

from collections.abc import Sequence

import keras
from keras import layers

from tenfold.imaging.layout import PAGE_PX, Region

_MOMENTUM = 0.98


def build_unet(filters: Sequence[int], *, classes: int, side: int | None = None) -> keras.Model:
    """Return a U-Net that answers for every second pixel.

    Input: float32 (N, side, side, 1) in [0, 1], by default of any height and width that are multiples of 2 to
    the number of `filters`. Output: float32 (N, side / 2, side / 2, classes), probabilities. `filters` are
    those of each level; the first sees half the input's height and width, each next one half of that. On the
    way up, each level's features are added instead of concatenated, which needs two thirds of the memory.
    """
    inputs = keras.Input((side, side, 1), name="picture")
    x = _activate(layers.Conv2D(filters[0], 5, strides=2, padding="same", use_bias=False)(inputs))
    seen = []
    for level, n in enumerate(filters):
        if level:
            seen.append(x)
            x = _convolve(layers.MaxPooling2D(2)(x), n)
        x = _convolve(x, n)
    for n, skip in zip(reversed(filters[:-1]), reversed(seen), strict=True):
        x = layers.Add()([layers.UpSampling2D(2)(layers.Conv2D(n, 1)(x)), skip])
        x = _convolve(x, n)
    outputs = layers.Conv2D(classes, 1, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="unet")


def build_map(filters: Sequence[int]) -> keras.Model:
    """The U-Net that maps pages as they are drawn: which `Region` each place is of."""
    return build_unet(filters, classes=len(Region), side=PAGE_PX)


def of_any_size(model: keras.Model, filters: Sequence[int]) -> keras.Model:
    """The same for pictures of any height and width, with the weights of `model`."""
    larger = build_unet(filters, classes=len(Region))
    larger.set_weights(model.get_weights())
    return larger


def _convolve(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
    return _activate(layers.Conv2D(filters, 3, padding="same", use_bias=False)(x))


def _activate(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.ReLU()(layers.BatchNormalization(momentum=_MOMENTUM)(x))
