"""CTC loss and line accuracy, for networks that read lines."""

import tensorflow as tf

from tenfold.data.synthesis import NO_DIGIT


def ctc_loss(y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
    """The negative log-probability of each line's symbols, summed over all alignments.

    `y_true` int (N, L) are the symbols, padded with 10; `y_pred` float32 (N, T, S) each column's logits.
    """
    lengths = _lengths(y_true)
    is_empty = lengths == 0
    labels = tf.cast(y_true, tf.int32)
    # With sparse labels TensorFlow computes the loss in one operation, three times as fast, but refuses empty
    # lines: these get a label here, and their own loss below.
    is_label = tf.concat([(labels[:, :1] != NO_DIGIT) | is_empty[:, None], labels[:, 1:] != NO_DIGIT], axis=1)
    places = tf.where(is_label)
    values = tf.gather_nd(tf.where(labels == NO_DIGIT, 0, labels), places)
    of_labels = tf.nn.ctc_loss(
        labels=tf.SparseTensor(places, values, tf.shape(labels, tf.int64)),
        logits=y_pred,
        label_length=None,
        logit_length=tf.fill([tf.shape(y_pred)[0]], tf.shape(y_pred)[1]),
        logits_time_major=False,
        blank_index=NO_DIGIT,
    )
    of_nothing = -tf.reduce_sum(tf.nn.log_softmax(y_pred)[:, :, NO_DIGIT], axis=1)
    return tf.where(is_empty, of_nothing, of_labels)


def lines_right(y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
    """1 for each line whose best path gives exactly its symbols, else 0; arguments as in `ctc_loss`."""
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
