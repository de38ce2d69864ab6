"""Train and fine-tune a network, in this process or a separate one.

Data are given as `tenfold.load_data` names them, or as arrays.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.api.in_python import in_python
from tenfold.data import Dataset
from tenfold.data.given import GivenData, as_dataset
from tenfold.data.own import load_own_digits
from tenfold.engines import Listener, LocalEngine, Task
from tenfold.errors import DivergedError, RunError
from tenfold.files import write_text
from tenfold.keras_backend import KerasInUseError, require_keras, set_up_keras, use_keras
from tenfold.recipes import Recipe
from tenfold.recipes.changes import change
from tenfold.recipes.fine_tuning import recipe as fine_tuning_recipe
from tenfold.recipes.own import call, own_recipe
from tenfold.runs.run import NETWORK_FILE, Run
from tenfold.runs.settings import Network, Settings
from tenfold.training.fine_tuning import BUNDLED, plan_fine_tuning
from tenfold.training.folder import locked, make_ready
from tenfold.training.live import Verbose, shown
from tenfold.training.plan import default_folder, plan_run, to_plan
from tenfold.training.progress import Progress
from tenfold.training.source import text_digest
from tenfold.training.trainer import train_run

if TYPE_CHECKING:
    import keras


@in_python
def train(
    recipe: "str | Path | Recipe | keras.Model | Callable[..., keras.Model]",
    data: GivenData | None = None,
    seed: int = 0,
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    as_written: bool = False,
    out: str | Path | None = None,
    callbacks: Sequence["keras.callbacks.Callback"] = (),
    again: bool = False,
    verbose: Verbose = "auto",
    on_progress: Callable[[Progress], object] | None = None,
) -> Run:
    """Train `recipe` on `data` (by default MNIST, found or fetched) and return the finished run.

    `recipe` is a name, the path of a recipe file, "FILE.py:NAME", a `Recipe`, a Keras model, Sequential or
    functional, or a function that returns one; if the function takes `classes`, it gets their number. A
    compiled model is trained with its optimizer and cross-entropy, others with Adam, both for ten epochs in
    batches of 128. Training starts from new weights determined by `seed`, and leaves the given model
    unchanged: `Run.load_model` returns the trained one.

    The run's folder is `out`, by default runs/RECIPE-seed-SEED. If the same run was interrupted there, it
    continues after its last finished epoch and ends with the same weights. If it is finished, it is returned
    at once, or continues if there are more `epochs` and the recipe's learning rate does not depend on their
    number. A run that was made differently (other epochs, data, recipe definition, callbacks, or versions of
    Keras, TensorFlow or tenfold) is refused, or with `again` deleted and retrained.

    Training runs in this process or, if TensorFlow is set up differently here or Keras uses another backend,
    in a separate one, with the same result.

    `epochs` and `batch_size` default to the recipe's. `callbacks` are Keras callbacks; a resumed run restores
    the state of Keras' own, while others start afresh. `verbose` is as in Keras: 0 shows nothing, 1 a bar, 2
    a line per epoch, "auto" a bar in a notebook or a terminal, else lines; `on_progress` replaces it.

    Raises InputError for an unknown recipe or a number out of range, RunLockedError if another process is
    training in `out`, RunError if `out` holds a run that was made differently, Keras is not installed, or
    callbacks are given that cannot run in this process; DivergedError if the loss becomes NaN or infinite.

    >>> data = tenfold.load_mnist()
    >>> few = (data.x_train[:1000], data.y_train[:1000]), (data.x_test[:200], data.y_test[:200])
    >>> run = tenfold.train("mlp-128-64", few, epochs=2, out="runs/few", verbose=0)
    >>> run.predict(data.x_test[:3]).shape
    (3, 10)
    >>> run.plot_history().save("history.svg").name
    'history.svg'
    """
    require_keras()
    data = as_dataset(data)
    described, network = "", None
    if callable(recipe):
        name, described = _describe(recipe, len(data.class_names))
        network = Network(NETWORK_FILE, text_digest(described))
        planned = own_recipe(NETWORK_FILE, name)
    else:
        planned = to_plan(recipe)
    if batch_size is not None:
        planned = change(planned, {"batch_size": batch_size})
    settings = plan_run(
        planned, data.name, data.sha256, seed=seed, epochs=epochs, as_written=as_written, network=network
    )
    return _train_somewhere(settings, data, None, out, callbacks, again, verbose, on_progress, described)


def _describe(given: "keras.Model | Callable[..., keras.Model]", classes: int) -> tuple[str, str]:
    """The name of a network that the user made, and the network in Keras' JSON."""
    use_keras()
    import keras

    from tenfold.models.given import checked, describe_model, name_of

    if isinstance(given, keras.Model):
        text = describe_model(checked(given, classes, given.name), given.name)
        return name_of(text), text
    name = getattr(given, "__name__", "network")
    return name, describe_model(checked(call(given, classes), classes, name), name)


@in_python
def fine_tune(
    own: Dataset | str | Path,
    start: str | Path = BUNDLED,
    data: GivenData | None = None,
    seed: int = 0,
    *,
    epochs: int | None = None,
    out: str | Path | None = None,
    callbacks: Sequence["keras.callbacks.Callback"] = (),
    again: bool = False,
    verbose: Verbose = "auto",
    on_progress: Callable[[Progress], object] | None = None,
) -> Run:
    """Fine-tune a reader on `own`, a folder with a subfolder per digit, and return the finished run.

    Training starts from `start`: "bundled", or the path of an ONNX file that `tenfold export` wrote from a
    run of the recipe reader, with its manifest. Your digits are mixed with those of `data`, which should be
    what the network was trained on (by default MNIST). The run's folder is `out`, by default
    runs/reader-fine-tuned-seed-SEED; the rest is as for `train`.

    Raises what `train` raises, InputError if there is no model at `start`, and ModelError if it is damaged or
    a different network.

    >>> run = tenfold.fine_tune("my-digits")  # doctest: +SKIP
    """
    require_keras()
    own = own if isinstance(own, Dataset) else load_own_digits(own)
    data = as_dataset(data)
    settings = plan_run(
        fine_tuning_recipe,
        data.name,
        data.sha256,
        seed=seed,
        epochs=epochs,
        fine_tuning=plan_fine_tuning(start, own),
    )
    return _train_somewhere(settings, data, own, out, callbacks, again, verbose, on_progress)


def _train_somewhere(
    settings: Settings,
    data: Dataset,
    own: Dataset | None,
    out: str | Path | None,
    callbacks: Sequence["keras.callbacks.Callback"],
    again: bool,
    verbose: Verbose,
    on_progress: Callable[[Progress], object] | None,
    described: str = "",
) -> Run:
    """Train in this process or, if Keras cannot be set up for it here, in a separate one.

    `described` is the user's own network in Keras' JSON, which the folder keeps.
    """
    path = default_folder(settings) if out is None else Path(out)
    if described and settings.network:
        place = str(Run(path).network_path.resolve())
        settings = replace(settings, network=replace(settings.network, place=place))
    settings = make_ready(path, settings, callbacks, again=again)
    if described:
        with locked(path):
            write_text(Run(path).network_path, described)
    with shown(0 if on_progress else verbose, path) as show:
        tell = on_progress or show
        if not Run(path).ended and not _can_train_here(settings, callbacks):
            _train_separately(Task(path, settings, data, own), tell)
        return train_run(path, settings, data, own, callbacks=callbacks, on_progress=tell)


def _can_train_here(settings: Settings, callbacks: Sequence["keras.callbacks.Callback"]) -> bool:
    """Set Keras up in this process where that is possible. Raises RunError where the callbacks need it."""
    try:
        set_up_keras(settings.threads)
    except KerasInUseError as error:
        if callbacks:
            raise RunError(f"{error}; or leave out the callbacks, which stay in this process") from None
        return False
    return True


def _train_separately(task: Task, on_progress: Callable[[Progress], object]) -> None:
    """Train in a separate process."""
    listener = Listener(on_progress=lambda _, progress: on_progress(progress), on_diverged=_fail)
    LocalEngine(processes=1).train([task], listener)


def _fail(_task: Task, error: DivergedError) -> None:
    raise error
