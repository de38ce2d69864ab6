"""`train(recipe, data, seed)` gives a `Run`."""

from tenfold.training.run import Run, open_run
from tenfold.training.trainer import train

__all__ = ["Run", "open_run", "train"]
