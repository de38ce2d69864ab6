"""What a run tells of itself while it trains."""

from dataclasses import dataclass


def ignore(*_: object) -> None:
    """For callbacks: nobody listens."""


@dataclass(frozen=True)
class Progress:
    """One sign of life. `fraction` of the `epochs` is done; `loss` and `accuracy` are running means of the
    current epoch on training images, None before the first batch."""

    stage: str  # "training" or "testing"
    epoch: int  # the current one, from 1
    epochs: int
    fraction: float
    loss: float | None = None
    accuracy: float | None = None
