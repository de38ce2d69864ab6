"""reader: the network tenfold reads single digits with.

Source    ours
Data      MNIST's training images, the digits of UNIPEN's and Pendigits' writers and of fonts
          (tenfold.data.pens), newly written and pictured in every epoch (tenfold.data.synthesis), and an
          eleventh class for other marks; measured on other writers
Layers    conv 24 5x5 - pool - conv 56 - conv 56 - pool - conv 128 - conv 128 - dense 128 - 11,
          batch-normalised
Command   tenfold train reader
Expect    99.67 % of MNIST's test images (1 seed, before there were fonts and hasty pens);
          docs/model-card.md has the rest
Cost      40 minutes on two otherwise idle cores
"""

from typing import TYPE_CHECKING

from tenfold.recipes.recipe import Range, Recipe

if TYPE_CHECKING:
    import keras

    from tenfold.recipes.recipe import Images, ImageSource, Labels

PENS = (
    "UNIPEN train_r01_v07, doi 10.5281/zenodo.1195803 (CC BY 4.0)",
    "Pen-Based Recognition of Handwritten Digits, UCI 81 (CC BY 4.0)",
    "255 fonts, in fonts/fonts.csv (SIL Open Font License and others)",
)


def build() -> "keras.Model":
    from tenfold.models.normed_cnn import build_normed_cnn

    return build_normed_cnn((24, 56, 128), units=128, classes=11, dropout=0.3)


def build_optimizer(steps: int, learning_rate: float) -> "keras.Optimizer":
    from keras.optimizers import AdamW

    from tenfold.recipes.schedules import warm_up_and_cosine

    rate = warm_up_and_cosine(learning_rate, steps, min(600, steps // 10), rise=40)
    return AdamW(rate, weight_decay=0.02, beta_2=0.99, use_ema=True, ema_momentum=0.998)


def source(images: "Images", labels: "Labels") -> "ImageSource":
    return _world_of(images, labels, held_out=False)


def held_out_source(images: "Images", labels: "Labels") -> "ImageSource":
    return _world_of(images, labels, held_out=True)


def _world_of(images: "Images", labels: "Labels", *, held_out: bool) -> "ImageSource":
    from tenfold.data.pens import load_characters
    from tenfold.data.synthesis import World

    return World(images, labels, load_characters(held_out=held_out))


recipe = Recipe(
    name="reader",
    summary="For reading: digits as people write and photograph them, and marks that are not digits",
    build=build,
    build_optimizer=build_optimizer,
    kind="read digits",
    source=source,
    held_out_source=held_out_source,
    sources=PENS,
    learning_rate=4e-3,
    loss="sparse_categorical_crossentropy",
    batch_size=256,
    epochs=30,
    parameters=665_987,
    multiply_adds=15_631_616,
    documented_accuracy=None,
    space={"learning_rate": Range(1e-3, 1e-2, log=True), "batch_size": Range(64, 512, log=True)},
)
