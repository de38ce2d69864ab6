"""Networks: plain functions that return a `keras.Model`, from images scaled to [0, 1] to class
probabilities."""
