"""What images of one class have in common, as a loss: each is drawn to its like and pushed off all others.

P. Khosla, P. Teterwak, C. Wang and others, "Supervised contrastive learning", NeurIPS 2020.
"""

import tensorflow as tf

TEMPERATURE = 0.1  # the paper's


def supervised_contrastive_loss(y_true: tf.Tensor, embeddings: tf.Tensor) -> tf.Tensor:
    """The loss of each image in a batch, float32 (N,); the paper's L_out, equation 2.

    `y_true` (N, classes) are the labels, one-hot, `embeddings` float32 (N, d) of length one. Each other image
    of the same class has a share in the sum of exp(cosine / temperature) over all others; the loss is minus
    the mean of these shares' logarithms. It is 0 where the batch has no other image of the class.
    """
    likeness = tf.matmul(embeddings, embeddings, transpose_b=True) / TEMPERATURE
    itself = tf.eye(tf.shape(likeness)[0], dtype=tf.bool)
    # Finite, so that a batch of one image, which has no others, gives 0 times a large number and no NaN.
    of_others = tf.where(itself, likeness.dtype.min, likeness)
    log_shares = likeness - tf.reduce_logsumexp(of_others, axis=1, keepdims=True)
    labels = tf.argmax(y_true, axis=1)
    like = tf.cast((labels[:, None] == labels) & ~itself, log_shares.dtype)
    return -tf.math.divide_no_nan(tf.reduce_sum(like * log_shares, axis=1), tf.reduce_sum(like, axis=1))
