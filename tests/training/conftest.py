from collections.abc import Callable

import pytest

from tenfold.cores import available_cores
from tenfold.training.backend import set_up_keras

set_up_keras(available_cores())

import keras  # noqa: E402


class InterruptIn(keras.callbacks.Callback):  # type: ignore[misc]
    """Ctrl-C when a third of an epoch (from 0) is done."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self.epoch = epoch
        self.current = -1

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.current = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if self.current == self.epoch and batch > self.params["steps"] // 3:
            raise KeyboardInterrupt


@pytest.fixture
def interrupt_in() -> Callable[[int], keras.callbacks.Callback]:
    """Makes the callback that interrupts a training in the epoch of this number."""
    return InterruptIn
