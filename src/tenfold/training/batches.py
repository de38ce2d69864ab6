"""Batches assembled by TensorFlow, without Python code per batch."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tenfold.recipes import Images, ImageSource, Labels, Recipe


class Batches(keras.callbacks.Callback):  # type: ignore[misc]
    """Training batches of the images that `source` draws for each epoch, in a new random order.

    Both depend on `seed` and the epoch alone, so a resumed run sees the same batches as an uninterrupted one.
    The next epoch's images are drawn, and the next batches assembled, while the network learns. Images stay
    bytes until they are in a batch. Pass to `fit` both `dataset` and the object itself, a callback that
    tracks the epoch. `weights`, (classes,), weight the images by class.
    """

    def __init__(
        self,
        source: ImageSource,
        recipe: Recipe,
        model: keras.Model,
        *,
        seed: int,
        epochs: int,
        weights: NDArray[np.float32] | None = None,
    ) -> None:
        super().__init__()
        self.epoch = 0
        self.steps = -(-len(source) // recipe.batch_size)
        self.smallest = len(source) - (self.steps - 1) * recipe.batch_size
        self._source: ImageSource | None = source
        self._seed, self._epochs = seed, epochs
        self._painter = ThreadPoolExecutor(max_workers=1)
        self._drawn: dict[int, Future[tuple[Images, Labels]]] = {}
        each_epoch = tf.data.Dataset.from_generator(
            self._draw,
            output_signature=(
                tf.TensorSpec((None, *source.image_shape), tf.uint8),
                tf.TensorSpec((None, *source.label_shape), tf.int64),
                tf.TensorSpec((None,), tf.int64),
            ),
        )

        def batch_all(images: tf.Tensor, labels: tf.Tensor, order: tf.Tensor) -> tf.data.Dataset:
            places = tf.data.Dataset.from_tensor_slices(order).batch(recipe.batch_size)
            return places.map(lambda some: (tf.gather(images, some), tf.gather(labels, some)))

        def prepare(images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, ...]:
            x = tf.reshape(tf.cast(images, tf.float32) / 255, (-1, *model.input_shape[1:]))
            one_hot = recipe.loss == "categorical_crossentropy"
            y = tf.one_hot(labels, model.output_shape[-1]) if one_hot else labels
            return (x, y) if weights is None else (x, y, tf.gather(weights, labels))

        # One thread assembles batches, the others train. Autotuning has nothing to tune, but can delay the
        # end of an epoch by seconds.
        options = tf.data.Options()
        options.threading.private_threadpool_size = 1
        options.autotune.enabled = False
        batches = each_epoch.flat_map(batch_all).map(prepare)
        batches = batches.apply(tf.data.experimental.assert_cardinality(self.steps))
        self.dataset = batches.prefetch(8).with_options(options)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        self.epoch = epoch

    def close(self) -> None:
        """Release images and model: TensorFlow keeps the batch generator until the process ends."""
        self._painter.shutdown()
        self._drawn.clear()
        self._source = None
        self.set_model(None)
        del self.dataset

    def _draw(self) -> Iterator[tuple[Images, Labels, Labels]]:
        epoch = self.epoch
        images, labels = self._ask_for(epoch).result()
        del self._drawn[epoch]
        if epoch + 1 < self._epochs:
            self._ask_for(epoch + 1)
        yield images, labels, np.random.default_rng([self._seed, epoch]).permutation(len(labels))

    def _ask_for(self, epoch: int) -> Future[tuple[Images, Labels]]:
        if epoch not in self._drawn and self._source:
            self._drawn[epoch] = self._painter.submit(self._source.draw, self._seed, epoch)
        return self._drawn[epoch]
