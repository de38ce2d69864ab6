"""reader, fine-tuned: the network tenfold reads with, fine-tuned on a user's own digits.

Source    M. Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022, for interpolating between
          the first and the last weights; the rest is ours
Data      MNIST's training images and the user's digits, newly written and pictured in every epoch
          (tenfold.data.synthesis.mixture)
Layers    those of reader; batch normalisation is frozen
Command   tenfold fine-tune DIR
Expect    docs/fine-tuning.md
Cost      a minute on two otherwise idle cores
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from tenfold.recipes.reader import recipe as reader

if TYPE_CHECKING:
    import keras

    from tenfold.recipes.recipe import Images, ImageSource, Labels

DIGITS_PER_EPOCH = 6_000
OWN_SHARE = 0.25  # share of the user's images, for each digit that has any
STEP = 0.7  # share of the way from the initial to the trained weights


def build_optimizer(steps: int, learning_rate: float) -> "keras.Optimizer":
    from keras.optimizers import AdamW

    from tenfold.recipes.schedules import warm_up_and_cosine

    rate = warm_up_and_cosine(learning_rate, steps, steps // 10, rise=20, alpha=0.0)
    return AdamW(rate, weight_decay=0.02, beta_2=0.99)


def source(images: "Images", labels: "Labels") -> "ImageSource":
    from tenfold.data.synthesis import World

    return World(images, labels)


recipe = replace(
    reader,
    summary="For reading your own digits: the reader, fine-tuned",
    build_optimizer=build_optimizer,
    source=source,
    held_out_source=None,
    learning_rate=1e-3,
    epochs=8,
)
