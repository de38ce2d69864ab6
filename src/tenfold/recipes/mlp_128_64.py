"""mlp-128-64: fully connected, 128 and 64 hidden units.

Source    the MLP of the tutorial that compares an MLP with a CNN
Layers    784-128-64-10; 109,386 parameters
Command   tenfold train mlp-128-64
Expect    97.85 ± 0.12 % of the test images as written (3 seeds); its document: 97.59 %
Cost      about 20 s on one core
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tenfold.recipes.optimizers import adam
from tenfold.recipes.recipe import Range, Recipe

if TYPE_CHECKING:
    import keras


def build(
    classes: int = 10, *, hidden: Sequence[int] = (128, 64), dropout: float = 0.0, l2: float = 0.0
) -> "keras.Model":
    from tenfold.models.mlp import build_mlp

    return build_mlp(hidden, classes=classes, dropout=dropout, l2=l2)


recipe = Recipe(
    name="mlp-128-64",
    summary="Fully connected, 128 and 64 hidden units",
    build=build,
    build_optimizer=adam,
    learning_rate=1e-3,
    loss="categorical_crossentropy",
    batch_size=32,
    epochs=10,
    parameters=109_386,
    multiply_adds=109_184,
    documented_accuracy=(0.9759, 0.9759),
    space={
        "learning_rate": Range(1e-4, 1e-2, log=True),
        "batch_size": Range(16, 256, log=True),
        "label_smoothing": Range(0.0, 0.2),
    },
)
