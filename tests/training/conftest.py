from collections.abc import Callable

import pytest

from tenfold.training.progress import Progress


@pytest.fixture
def interrupt_in() -> Callable[[int], Callable[[Progress], None]]:
    """Makes an `on_progress` that interrupts a training when a third of this epoch (from 0) is done."""

    def interrupt_in(epoch: int) -> Callable[[Progress], None]:
        def interrupt(progress: Progress) -> None:
            if progress.epoch == epoch + 1 and progress.fraction * progress.epochs > epoch + 1 / 3:
                raise KeyboardInterrupt

        return interrupt

    return interrupt_in
