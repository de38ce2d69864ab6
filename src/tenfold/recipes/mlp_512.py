"""mlp-512: fully connected, one wide hidden layer.

Source    the functional-API tutorial, its fully connected half
Layers    784-512-10; 407,050 parameters
Command   tenfold train mlp-512
Expect    98.04 ± 0.22 % of the test images as written (3 seeds); its document: 97.8-98 %
Cost      about 20 s on one core
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tenfold.recipes.optimizers import adam
from tenfold.recipes.recipe import Range, Recipe

if TYPE_CHECKING:
    import keras


def build(
    classes: int = 10, *, hidden: Sequence[int] = (512,), dropout: float = 0.0, l2: float = 0.0
) -> "keras.Model":
    from tenfold.models.mlp import build_mlp

    return build_mlp(hidden, classes=classes, dropout=dropout, l2=l2)


recipe = Recipe(
    name="mlp-512",
    summary="Fully connected, one wide hidden layer",
    build=build,
    build_optimizer=adam,
    learning_rate=1e-3,
    loss="categorical_crossentropy",
    batch_size=128,
    epochs=10,
    parameters=407_050,
    multiply_adds=406_528,
    documented_accuracy=(0.978, 0.98),
    validation_in_document=True,
    space={
        "learning_rate": Range(1e-4, 1e-2, log=True),
        "batch_size": Range(16, 256, log=True),
        "label_smoothing": Range(0.0, 0.2),
    },
)
