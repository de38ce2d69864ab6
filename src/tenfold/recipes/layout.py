"""layout: the network that classifies the ink of a page: rulings, letters, print, digits, signs.

Source    ours; a U-Net (O. Ronneberger et al., MICCAI 2015)
Data      the ink of pages as people fill, photograph and scan them (tenfold.data.synthesis.pages), by the
          writers of UNIPEN and Pendigits and in the hands of fonts (tenfold.data.pens), and with MNIST's
          training images; measured on other writers
Layers    conv 16 5x5 by two - conv 16 - pool - conv 32 - conv 32 - pool - conv 64 - conv 64 - pool -
          conv 112 - conv 112 - pool - conv 160 - conv 160, and up again, with what each level saw;
          batch-normalised
Command   tenfold train layout
Expect    docs/model-card.md
Cost      an hour on two cores
"""

from typing import TYPE_CHECKING

from tenfold.recipes.reader import PENS
from tenfold.recipes.recipe import Recipe

if TYPE_CHECKING:
    import keras

    from tenfold.recipes.recipe import Images, ImageSource, Labels

_FILTERS = (16, 32, 64, 112, 160)


def build() -> "keras.Model":
    from tenfold.models.unet import build_map

    return build_map(_FILTERS)


def build_optimizer(steps: int, learning_rate: float) -> "keras.Optimizer":
    from keras.optimizers import AdamW

    from tenfold.recipes.schedules import warm_up_and_cosine

    rate = warm_up_and_cosine(learning_rate, steps, min(200, steps // 10), rise=30)
    return AdamW(rate, weight_decay=0.01, beta_2=0.99, clipnorm=5.0, use_ema=True, ema_momentum=0.998)


def source(images: "Images", labels: "Labels") -> "ImageSource":
    return _pages_of(images, labels, held_out=False)


def held_out_source(images: "Images", labels: "Labels") -> "ImageSource":
    return _pages_of(images, labels, held_out=True)


def answer(model: "keras.Model") -> "keras.Model":
    from tenfold.models.unet import of_any_size

    return of_any_size(model, _FILTERS)


def _pages_of(images: "Images", labels: "Labels", *, held_out: bool) -> "ImageSource":
    from tenfold.data.pens import load_characters
    from tenfold.data.synthesis.pages import Pages, show_ink

    return Pages(images, labels, load_characters(held_out=held_out), show_ink)


recipe = Recipe(
    name="layout",
    summary="For reading: whether ink is ruling, text or number",
    build=build,
    build_optimizer=build_optimizer,
    kind="map pages",
    source=source,
    held_out_source=held_out_source,
    sources=PENS,
    answer=answer,
    learning_rate=4e-3,
    loss="sparse_categorical_crossentropy",
    batch_size=16,
    epochs=120,
    parameters=834_151,
    multiply_adds=379_191_296,
    documented_accuracy=None,
)
