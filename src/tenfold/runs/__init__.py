"""Run folders, read and evaluated without the training stack."""

from tenfold.runs.find import open_run
from tenfold.runs.run import Run

__all__ = ["Run", "open_run"]
