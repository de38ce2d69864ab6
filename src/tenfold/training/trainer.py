"""Train one recipe once."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.data import Dataset, load_data
from tenfold.errors import DivergedError
from tenfold.files import remove_partial_files
from tenfold.keras_backend import require_keras, set_up_keras
from tenfold.recipes import load_recipe
from tenfold.recipes.fine_tuning import recipe as fine_tuning_recipe
from tenfold.runs.run import Run
from tenfold.runs.settings import Settings
from tenfold.training.fine_tuning import BUNDLED, plan_fine_tuning
from tenfold.training.folder import locked, take_up
from tenfold.training.plan import default_folder, plan_run
from tenfold.training.progress import Progress

if TYPE_CHECKING:
    import keras


def train(
    recipe: str,
    data: Dataset | None = None,
    seed: int = 0,
    *,
    epochs: int | None = None,
    as_written: bool = False,
    out: str | Path | None = None,
    callbacks: Sequence["keras.callbacks.Callback"] = (),
    again: bool = False,
    on_progress: Callable[[Progress], object] | None = None,
) -> Run:
    """Train `recipe`, a name or the path of a recipe file, on `data` (by default MNIST, found or fetched) and
    return the finished run.

    The run lies in the folder `out`, by default runs/RECIPE-seed-SEED. Where the same run was interrupted
    there, it goes on after its last finished epoch and ends with the same weights; where it is finished, it
    is returned at once, or goes on if `epochs` are more and the recipe's learning rate does not depend on
    their number. What was made otherwise (other epochs, data, definition of the recipe, callbacks, or
    versions of Keras, TensorFlow or tenfold) is refused, or with `again` deleted and trained anew.

    `epochs` defaults to the recipe's own. `callbacks` are Keras callbacks; of Keras' own a resumed run has
    the state, others begin anew.

    Raises InputError for an unknown recipe or a number out of range, RunLockedError where another process
    trains in `out`, RunError where `out` holds a run that was made otherwise or Keras is not installed,
    DivergedError where the loss is no number any more.
    """
    require_keras()
    data = load_data() if data is None else data
    settings = plan_run(
        load_recipe(recipe), data.name, data.sha256, seed=seed, epochs=epochs, as_written=as_written
    )
    path = default_folder(settings) if out is None else Path(out)
    return train_run(path, settings, data, callbacks=callbacks, again=again, on_progress=on_progress)


def fine_tune(
    own: Dataset,
    start: str | Path = BUNDLED,
    data: Dataset | None = None,
    seed: int = 0,
    *,
    epochs: int | None = None,
    out: str | Path | None = None,
    callbacks: Sequence["keras.callbacks.Callback"] = (),
    again: bool = False,
    on_progress: Callable[[Progress], object] | None = None,
) -> Run:
    """Teach a trained reader one's `own` digits, and return the finished run.

    The network goes on from `start`: "bundled", or the path of an ONNX file that `tenfold export` wrote of a
    run of the recipe reader, with its manifest beside it. It learns one's own digits among those of `data`,
    which should be what it was trained on (by default MNIST). The run lies in the folder `out`, by default
    runs/reader-fine-tuned-seed-SEED; the rest is as for `train`.

    Raises what `train` raises, InputError where there is no model at `start`, and ModelError where it is
    damaged or another network.
    """
    require_keras()
    data = load_data() if data is None else data
    fine_tuning = plan_fine_tuning(start, own)
    settings = plan_run(
        fine_tuning_recipe, data.name, data.sha256, seed=seed, epochs=epochs, fine_tuning=fine_tuning
    )
    path = default_folder(settings) if out is None else Path(out)
    return train_run(path, settings, data, own, callbacks=callbacks, again=again, on_progress=on_progress)


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
    """Begin or go on with the run in the folder `path`; see `train`.

    `on_saved` is called after each epoch, when it is on the disk.
    """
    with locked(path):
        settings = take_up(path, settings, callbacks, again=again)
        run = Run(path)
        if run.diverged:
            raise DivergedError(f"{path} diverged: {run.divergence}")
        if not run.finished:
            remove_partial_files(run.path)
            set_up_keras(settings.threads)
            from tenfold.training.fit import fit

            fit(run, settings, data, own, callbacks, on_progress, on_saved)
        return run
