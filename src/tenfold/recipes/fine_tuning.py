"""reader, fine-tuned: the network with which tenfold reads, after it has seen one's own digits.

Source    M. Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022, for ending with weights
          between the first and the last; the rest is ours
Data      MNIST's training images and one's own digits, written and pictured anew in every epoch
          (tenfold.data.synthesis.mixture)
Layers    those of reader; batch normalisation stays as it is
Command   tenfold fine-tune DIR
Expect    docs/fine-tuning.md
Cost      a minute on two cores, which it has to itself
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from tenfold.recipes.reader import recipe as reader

if TYPE_CHECKING:
    import keras

    from tenfold.recipes.recipe import Images, ImageSource, Labels

DIGITS_PER_EPOCH = 6_000
OWN_SHARE = 0.25  # of the images of each digit that there are own ones of
STEP = 0.7  # of the way from the weights it begins with to those it learns


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
    summary="For reading one's own digits: the reader, fine-tuned",
    build_optimizer=build_optimizer,
    source=source,
    held_out_source=None,
    learning_rate=1e-3,
    epochs=8,
)
