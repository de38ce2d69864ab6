"""metric-pretrained: the network of fast, which first learns which digits are alike, then their names.

Source    P. Khosla et al., "Supervised contrastive learning", NeurIPS 2020; here one training in two halves
Layers    those of fast, plus, in the first half, a projection of the features to 64 numbers
Command   tenfold train metric-pretrained
Expect    99.43 ± 0.04 % of the test images (10 seeds, nothing held out); cross-entropy alone, tenfold train
          fast --epochs 10, 99.39 ± 0.04 %; the gain is larger with few labels (docs/metric-learning.md)
Cost      a minute on one core, half a minute on two
"""

from typing import TYPE_CHECKING

from tenfold.recipes.fast import build
from tenfold.recipes.recipe import Range, Recipe

if TYPE_CHECKING:
    import keras


def build_optimizer(steps: int, learning_rate: float) -> "keras.Optimizer":
    """Like fast's, with a cycle for each half.

    With an odd number of epochs, the middle one is fine-tuning, and the cycles meet within it.
    """
    from keras.optimizers import Adam

    from tenfold.recipes.schedules import Cycles, warm_up_and_cosine

    half = -(-steps // 2)
    rate = warm_up_and_cosine(learning_rate, half, 3 * half // 10, rise=10)
    return Adam(Cycles(rate, half), beta_1=0.7, beta_2=0.9)


recipe = Recipe(
    name="metric-pretrained",
    summary="The network of fast, pre-trained by contrast: 99.4 %",
    build=build,
    build_optimizer=build_optimizer,
    learning_rate=2e-2,
    loss="categorical_crossentropy",
    pretraining=0.5,
    label_smoothing=0.1,
    batch_size=250,
    epochs=10,
    parameters=29_594,
    multiply_adds=690_048,
    documented_accuracy=None,
    space={
        "learning_rate": Range(2e-3, 1e-1, log=True),
        "batch_size": Range(64, 512, log=True),
        "label_smoothing": Range(0.0, 0.2),
        "pretraining": Range(0.2, 0.8),
    },
)
