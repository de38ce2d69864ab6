"""reader: the network with which tenfold reads.

Source    ours; trained on MNIST's training images alone, written and pictured anew in every epoch
          (tenfold.data.synthesis), and on things that are no digits, which are its eleventh class
Layers    conv 24 5x5 - pool - conv 48 - conv 48 - pool - conv 96 - conv 96 - dense 128 - 11, batch-normalised
Command   tenfold train reader
Expect    99.56 % of MNIST's test images (1 seed); docs/model-card.md has the rest
Cost      half an hour on two cores, which it has to itself
"""

from typing import TYPE_CHECKING

from tenfold.recipes.recipe import Range, Recipe

if TYPE_CHECKING:
    import keras

    from tenfold.recipes.recipe import Images, ImageSource, Labels


def build() -> "keras.Model":
    from tenfold.models.normed_cnn import build_normed_cnn

    return build_normed_cnn((24, 48, 96), units=128, classes=11, dropout=0.3)


def build_optimizer(steps: int, learning_rate: float) -> "keras.Optimizer":
    from keras.optimizers import AdamW

    from tenfold.recipes.schedules import warm_up_and_cosine

    rate = warm_up_and_cosine(learning_rate, steps, min(600, steps // 10), rise=40)
    return AdamW(rate, weight_decay=0.02, beta_2=0.99, use_ema=True, ema_momentum=0.998)


def source(images: "Images", labels: "Labels") -> "ImageSource":
    from tenfold.data.synthesis import World

    return World(images, labels)


recipe = Recipe(
    name="reader",
    summary="For reading: MNIST as the world writes and pictures it, and what is no digit",
    build=build,
    build_optimizer=build_optimizer,
    kind="read digits",
    source=source,
    learning_rate=4e-3,
    loss="sparse_categorical_crossentropy",
    batch_size=256,
    epochs=30,
    parameters=466_499,
    multiply_adds=10_981_120,
    documented_accuracy=None,
    space={"learning_rate": Range(1e-3, 1e-2, log=True), "batch_size": Range(64, 512, log=True)},
)
