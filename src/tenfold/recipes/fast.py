"""fast: the documented convolutional network's accuracy in seconds.

Source    ours; docs/log.md says what each part contributes
Layers    conv 16 5x5 stride 2, fixed - conv 32 - pool - conv 64 - 10, batch-normalised
Command   tenfold train fast
Expect    99.32 ± 0.05 % of the test images (30 seeds)
Cost      about ten seconds on two cores, a third of which TensorFlow takes to start
"""

from typing import TYPE_CHECKING

from tenfold.recipes.recipe import Range, Recipe

if TYPE_CHECKING:
    import keras


def build(classes: int = 10) -> "keras.Model":
    from tenfold.models.cosine_cnn import build_cosine_cnn

    return build_cosine_cnn((16, 32, 64), classes=classes)


def build_optimizer(steps: int, learning_rate: float) -> "keras.Optimizer":
    from keras.optimizers import Adam

    from tenfold.recipes.schedules import warm_up_and_cosine

    rate = warm_up_and_cosine(learning_rate, steps, 3 * steps // 10, rise=10)
    return Adam(rate, beta_1=0.7, beta_2=0.9)


recipe = Recipe(
    name="fast",
    summary="Convolutional, with a fixed first layer: 99.3 % in seconds",
    build=build,
    build_optimizer=build_optimizer,
    learning_rate=2e-2,
    loss="categorical_crossentropy",
    label_smoothing=0.1,
    batch_size=250,
    epochs=2,
    parameters=29_594,
    multiply_adds=690_048,
    documented_accuracy=None,
    space={
        "learning_rate": Range(2e-3, 1e-1, log=True),
        "batch_size": Range(64, 512, log=True),
        "label_smoothing": Range(0.0, 0.2),
    },
)
