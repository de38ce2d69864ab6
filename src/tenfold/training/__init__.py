"""The engine: `train(recipe, data, seed)` gives a `Run`."""

from tenfold.training.engine import train
from tenfold.training.run import Run, open_run

__all__ = ["Run", "open_run", "train"]
