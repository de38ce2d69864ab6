"""What `tenfold` offers to programs and notebooks beside its classes; `import tenfold` has all of it.

Runs are given as `Run`s or by their folders, data as `tenfold.load_data` names them or as arrays.
"""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar, overload

from numpy.typing import ArrayLike

from tenfold.data import Dataset
from tenfold.data.given import GivenData, as_dataset
from tenfold.data.own import load_own_digits
from tenfold.engines import Engine, Listener, LocalEngine, Task
from tenfold.engines.live import watched
from tenfold.errors import DivergedError, RunError, TenfoldError
from tenfold.evaluation import Comparison
from tenfold.evaluation import compare as compare_predictions
from tenfold.files import expand_home, write_text
from tenfold.imaging.decode import Picture
from tenfold.keras_backend import KerasInUseError, require_keras, set_up_keras, use_keras
from tenfold.reader import Reader, Reading
from tenfold.recipes import Recipe
from tenfold.recipes.changes import change
from tenfold.recipes.fine_tuning import recipe as fine_tuning_recipe
from tenfold.recipes.own import call, own_recipe
from tenfold.reporting import write_report
from tenfold.reporting.results import Results, find
from tenfold.reporting.systems import sort_runs
from tenfold.runs.evaluate import Evaluation, evaluate_paths
from tenfold.runs.run import NETWORK_FILE, Run
from tenfold.runs.settings import Network, Settings
from tenfold.studies import DEFAULT_RECIPES, DEFAULT_SEEDS, find_subjects, run_study
from tenfold.training.fine_tuning import BUNDLED, plan_fine_tuning
from tenfold.training.folder import locked, make_ready
from tenfold.training.live import Verbose, shown
from tenfold.training.plan import default_folder, plan_run, to_plan
from tenfold.training.progress import Progress
from tenfold.training.source import text_digest
from tenfold.training.trainer import train_run

if TYPE_CHECKING:
    import keras

GivenRuns = Run | str | Path | Sequence[Run | str | Path]
P = ParamSpec("P")
T = TypeVar("T")
_SWITCHES = ("--again", "--as-written", "--skip-damaged")


def _in_python(function: Callable[P, T]) -> Callable[P, T]:
    """`function`, whose errors name arguments of Python instead of options of the command line."""

    @functools.wraps(function)
    def speaking_python(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except TenfoldError as error:
            error.args = tuple(re.sub(r"--[a-z][a-z-]+", _as_argument, str(each)) for each in error.args)
            raise

    return speaking_python


def _as_argument(option: re.Match[str]) -> str:
    name = option[0].removeprefix("--").replace("-", "_")
    return f"{name}=True" if option[0] in _SWITCHES else f"{name}="


@_in_python
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
    functional, or a function that returns one; a function that takes `classes` is given their number. A
    compiled model learns with its optimizer and cross-entropy, another with Adam; both for ten epochs of
    batches of 128. It begins with new weights, so that `seed` decides the run, and stays as it is:
    `Run.load_model` returns the trained one.

    The run lies in the folder `out`, by default runs/RECIPE-seed-SEED. Where the same run was interrupted
    there, it goes on after its last finished epoch and ends with the same weights; where it is finished, it
    is returned at once, or goes on if `epochs` are more and the recipe's learning rate does not depend on
    their number. What was made otherwise (other epochs, data, definition of the recipe, callbacks, or
    versions of Keras, TensorFlow or tenfold) is refused, or with `again` deleted and trained anew.

    It trains in this process or, where TensorFlow is set up otherwise here or Keras runs on another backend,
    in one of its own, which ends the same way.

    `epochs` and `batch_size` default to the recipe's own. `callbacks` are Keras callbacks; of Keras' own a
    resumed run has the state, others begin anew. `verbose` is Keras': 0 shows nothing, 1 a bar, 2 a line per
    epoch, "auto" a bar in a notebook or a terminal, else lines; `on_progress` takes its place.

    Raises InputError for an unknown recipe or a number out of range, RunLockedError where another process
    trains in `out`, RunError where `out` holds a run that was made otherwise, Keras is not installed, or
    callbacks are given that cannot run in this process; DivergedError where the loss is no number any more.

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

    from tenfold.models.given import checked, describe, name_of

    if isinstance(given, keras.Model):
        text = describe(checked(given, classes, given.name), given.name)
        return name_of(text), text
    name = getattr(given, "__name__", "network")
    return name, describe(checked(call(given, classes), classes, name), name)


@_in_python
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
    """Teach a trained reader the digits in `own`, a folder with a folder per digit; return the finished run.

    The network goes on from `start`: "bundled", or the path of an ONNX file that `tenfold export` wrote of a
    run of the recipe reader, with its manifest beside it. It learns one's own digits among those of `data`,
    which should be what it was trained on (by default MNIST). The run lies in the folder `out`, by default
    runs/reader-fine-tuned-seed-SEED; the rest is as for `train`.

    Raises what `train` raises, InputError where there is no model at `start`, and ModelError where it is
    damaged or another network.

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
    """Train in this process or, where Keras cannot be set up for it here, in one of its own.

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
            _train_beside(Task(path, settings, data, own), tell)
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


def _train_beside(task: Task, on_progress: Callable[[Progress], object]) -> None:
    """Train in a process of its own."""
    listener = Listener(on_progress=lambda _, progress: on_progress(progress), on_diverged=_fail)
    LocalEngine(processes=1).train([task], listener)


def _fail(_task: Task, error: DivergedError) -> None:
    raise error


@_in_python
def study(
    recipes: Sequence[str | Path | Recipe] = DEFAULT_RECIPES,
    data: GivenData | None = None,
    *,
    seeds: int = DEFAULT_SEEDS,
    epochs: int | None = None,
    as_written: bool = False,
    out: str | Path = "runs/study",
    engine: Engine | None = None,
    again: bool = False,
    verbose: Verbose = "auto",
) -> Results:
    """Train each of `recipes` with the seeds 0, 1, ... `seeds` - 1, compare them, and write a report.

    The runs and report.html lie in the folder `out`. What is finished there is kept, what was interrupted
    goes on. The result compares all runs in the folder, in a notebook as a table and sentences. `verbose`: 0
    shows nothing, 1 a bar for all runs together, 2 a line per finished run, "auto" a bar in a notebook or a
    terminal, else lines.

    Raises what `train` raises.

    >>> results = tenfold.study(["mlp-128-64"], few, seeds=1, epochs=1, as_written=True, verbose=0)
    >>> results.show().save("accuracies.png").name
    'accuracies.png'
    """
    given = as_dataset(data)
    with watched(verbose, Path(out)) as listener:
        run_study(
            recipes,
            folder=out,
            seeds=seeds,
            epochs=epochs,
            as_written=as_written,
            data=given,
            engine=engine,
            again=again,
            listener=listener,
        )
    return compare(out)


@_in_python
def evaluate(runs: GivenRuns, data: GivenData | None = None) -> Evaluation:
    """Evaluate a run, several together (the mean of their probabilities), or the classifier in an ONNX or
    .keras file.

    By default on the test images that the runs were trained beside, for a file on MNIST's. Raises InputError
    where there is no such run or the runs were trained on different data, RunError where one is damaged,
    ModelError where the file cannot be used.

    >>> tenfold.evaluate("runs/few").images
    200
    >>> evaluation = tenfold.evaluate(run, (data.x_test[200:700], data.y_test[200:700]))
    >>> evaluation.confusion_matrix.shape
    (10, 10)
    """
    return evaluate_paths(_paths(runs), None if data is None else as_dataset(data))


@_in_python
def report(runs: GivenRuns, out: str | Path | None = None) -> Path:
    """Write results.json and report.html about finished runs into `out`, by default the first run's folder.

    Folders of studies stand for all their runs; models in ONNX and .keras files, whoever made them, are asked
    about the same test images and shown beside them. Returns the path of report.html. Raises InputError where
    there is no finished run, or they cannot be compared; ModelError where a file cannot be used.

    >>> tenfold.report("runs/few").name
    'report.html'
    """
    paths = _paths(runs)
    found, models = find_subjects(paths)
    return write_report(found, next(filter(Path.is_dir, paths)) if out is None else Path(out), models)


@overload
def compare(runs: GivenRuns) -> Results: ...
@overload
def compare(runs: ArrayLike, predictions: Mapping[str, Sequence[ArrayLike]]) -> list[Comparison]: ...
@_in_python
def compare(
    runs: GivenRuns | ArrayLike, predictions: Mapping[str, Sequence[ArrayLike]] | None = None
) -> Results | list[Comparison]:
    """Which of several classifiers is better, by how much, and how certain that is.

    `compare(runs)` takes finished runs, or the folder of a study, and ONNX and .keras files beside them, as
    `report` does. `compare(y_true, predictions)` takes labels (N,) and, for each classifier, predicted labels
    (N,) per seed: {"mine": [y_pred], "theirs": [y_pred]}.

    Raises InputError where there is no finished run, or they cannot be compared.

    >>> (pair,) = tenfold.compare([3, 1, 4, 1], {"mine": [[3, 1, 4, 1]], "theirs": [[3, 1, 4, 7]]})
    >>> pair.accuracy_a, pair.accuracy_b
    (1.0, 0.75)
    >>> tenfold.compare("runs/study").comparisons
    []
    """
    if predictions is not None:
        return compare_predictions(runs, predictions)  # type: ignore[arg-type]
    found, models = find_subjects(_paths(runs))  # type: ignore[arg-type]
    return find(sort_runs(found), models)


@_in_python
def read(picture: Picture, *, timeout_s: float | None = None) -> Reading:
    """All lines of digits in a picture, as `Reader.read`, by the bundled networks.

    >>> tenfold.read("example.jpg")
    <Reading: 31415926 | 27182818 (2 lines, confidence 0.74...)>
    """
    return _bundled_reader().read(picture, timeout_s=timeout_s)


@functools.cache
def _bundled_reader() -> Reader:
    return Reader()


def _paths(runs: GivenRuns) -> list[Path]:
    """The folders of runs and studies, or files, that were given one by one or in a list."""
    several = [runs] if isinstance(runs, Run | str | Path) else runs
    return [each.path if isinstance(each, Run) else expand_home(each) for each in several]
