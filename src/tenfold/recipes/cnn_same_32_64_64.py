"""cnn-same-32-64-64: three convolutions, the first one padded, with a validation curve.

Source    the CNN tutorial with validation curves
Layers    conv 32 same - pool - conv 64 - pool - conv 64 - dense 64 - 10; 121,994 parameters
Command   tenfold train cnn-same-32-64-64
Expect    99.22 ± 0.05 % of the test images as written (3 seeds); its document: 99.31 %
Cost      about 6 minutes on one core
"""

from typing import TYPE_CHECKING

from tenfold.recipes.recipe import Range, Recipe

if TYPE_CHECKING:
    import keras


def build() -> "keras.Model":
    from tenfold.models.cnn import build_cnn

    return build_cnn(filters=(32, 64, 64), pools=2, units=64, first_padding="same")


def build_optimizer(_steps: int, learning_rate: float) -> "keras.Optimizer":
    from keras.optimizers import Adam

    return Adam(learning_rate)


recipe = Recipe(
    name="cnn-same-32-64-64",
    summary="Three convolutions, the first one padded, with a validation curve",
    build=build,
    build_optimizer=build_optimizer,
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
