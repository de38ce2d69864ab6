"""`train(recipe, data, seed)` gives a `Run`."""

from tenfold.training.trainer import train

__all__ = ["train"]
