"""cnn-32-64-64: three convolutions, two of them pooled, trained with RMSprop.

Source    the convolutional tutorial after Chollet, Deep Learning with Python, chapter 5
Layers    conv 32 - pool - conv 64 - pool - conv 64 - dense 64 - 10; 93,322 parameters
Command   tenfold train cnn-32-64-64
Expect    99.16 ± 0.09 % of the test images as written (3 seeds); its document: 99.22 %
Cost      about 2 minutes on one core
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tenfold.recipes.optimizers import rmsprop
from tenfold.recipes.recipe import Range, Recipe

if TYPE_CHECKING:
    import keras


def build(
    classes: int = 10,
    *,
    filters: Sequence[int] = (32, 64, 64),
    units: int = 64,
    dropout: float = 0.0,
    l2: float = 0.0,
) -> "keras.Model":
    from tenfold.models.cnn import build_cnn

    return build_cnn(filters, pools=2, units=units, classes=classes, dropout=dropout, l2=l2)


recipe = Recipe(
    name="cnn-32-64-64",
    summary="Three convolutions, two of them pooled, trained with RMSprop",
    build=build,
    build_optimizer=rmsprop,
    learning_rate=1e-3,
    loss="categorical_crossentropy",
    batch_size=64,
    epochs=8,
    parameters=93_322,
    multiply_adds=2_794_240,
    documented_accuracy=(0.9922, 0.9922),
    space={
        "learning_rate": Range(1e-4, 1e-2, log=True),
        "batch_size": Range(16, 256, log=True),
        "label_smoothing": Range(0.0, 0.2),
    },
)
