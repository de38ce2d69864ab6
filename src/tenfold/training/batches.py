"""Batches that TensorFlow puts together by itself, without a line of Python per batch."""

from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


class ShuffledBatches(keras.callbacks.Callback):  # type: ignore[misc]
    """Training batches, shuffled anew in each epoch by an order that only `seed` and the epoch decide.

    So a run that was interrupted sees in its later epochs what it would have seen without. Pass `dataset` and
    the object itself, which is the callback that learns which epoch it is, to `fit`.
    """

    def __init__(
        self, x: NDArray[np.float32], y: NDArray[np.float32] | NDArray[np.int64], batch_size: int, seed: int
    ) -> None:
        super().__init__()
        self.seed = seed
        self.epoch = 0
        self.steps = -(-len(x) // batch_size)
        self._n = len(x)
        images, labels = tf.constant(x), tf.constant(y)
        order = tf.data.Dataset.from_generator(
            self._order, output_signature=tf.TensorSpec((self._n,), tf.int64)
        )
        batches = order.flat_map(
            lambda indices: tf.data.Dataset.from_tensor_slices(indices).batch(batch_size)
        )
        batches = batches.map(lambda batch: (tf.gather(images, batch), tf.gather(labels, batch)))
        self.dataset = read_ahead(batches, self.steps)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        self.epoch = epoch

    def _order(self) -> Iterator[NDArray[np.int64]]:
        yield np.random.default_rng([self.seed, self.epoch]).permutation(self._n)


def read_ahead(batches: tf.data.Dataset, steps: int) -> tf.data.Dataset:
    """`batches`, of which an epoch has `steps`, put together by one thread while others are trained on."""
    options = tf.data.Options()
    options.threading.private_threadpool_size = 1
    return batches.apply(tf.data.experimental.assert_cardinality(steps)).prefetch(8).with_options(options)
