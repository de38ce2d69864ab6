"""Studies, tuning, and the evaluation of runs.

Runs are given as `Run`s or by their folders, data as `tenfold.load_data` names them or as arrays.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import overload

from numpy.typing import ArrayLike

from tenfold.api.in_python import in_python
from tenfold.data.given import GivenData, as_dataset
from tenfold.engines import Engine
from tenfold.engines.live import watched
from tenfold.evaluation import Comparison
from tenfold.evaluation import compare as compare_predictions
from tenfold.files import expand_home
from tenfold.recipes import Recipe
from tenfold.reporting import write_report
from tenfold.reporting.results import Results, find
from tenfold.reporting.systems import sort_runs
from tenfold.runs.evaluate import Evaluation, evaluate_paths
from tenfold.runs.run import Run
from tenfold.studies import DEFAULT_RECIPES, DEFAULT_SEEDS, find_subjects, run_study
from tenfold.training.live import Verbose

GivenRuns = Run | str | Path | Sequence[Run | str | Path]


@in_python
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

    The runs and report.html are in the folder `out`. Finished runs there are kept, interrupted ones continue.
    The result compares all runs in the folder; a notebook shows it as a table and sentences. `verbose`: 0
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


@in_python
def evaluate(runs: GivenRuns, data: GivenData | None = None) -> Evaluation:
    """Evaluate a run, several together (the mean of their probabilities), or the classifier in an ONNX or
    .keras file.

    By default, the test images of the runs' data are used; for a file, MNIST's. Raises InputError if there is
    no such run or the runs were trained on different data, RunError if one is damaged, ModelError if the file
    cannot be used.

    >>> tenfold.evaluate("runs/few").images
    200
    >>> evaluation = tenfold.evaluate(run, (data.x_test[200:700], data.y_test[200:700]))
    >>> evaluation.confusion_matrix.shape
    (10, 10)
    """
    return evaluate_paths(_paths(runs), None if data is None else as_dataset(data))


@in_python
def report(runs: GivenRuns, out: str | Path | None = None) -> Path:
    """Write results.json and report.html about finished runs into `out`, by default the first run's folder.

    A study's folder means all its runs; models in ONNX and .keras files, from anyone, are evaluated on the
    same test images and compared with them. Returns the path of report.html. Raises InputError if there is no
    finished run, or they cannot be compared; ModelError if a file cannot be used.

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
@in_python
def compare(
    runs: GivenRuns | ArrayLike, predictions: Mapping[str, Sequence[ArrayLike]] | None = None
) -> Results | list[Comparison]:
    """Compare several classifiers: which is better, by how much, and how certain that is.

    `compare(runs)` takes finished runs, or the folder of a study, and also ONNX and .keras files, like
    `report`. `compare(y_true, predictions)` takes labels (N,) and, for each classifier, predicted labels
    (N,) per seed: {"mine": [y_pred], "theirs": [y_pred]}.

    Raises InputError if there is no finished run, or they cannot be compared.

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


def _paths(runs: GivenRuns) -> list[Path]:
    """The folders of runs and studies, or files, that were given one by one or in a list."""
    several = [runs] if isinstance(runs, Run | str | Path) else runs
    return [each.path if isinstance(each, Run) else expand_home(each) for each in several]
