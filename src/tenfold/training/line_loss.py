"""What a network that reads lines is trained by: the loss of its columns, and how many lines are right."""

import tensorflow as tf

from tenfold.data.synthesis import NO_DIGIT


def ctc_loss(y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
    """Minus the logarithm of the probability of each line's digits, summed over all places they may have.

    `y_true` int (N, L) are the digits, filled with 10; `y_pred` float32 (N, T, 11) the logits of each column.
    """
    lengths = _lengths(y_true)
    # It takes time and memory with the square of the longest line there might be.
    longest = tf.maximum(tf.reduce_max(lengths), 1)
    return tf.nn.ctc_loss(
        labels=tf.cast(y_true[:, :longest], tf.int32),
        logits=y_pred,
        label_length=lengths,
        logit_length=tf.fill([tf.shape(y_pred)[0]], tf.shape(y_pred)[1]),
        logits_time_major=False,
        blank_index=NO_DIGIT,
    )


def lines_right(y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
    """1 for each line whose most likely columns say its digits and no others, else 0; as `ctc_loss`."""
    best = tf.argmax(y_pred, axis=-1, output_type=tf.int32)
    changes = tf.concat([tf.ones_like(best[:, :1], tf.bool), best[:, 1:] != best[:, :-1]], axis=1)
    digits = tf.ragged.boolean_mask(best, changes & (best != NO_DIGIT))
    width = tf.shape(y_true)[1]
    read = digits.to_tensor(NO_DIGIT, shape=[None, None])[:, :width]
    read = tf.pad(read, [[0, 0], [0, width - tf.shape(read)[1]]], constant_values=NO_DIGIT)
    same = tf.reduce_all(read == tf.cast(y_true, tf.int32), axis=1)
    right = same & (digits.row_lengths() == tf.cast(_lengths(y_true), tf.int64))
    return tf.ensure_shape(tf.cast(right, tf.float32), [None])


def _lengths(y_true: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(tf.cast(tf.cast(y_true, tf.int32) != NO_DIGIT, tf.int32), axis=1)
