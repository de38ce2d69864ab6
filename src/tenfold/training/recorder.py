"""Save each epoch, report progress, and stop a training whose loss becomes NaN or infinite."""

import time
import warnings
from collections.abc import Callable, Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from tenfold.errors import DivergedError
from tenfold.files import write_json
from tenfold.runs.run import Run
from tenfold.training.callbacks import keeps_state, put_states, states_of
from tenfold.training.checkpoint import Record, save_checkpoint, weights_digest, write_history
from tenfold.training.progress import Progress

_FIGURES = ("accuracy", "loss", "val_accuracy", "val_loss")  # callbacks may add others


class Recorder(keras.callbacks.Callback):  # type: ignore[misc]
    """After each epoch: a line in the history, the checkpoint, history.csv; in between: progress updates.

    It must come after the `callbacks` whose state it stores, so that they have processed the epoch.
    """

    def __init__(
        self,
        run: Run,
        record: Record,
        steps: int,
        *,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        on_progress: Callable[[Progress], object] | None = None,
        on_saved: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self.run = run
        self.record = record
        self.steps = steps
        self.callbacks = callbacks
        self.on_progress = on_progress
        self.on_saved = on_saved
        self.epochs = run.settings.epochs
        self._begun = 0.0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        if self.record.history:
            put_states(self.callbacks, self.record.callbacks)
            if restarted := [type(each).__name__ for each in self.callbacks if not keeps_state(each)]:
                warnings.warn(
                    f"{self.run.path} resumes after epoch {len(self.record.history)} with callbacks that "
                    f"restart ({', '.join(restarted)}): only the state of Keras' own is saved",
                    stacklevel=2,
                )
        self.report("training")

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        self._begun = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if logs:
            loss = float(logs["loss"])
            self._require_numbers(loss)
            self.report("training", (batch + 1) / self.steps, loss, float(logs["accuracy"]))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        figures = {key: float(value) for key, value in sorted((logs or {}).items()) if key in _FIGURES}
        # The last step may have spoiled the weights without showing in the loss.
        self._require_numbers(figures["loss"], figures.get("val_loss", 0.0), *self.model.get_weights())
        self.record.history.append(
            {"epoch": epoch + 1, **figures, "seconds": time.perf_counter() - self._begun}
        )
        self.record.weights.append(weights_digest(self.model))
        self.record.stopped = bool(self.model.stop_training)
        self.record.callbacks = states_of(self.callbacks)
        save_checkpoint(self.run.checkpoint_path, self.model, self.record)
        write_history(self.run.history_path, self.record.history)
        self.report("training")
        if self.on_saved:
            self.on_saved()

    def _require_numbers(self, *values: float | NDArray[np.float32]) -> None:
        """Raise DivergedError for NaN or infinity, after recording it in the run's folder."""
        if all(np.isfinite(value).all() for value in values):
            return
        rate = float(self.model.optimizer.learning_rate)
        own = [type(each).__name__ for each in self.callbacks if not keeps_state(each)]
        cause = (
            f"the learning rate, {rate:.2g} there, is probably too high: try a lower one in a recipe file"
            + (f", or look at {', '.join(own)}" if own else "")
        )
        write_json(self.run.diverged_path, {"epoch": len(self.record.history) + 1, "cause": cause})
        raise DivergedError(f"{self.run.path} diverged: {self.run.divergence}")

    def report(
        self, stage: str, of_epoch: float = 0.0, loss: float | None = None, accuracy: float | None = None
    ) -> None:
        """Report progress: all epochs in `history` and the fraction `of_epoch` of the next one."""
        if self.on_progress is None:
            return
        last = self.record.history[-1] if self.record.history else {}
        done = len(self.record.history)
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
