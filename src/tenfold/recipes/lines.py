"""lines: the network tenfold reads whole lines with, digits and signs.

Source    ours; trained by connectionist temporal classification (A. Graves et al., ICML 2006)
Data      realistic lines (tenfold.data.synthesis.writing), by the writers of UNIPEN and Pendigits and in
          the hands of fonts (tenfold.data.pens), and with MNIST's training images; measured on other
          writers
Layers    conv 20 5x5 - pool - conv 40 - conv 40 - pool - conv 96 - conv 96 - pool 3x1 - conv 224 3x3 -
          three residual conv 224 1x5 - 22 for every second column, batch-normalised
Command   tenfold train lines
Expect    35 % of test rows of two or three lines, signs included, some hardly legible (1 seed);
          docs/model-card.md has the rest
Cost      an hour on two otherwise idle cores
"""

from typing import TYPE_CHECKING

from tenfold.recipes.reader import PENS
from tenfold.recipes.recipe import Recipe

if TYPE_CHECKING:
    import keras

    from tenfold.recipes.recipe import Images, ImageSource, Labels


def build() -> "keras.Model":
    from tenfold.data.synthesis.rows import WIDTH_PX
    from tenfold.models.strip_cnn import build_strip_cnn
    from tenfold.symbols import N_SYMBOLS

    return build_strip_cnn((20, 40, 96, 224), width=WIDTH_PX, classes=N_SYMBOLS, dropout=0.1)


def build_optimizer(steps: int, learning_rate: float) -> "keras.Optimizer":
    from keras.optimizers import AdamW

    from tenfold.recipes.schedules import warm_up_and_cosine

    rate = warm_up_and_cosine(learning_rate, steps, min(400, steps // 10), rise=30)
    return AdamW(rate, weight_decay=0.02, beta_2=0.99, clipnorm=5.0, use_ema=True, ema_momentum=0.998)


def source(images: "Images", labels: "Labels") -> "ImageSource":
    return _lines_of(images, labels, held_out=False)


def held_out_source(images: "Images", labels: "Labels") -> "ImageSource":
    return _lines_of(images, labels, held_out=True)


def answer(model: "keras.Model") -> "keras.Model":
    from tenfold.models.strip_cnn import for_any_width

    return for_any_width(model)


def _lines_of(images: "Images", labels: "Labels", *, held_out: bool) -> "ImageSource":
    from tenfold.data.pens import load_characters
    from tenfold.data.synthesis.writing import Writing

    return Writing(images, labels, load_characters(held_out=held_out))


recipe = Recipe(
    name="lines",
    summary="For reading: whole lines of digits and signs, by many writers",
    build=build,
    build_optimizer=build_optimizer,
    kind="read lines",
    source=source,
    held_out_source=held_out_source,
    sources=PENS,
    answer=answer,
    learning_rate=3e-3,
    loss="ctc",
    batch_size=32,
    epochs=40,
    parameters=1_100_432,
    multiply_adds=183_242_752,
    documented_accuracy=None,
)
