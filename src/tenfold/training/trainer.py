"""Train one recipe once."""

import gc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.data import Dataset
from tenfold.errors import DivergedError
from tenfold.files import remove_partial_files
from tenfold.keras_backend import set_up_keras
from tenfold.runs.run import Run
from tenfold.runs.settings import Settings
from tenfold.training.folder import locked, require_network, take_up
from tenfold.training.progress import Progress

if TYPE_CHECKING:
    import keras


def train_run(
    path: Path,
    settings: Settings,
    data: Dataset,
    own: Dataset | None = None,
    *,
    callbacks: Sequence["keras.callbacks.Callback"] = (),
    again: bool = False,
    on_progress: Callable[[Progress], object] | None = None,
    on_saved: Callable[[], object] | None = None,
) -> Run:
    """Start or resume the run in the folder `path`; see `tenfold.train`.

    `on_saved` is called after each epoch, once it is on disk.
    """
    with locked(path):
        settings = take_up(path, settings, callbacks, again=again)
        require_network(settings)
        run = Run(path)
        if run.diverged:
            raise DivergedError(f"{path} diverged: {run.divergence}")
        if not run.finished:
            remove_partial_files(run.path)
            set_up_keras(settings.threads)
            from tenfold.training.fit import fit

            fit(run, settings, data, own, callbacks, on_progress, on_saved)
            gc.collect()  # graphs and models are reference cycles of several megabytes
        return run
