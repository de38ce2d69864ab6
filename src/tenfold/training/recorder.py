"""Save each epoch as it ends, and tell how far the training is."""

import time
from collections.abc import Callable

import keras

from tenfold.training.checkpoint import History, save_checkpoint, write_history
from tenfold.training.progress import Progress
from tenfold.training.run import Run


class Recorder(keras.callbacks.Callback):  # type: ignore[misc]
    """After each epoch: a line in `history`, the checkpoint, history.csv; in between: signs of life."""

    def __init__(
        self, run: Run, history: History, steps: int, on_progress: Callable[[Progress], object] | None
    ) -> None:
        super().__init__()
        self.run = run
        self.history = history
        self.steps = steps
        self.on_progress = on_progress
        self.epochs = run.settings.epochs
        self._begun = 0.0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        self.report("training")

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        self._begun = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if self.on_progress and logs:
            self.report("training", (batch + 1) / self.steps, float(logs["loss"]), float(logs["accuracy"]))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        figures = {key: float(value) for key, value in sorted((logs or {}).items())}
        self.history.append({"epoch": epoch + 1, **figures, "seconds": time.perf_counter() - self._begun})
        save_checkpoint(self.run.checkpoint_path, self.model, self.history)
        write_history(self.run.history_path, self.history)
        self.report("training")

    def report(
        self, stage: str, of_epoch: float = 0.0, loss: float | None = None, accuracy: float | None = None
    ) -> None:
        """Say how far it is: all epochs in `history` and the fraction `of_epoch` of the next one."""
        if self.on_progress is None:
            return
        last = self.history[-1] if self.history else {}
        done = len(self.history)
        self.on_progress(
            Progress(
                stage=stage,
                epoch=min(done + 1, self.epochs),
                epochs=self.epochs,
                fraction=min(1.0, (done + of_epoch) / self.epochs),
                loss=last.get("loss") if loss is None else loss,
                accuracy=last.get("accuracy") if accuracy is None else accuracy,
            )
        )
