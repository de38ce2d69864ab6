"""Contrastive pretraining: a network first learns which images are alike, then their classes.

P. Khosla, P. Teterwak, C. Wang and others, "Supervised contrastive learning", NeurIPS 2020.
"""

from typing import Any

import keras
import tensorflow as tf
from keras import layers, ops

EMBEDDING = 64  # outputs of the projection head
TEMPERATURE = 0.1  # the paper's


class Pretraining(keras.callbacks.Callback):  # type: ignore[misc]
    """The first `epochs` of a training of `network`, whose last layer is its classifier.

    In these epochs the features, which are the classifier's input, learn from the supervised contrastive loss
    of a projection; the classifier learns from `loss`, only to show an accuracy, and passes no gradients back
    to the features. In all later epochs the network learns from `loss` alone. Compile `learner` with the
    object's `loss` and `accuracy`, and pass the object itself, a callback that tracks the epoch, to `fit`.
    The learner shares the network's variables and adds the projection, which the network does not have.

    `network` returns float32 (N, classes), labels are one-hot (N, classes).
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
        """The mean loss of a batch of the learner's outputs, (N, classes + 64); the sum of both losses in the
        first epochs."""
        contrastive = tf.reduce_mean(supervised_contrastive_loss(y_true, y_pred[:, self._classes :]))
        return self._loss(y_true, y_pred[:, : self._classes]) + (1 - self._gate.open) * contrastive

    def _right(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        return keras.metrics.categorical_accuracy(y_true, y_pred[:, : self._classes])


@keras.saving.register_keras_serializable("tenfold")
class Gate(layers.Layer):  # type: ignore[misc]
    """Identity that passes gradients back only if `open` is 1 rather than 0."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.open = self.add_weight(name="open", initializer="ones", trainable=False)

    def call(self, x: Any) -> Any:
        return self.open * x + (1 - self.open) * ops.stop_gradient(x)


def supervised_contrastive_loss(y_true: tf.Tensor, embeddings: tf.Tensor) -> tf.Tensor:
    """The loss of each image in a batch, float32 (N,); the paper's L_out, equation 2.

    `y_true` (N, classes) are one-hot labels, `embeddings` float32 (N, d) with norm 1. Each other image of the
    same class has a share of the sum of exp(cosine / temperature) over all others; the loss is minus the mean
    logarithm of these shares. It is 0 if the batch has no other image of the class.
    """
    likeness = tf.matmul(embeddings, embeddings, transpose_b=True) / TEMPERATURE
    itself = tf.eye(tf.shape(likeness)[0], dtype=tf.bool)
    # Finite, so that a batch of one image gives 0 times a large number instead of NaN.
    of_others = tf.where(itself, likeness.dtype.min, likeness)
    log_shares = likeness - tf.reduce_logsumexp(of_others, axis=1, keepdims=True)
    labels = tf.argmax(y_true, axis=1)
    like = tf.cast((labels[:, None] == labels) & ~itself, log_shares.dtype)
    return -tf.math.divide_no_nan(tf.reduce_sum(like * log_shares, axis=1), tf.reduce_sum(like, axis=1))
