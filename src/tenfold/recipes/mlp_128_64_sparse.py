"""mlp-128-64-sparse: mlp-128-64 with integer labels and a validation curve.

Source    the MLP tutorial with integer labels
Layers    784-128-64-10; 109,386 parameters
Command   tenfold train mlp-128-64-sparse
Expect    97.85 ± 0.12 % of the test images as written (3 seeds); its document: no figure
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
    name="mlp-128-64-sparse",
    summary="mlp-128-64 with integer labels and a validation curve",
    build=build,
    build_optimizer=adam,
    learning_rate=1e-3,
    loss="sparse_categorical_crossentropy",
    batch_size=32,
    epochs=10,
    parameters=109_386,
    multiply_adds=109_184,
    documented_accuracy=None,
    validation_in_document=True,
    space={"learning_rate": Range(1e-4, 1e-2, log=True), "batch_size": Range(16, 256, log=True)},
)
