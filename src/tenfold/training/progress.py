"""Progress of a run."""

from dataclasses import dataclass


def ignore(*_: object) -> None:
    """A no-op callback."""


@dataclass(frozen=True)
class Progress:
    """One progress update. `fraction` of the `epochs` is done; `loss` and `accuracy` are running means of the
    current epoch on training images, None before the first batch."""

    stage: str  # "training" or "testing"
    epoch: int  # the current one, from 1
    epochs: int
    fraction: float
    loss: float | None = None
    accuracy: float | None = None
