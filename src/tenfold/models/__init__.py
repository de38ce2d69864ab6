"""What is trained: plain functions that return a `keras.Model`. They take images scaled to [0, 1] and return
class probabilities."""
