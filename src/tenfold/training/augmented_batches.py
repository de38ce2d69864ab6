"""Training images that are made anew for every epoch, while the one before is trained on."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import keras
import numpy as np
import tensorflow as tf

from tenfold.recipes import Augmentation, Images, Labels
from tenfold.training.batches import read_ahead


class AugmentedBatches(keras.callbacks.Callback):  # type: ignore[misc]
    """As `ShuffledBatches`, of the images that `augmentation` draws for each epoch.

    The next epoch's are drawn in a thread of their own: what they are does not depend on when that happens.
    """

    def __init__(self, augmentation: Augmentation, batch_size: int, seed: int, epochs: int) -> None:
        super().__init__()
        self.epoch = 0
        self.steps = -(-len(augmentation) // batch_size)
        self._augmentation = augmentation
        self._seed, self._epochs = seed, epochs
        self._painter = ThreadPoolExecutor(max_workers=1)
        self._drawn: dict[int, Future[tuple[Images, Labels]]] = {}
        epoch = tf.data.Dataset.from_generator(
            self._draw,
            output_signature=(
                tf.TensorSpec((None, *augmentation.image_shape), tf.uint8),
                tf.TensorSpec((None, *augmentation.label_shape), tf.int64),
            ),
        )
        batches = epoch.flat_map(
            lambda images, labels: tf.data.Dataset.from_tensor_slices((images, labels)).batch(batch_size)
        )
        batches = batches.map(lambda images, labels: (tf.cast(images[..., None], tf.float32) / 255, labels))
        self.dataset = read_ahead(batches, self.steps)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        self.epoch = epoch

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        self._painter.shutdown()

    def _draw(self) -> Iterator[tuple[Images, Labels]]:
        epoch = self.epoch
        images, labels = self._ask_for(epoch).result()
        del self._drawn[epoch]
        if epoch + 1 < self._epochs:
            self._ask_for(epoch + 1)
        order = np.random.default_rng([self._seed, epoch]).permutation(len(labels))
        yield images[order], labels[order]

    def _ask_for(self, epoch: int) -> Future[tuple[Images, Labels]]:
        if epoch not in self._drawn:
            self._drawn[epoch] = self._painter.submit(self._augmentation.draw, self._seed, epoch)
        return self._drawn[epoch]
