"""cnn-same-32-64-64: three convolutions, the first one padded, with a validation curve.

Source    the CNN tutorial with validation curves
Layers    conv 32 same - pool - conv 64 - pool - conv 64 - dense 64 - 10; 121,994 parameters
Command   tenfold train cnn-same-32-64-64
Expect    99.22 ± 0.05 % of the test images as written (3 seeds); its document: 99.31 %
Cost      about 6 minutes on one core
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
    filters: Sequence[int] = (32, 64, 64),
    units: int = 64,
    dropout: float = 0.0,
    l2: float = 0.0,
) -> "keras.Model":
    from tenfold.models.cnn import build_cnn

    return build_cnn(
        filters, pools=2, units=units, first_padding="same", classes=classes, dropout=dropout, l2=l2
    )


recipe = Recipe(
    name="cnn-same-32-64-64",
    summary="Three convolutions, the first one padded, with a validation curve",
    build=build,
    build_optimizer=adam,
    learning_rate=1e-3,
    loss="categorical_crossentropy",
    batch_size=128,
    epochs=20,
    parameters=121_994,
    multiply_adds=3_536_000,
    documented_accuracy=(0.9931, 0.9931),
    validation_in_document=True,
    space={
        "learning_rate": Range(1e-4, 1e-2, log=True),
        "batch_size": Range(16, 256, log=True),
        "label_smoothing": Range(0.0, 0.2),
    },
)
