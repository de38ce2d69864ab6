"""desk: the network that separates the paper in a picture from what it lies on.

Source    ours; a U-Net (O. Ronneberger et al., MICCAI 2015)
Data      photographs of pages that people fill, on desks (tenfold.data.synthesis.pages), as for layout
Layers    conv 8 5x5 by two - conv 8 - pool - conv 16 - conv 16 - pool - conv 32 - conv 32 - pool -
          conv 48 - conv 48 - pool - conv 64 - conv 64, and up again, with what each level saw;
          batch-normalised
Command   tenfold train desk
Expect    docs/model-card.md
Cost      15 minutes on two cores
"""

from typing import TYPE_CHECKING

from tenfold.recipes.layout import build_optimizer
from tenfold.recipes.reader import PENS
from tenfold.recipes.recipe import Recipe

if TYPE_CHECKING:
    import keras

    from tenfold.recipes.recipe import Images, ImageSource, Labels

_FILTERS = (8, 16, 32, 48, 64)


def build() -> "keras.Model":
    from tenfold.models.unet import build_map

    return build_map(_FILTERS)


def source(images: "Images", labels: "Labels") -> "ImageSource":
    return _pages_of(images, labels, held_out=False)


def held_out_source(images: "Images", labels: "Labels") -> "ImageSource":
    return _pages_of(images, labels, held_out=True)


def answer(model: "keras.Model") -> "keras.Model":
    from tenfold.models.unet import of_any_size

    return of_any_size(model, _FILTERS)


def _pages_of(images: "Images", labels: "Labels", *, held_out: bool) -> "ImageSource":
    from tenfold.data.pens import load_characters
    from tenfold.data.synthesis.pages import Pages, show_surroundings

    return Pages(images, labels, load_characters(held_out=held_out), show_surroundings)


recipe = Recipe(
    name="desk",
    summary="For reading: where the paper is in a picture",
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
    epochs=40,
    parameters=157_135,
    multiply_adds=90_177_536,
    documented_accuracy=None,
)
