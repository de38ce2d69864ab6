"""cnn-32: one convolution, pooled, and a dense layer.

Source    the CNN of the tutorial that compares an MLP with a CNN
Layers    conv 32 - pool - dense 128 - 10; 693,962 parameters
Command   tenfold train cnn-32
Expect    98.71 ± 0.06 % of the test images as written (3 seeds); its document: 98.49 %
Cost      about 2 minutes on one core
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tenfold.recipes.optimizers import adam
from tenfold.recipes.recipe import Range, Recipe

if TYPE_CHECKING:
    import keras


def build(
    classes: int = 10,
    *,
    filters: Sequence[int] = (32,),
    units: int = 128,
    dropout: float = 0.0,
    l2: float = 0.0,
) -> "keras.Model":
    from tenfold.models.cnn import build_cnn

    return build_cnn(filters, pools=1, units=units, classes=classes, dropout=dropout, l2=l2)


recipe = Recipe(
    name="cnn-32",
    summary="One convolution, pooled, and a dense layer",
    build=build,
    build_optimizer=adam,
    learning_rate=1e-3,
    loss="categorical_crossentropy",
    batch_size=32,
    epochs=10,
    parameters=693_962,
    multiply_adds=888_192,
    documented_accuracy=(0.9849, 0.9849),
    space={
        "learning_rate": Range(1e-4, 1e-2, log=True),
        "batch_size": Range(16, 256, log=True),
        "label_smoothing": Range(0.0, 0.2),
    },
)
