"""`train(recipe, data, seed)` gives a `Run`, and so does `fine_tune(own)`."""

from tenfold.training.trainer import fine_tune, train

__all__ = ["fine_tune", "train"]
