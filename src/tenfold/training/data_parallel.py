"""Split each batch across cores.

TensorFlow by itself splits each operation instead, but on 28 x 28 images operations are too short for that
(docs/performance.md).
"""

from typing import Any

import keras
from keras import layers, ops


def share_batches(model: keras.Model, cores: int) -> keras.Model:
    """Return a model with the same variables that splits each batch into one part per core.

    Its answers are the same, and so are the gradients up to the order of summation. In training, batch
    normalisation is computed per part, which does not hurt learning (E. Hoffer, I. Hubara, D. Soudry, "Train
    longer, generalize better", NeurIPS 2017, call it ghost batch normalisation). A training batch must have
    at least one image per core.
    """
    if cores == 1:
        return model
    inputs = keras.Input(model.input_shape[1:])
    parts = [model(_Part(index, cores)(inputs)) for index in range(cores)]
    return keras.Model(inputs, layers.Concatenate(axis=0)(parts))


@keras.saving.register_keras_serializable("tenfold")
class _Part(layers.Layer):  # type: ignore[misc]
    """The images of one core."""

    def __init__(self, index: int, cores: int, **options: Any) -> None:
        super().__init__(**options)
        self.index, self.cores = index, cores

    def call(self, batch: Any) -> Any:
        size = ops.shape(batch)[0]
        return batch[size * self.index // self.cores : size * (self.index + 1) // self.cores]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (None, *input_shape[1:])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "index": self.index, "cores": self.cores}
