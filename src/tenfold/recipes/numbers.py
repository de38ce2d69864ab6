"""numbers: a second opinion on doubtful lines, from a network that knows only digits.

Source    ours; trained on lines written with MNIST's training images (tenfold.data.synthesis.strings), by
          connectionist temporal classification (A. Graves et al., ICML 2006)
Layers    conv 16 5x5 - pool - conv 32 - conv 32 - pool - conv 80 - conv 80 - pool 3x1 - conv 144 3x3 -
          three residual conv 144 1x5 - 11 for every second column, batch-normalised
Command   tenfold train numbers
Expect    51.5 % of rows of two or three lines made of test images, some hardly legible (1 seed,
          with two plain convolutions along the columns instead of three residual ones)
Cost      70 to 90 minutes on two otherwise idle cores
"""

from typing import TYPE_CHECKING

from tenfold.recipes.recipe import Recipe

if TYPE_CHECKING:
    import keras

    from tenfold.recipes.recipe import Images, ImageSource, Labels


def build() -> "keras.Model":
    from tenfold.data.synthesis.rows import WIDTH_PX
    from tenfold.models.strip_cnn import build_strip_cnn

    return build_strip_cnn((16, 32, 80, 144), width=WIDTH_PX, dropout=0.1)


def build_optimizer(steps: int, learning_rate: float) -> "keras.Optimizer":
    from keras.optimizers import AdamW

    from tenfold.recipes.schedules import warm_up_and_cosine

    rate = warm_up_and_cosine(learning_rate, steps, min(400, steps // 10), rise=30)
    return AdamW(rate, weight_decay=0.02, beta_2=0.99, clipnorm=5.0, use_ema=True, ema_momentum=0.998)


def source(images: "Images", labels: "Labels") -> "ImageSource":
    from tenfold.data.synthesis.strings import Strings

    return Strings(images, labels)


def answer(model: "keras.Model") -> "keras.Model":
    from tenfold.models.strip_cnn import for_any_width

    return for_any_width(model)


recipe = Recipe(
    name="numbers",
    summary="For reading: a second opinion on doubtful lines; knows only digits",
    build=build,
    build_optimizer=build_optimizer,
    kind="read lines",
    source=source,
    answer=answer,
    learning_rate=3e-3,
    loss="ctc",
    batch_size=32,
    epochs=60,
    parameters=516_038,
    multiply_adds=108_730_368,
    documented_accuracy=None,
)
