"""cnn-32-64-nopool: two convolutions without pooling: most of the weights are in one dense layer.

Source    the functional-API tutorial, its convolutional half
Layers    conv 32 - conv 64 - dense 128 - 10, no pooling; 4,738,826 parameters
Command   tenfold train cnn-32-64-nopool
Expect    98.69 ± 0.19 % of the test images as written (3 seeds); its document: 98.8-98.9 %
Cost      about 11 minutes on one core
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
    filters: Sequence[int] = (32, 64),
    units: int = 128,
    dropout: float = 0.0,
    l2: float = 0.0,
) -> "keras.Model":
    from tenfold.models.cnn import build_cnn

    return build_cnn(filters, pools=0, units=units, classes=classes, dropout=dropout, l2=l2)


recipe = Recipe(
    name="cnn-32-64-nopool",
    summary="Two convolutions without pooling: most of the weights are in one dense layer",
    build=build,
    build_optimizer=adam,
    learning_rate=1e-3,
    loss="categorical_crossentropy",
    batch_size=128,
    epochs=10,
    parameters=4_738_826,
    multiply_adds=15_531_392,
    documented_accuracy=(0.988, 0.989),
    validation_in_document=True,
    space={
        "learning_rate": Range(1e-4, 1e-2, log=True),
        "batch_size": Range(16, 256, log=True),
        "label_smoothing": Range(0.0, 0.2),
    },
)
