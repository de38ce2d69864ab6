"""First epochs in which a network learns which images are alike, and only then what they are called."""

from typing import Any

import keras
import tensorflow as tf
from keras import layers, ops

from tenfold.training.contrastive import supervised_contrastive_loss

EMBEDDING = 64  # numbers that the projection head makes of an image's features


class Pretraining(keras.callbacks.Callback):  # type: ignore[misc]
    """The first `epochs` of a training of `network`, whose last layer is its classifier.

    In them the features, which are the classifier's input, learn from the supervised contrastive loss of a
    projection of theirs; the classifier learns from `loss` what can be told by the features as they are, so
    that there is an accuracy to be seen, and teaches them nothing. In all later epochs the network learns
    from `loss` alone. Compile `learner` with the object's own `loss` and `accuracy`, and pass the object
    itself, which is the callback that learns which epoch it is, to `fit`. The variables are the network's
    own; the projection is the learner's, and no part of what the network answers.

    `network` answers with float32 (N, classes), the labels are one-hot (N, classes).
    """

    def __init__(self, network: keras.Model, loss: Any, *, epochs: int) -> None:
        super().__init__()
        self._classes, self._loss, self._epochs = network.output_shape[-1], loss, epochs
        classifier = network.layers[-1]
        self._gate = Gate(name="gate")
        projection = layers.Dense(EMBEDDING, name="projection")(classifier.input)
        embedding = layers.UnitNormalization(name="embedding")(projection)
        # A loss gets one output: the answer and the embedding side by side.
        outputs = layers.Concatenate()([classifier(self._gate(classifier.input)), embedding])
        self.learner = keras.Model(network.input, outputs)
        self.accuracy = keras.metrics.MeanMetricWrapper(self._right, "accuracy")

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        self._gate.open.assign(float(epoch >= self._epochs))

    def loss(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        """The mean over a batch of the learner's outputs, (N, classes + 64); in the first epochs both losses'
        sum."""
        contrastive = tf.reduce_mean(supervised_contrastive_loss(y_true, y_pred[:, self._classes :]))
        return self._loss(y_true, y_pred[:, : self._classes]) + (1 - self._gate.open) * contrastive

    def _right(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        return keras.metrics.categorical_accuracy(y_true, y_pred[:, : self._classes])


@keras.saving.register_keras_serializable("tenfold")
class Gate(layers.Layer):  # type: ignore[misc]
    """Lets everything forward, and gradients back where `open` is 1 rather than 0."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.open = self.add_weight(name="open", initializer="ones", trainable=False)

    def call(self, x: Any) -> Any:
        return self.open * x + (1 - self.open) * ops.stop_gradient(x)
