"""What a training leaves behind, read and evaluated without the training stack."""

from tenfold.runs.run import Run, open_run

__all__ = ["Run", "open_run"]
