"""What is trained: plain functions that return a `keras.Model`."""
