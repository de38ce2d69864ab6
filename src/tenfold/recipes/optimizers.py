"""Keras' optimizers with a constant learning rate, by the names that recipe files use."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

BuildOptimizer = Callable[[int, float], "keras.Optimizer"]


def _constant(name: str) -> BuildOptimizer:
    def build(_steps: int, learning_rate: float) -> "keras.Optimizer":
        import keras

        optimizer: keras.Optimizer = getattr(keras.optimizers, name)(learning_rate)
        return optimizer

    return build


OPTIMIZERS = {name.lower(): _constant(name) for name in ("Adam", "AdamW", "Nadam", "RMSprop", "SGD")}

adam, rmsprop = OPTIMIZERS["adam"], OPTIMIZERS["rmsprop"]
