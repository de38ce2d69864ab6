"""Several recipes times several seeds, trained and compared."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from tenfold import wording
from tenfold.data import Dataset, load_data
from tenfold.data.load import NAMES
from tenfold.data.mnist import cache_path
from tenfold.data.own import load_own_digits
from tenfold.data.sources import MNIST
from tenfold.engines import NO_CALLBACKS, Engine, Listener, LocalEngine, Task, Usage
from tenfold.errors import DivergedError, FetchError, InputError, RunLockedError
from tenfold.files import expand_home, write_json
from tenfold.recipes import RECIPES, Recipe
from tenfold.recipes.fine_tuning import recipe as fine_tuning_recipe
from tenfold.reporting import USAGE_FILE, ask_models, write_report
from tenfold.reporting.finished_models import FinishedModel
from tenfold.runs.find import runs_in
from tenfold.runs.inference import is_model_file
from tenfold.runs.run import Run
from tenfold.runs.settings import Settings
from tenfold.tracking import Target, parse_target, track_in_background
from tenfold.training.fine_tuning import plan_fine_tuning
from tenfold.training.folder import make_ready, require_alike
from tenfold.training.plan import default_folder, name_in_folders, plan_run, to_plan

DEFAULT_RECIPES = ("mlp-128-64", "cnn-32", "cnn-same-32-64-64")
DEFAULT_SEEDS = 3
QUICK_EPOCHS = 1


def plan_study(
    recipes: Sequence[str | Path | Recipe],
    *,
    folder: Path,
    seeds: int,
    epochs: int | None,
    as_written: bool,
    data: str,
    data_sha256: str,
    engine: Engine,
    again: bool = False,
    permuted: bool = True,
) -> list[Task]:
    """The runs of a study, in the order in which they should start.

    Each recipe is trained with the seeds 0..seeds-1, all recipes with one seed before any with the next. The
    shortest run comes first, for an early report; the others follow longest first, which keeps the cores busy
    to the end. With `permuted`, and unless `as_written`, each recipe is also trained once on permuted pixels.
    Runs already begun in `folder` keep their number of threads; the `engine` chooses it for the others.

    Raises InputError for an unknown recipe or a number out of range, RunError if `folder` holds runs with
    other settings; with `again` these are deleted instead.
    """
    if seeds < 1:
        raise InputError(f"expected at least 1 seed, received {seeds}")
    wanted = [(seed, False) for seed in range(seeds)] + [(0, True)] * (permuted and not as_written)
    by_cost = sorted(map(to_plan, recipes), key=lambda recipe: -recipe.cost)
    threads = engine.threads(len(wanted) * len(by_cost))
    planned: dict[Path, Settings] = {}  # duplicates keep their first position
    order = [(by_cost[-1], *wanted[0])] if by_cost else []
    order += [(recipe, seed, is_permuted) for seed, is_permuted in wanted for recipe in by_cost]
    for recipe, seed, is_permuted in order:
        settings = plan_run(
            recipe,
            data,
            data_sha256,
            seed=seed,
            epochs=epochs,
            threads=threads,
            as_written=as_written,
            permuted=is_permuted,
        )
        planned[folder / _folder_name(settings)] = settings
    if not again:
        require_alike(folder, planned)
    return [Task(path, make_ready(path, settings, again=again)) for path, settings in planned.items()]


def run_study(
    recipes: Sequence[str | Path | Recipe] = DEFAULT_RECIPES,
    *,
    folder: str | Path = "runs/study",
    seeds: int = DEFAULT_SEEDS,
    epochs: int | None = None,
    as_written: bool = False,
    data: Dataset | str = "mnist",
    skip_damaged: bool = False,
    engine: Engine | None = None,
    track: Sequence[str] = (),
    again: bool = False,
    permuted: bool = True,
    listener: Listener = NO_CALLBACKS,
) -> list[Run]:
    """Train and compare `recipes`; return all finished runs in `folder`, in reading order.

    The report and results.json in `folder` cover all of them and are updated after each finished run.
    Finished runs there are kept, interrupted ones resume; runs with other settings, such as an older
    definition of the recipe, are retrained with `again`. Without `permuted`, nothing is trained on permuted
    pixels. A run that diverges does not stop the others: `find_diverged` finds it. `epochs` defaults to each
    recipe's own; `data` and `skip_damaged` are as in `tenfold.load_data`, or `data` is a data set; `engine`
    trains, by default on this machine. `track` names trackers like --track; they get the runs as they
    progress. The `listener` is notified of progress and of how well the cores were used.

    Raises what `plan_study` raises, RunLockedError if another process is using `folder`, RunError if a run
    fails, and DivergedError if all runs diverge.
    """
    to_train = [to_plan(recipe) for recipe in recipes]
    for recipe in to_train:
        if recipe.kind == "read lines":
            raise InputError(
                f"expected recipes for single digits, received {recipe.name}; "
                f"use: tenfold train {recipe.name}"
            )
    targets = [parse_target(text) for text in track]
    folder, engine = Path(folder), engine or LocalEngine()
    digits, spec = load_digits(data, listener, skip_damaged=skip_damaged)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / "study.lock", timeout=0):
            tasks = plan_study(
                to_train,
                folder=folder,
                seeds=seeds,
                epochs=epochs,
                as_written=as_written,
                data=spec,
                data_sha256=digits.sha256,
                engine=engine,
                again=again,
                permuted=permuted,
            )
            if isinstance(data, Dataset):  # only this process has it
                tasks = [replace(task, data=data) for task in tasks]
            listener.on_plan(tasks)
            with track_in_background(targets, folder, listener.on_event) as begin_to_send:
                begin_to_send([task.path for task in tasks])
                _train_and_report(tasks, folder, engine, listener)
    except Timeout:
        raise RunLockedError(
            f"another process is using {folder}; wait for it, or choose another --out"
        ) from None
    return find_runs([folder])


def run_single(
    recipe: str | Recipe,
    *,
    seed: int = 0,
    epochs: int | None = None,
    as_written: bool = False,
    data: str = "mnist",
    skip_damaged: bool = False,
    threads: int | None = None,
    out: Path | None = None,
    track: Sequence[str] = (),
    again: bool = False,
    listener: Listener = NO_CALLBACKS,
) -> Run:
    """`tenfold.train` in a separate process, on `threads` threads, by default all cores."""
    targets = [parse_target(text) for text in track]
    digits, spec = load_digits(data, listener, skip_damaged=skip_damaged)
    settings = plan_run(
        to_plan(recipe),
        spec,
        digits.sha256,
        seed=seed,
        epochs=epochs,
        threads=threads,
        as_written=as_written,
    )
    return _train_alone(settings, out, targets, again, listener)


def run_fine_tuning(
    own: str,
    start: str,
    *,
    seed: int = 0,
    epochs: int | None = None,
    skip_damaged: bool = False,
    out: Path | None = None,
    track: Sequence[str] = (),
    again: bool = False,
    listener: Listener = NO_CALLBACKS,
) -> Run:
    """`tenfold.fine_tune` with the digits in the folder `own`, otherwise like `run_single`."""
    targets = [parse_target(text) for text in track]
    digits = load_own_digits(
        own, skip_damaged=skip_damaged, on_event=listener.on_event, on_pictures=listener.on_pictures
    )
    fine_tuning = plan_fine_tuning(start, digits)
    mnist, spec = _load_mnist_besides(listener)
    settings = plan_run(
        fine_tuning_recipe, spec, mnist.sha256, seed=seed, epochs=epochs, fine_tuning=fine_tuning
    )
    return _train_alone(settings, out, targets, again, listener)


def _train_alone(
    settings: Settings, out: Path | None, targets: Sequence[Target], again: bool, listener: Listener
) -> Run:
    path = out or default_folder(settings)
    task = Task(path, make_ready(path, settings, again=again))
    listener.on_plan([task])
    with track_in_background(targets, path, listener.on_event) as begin_to_send:
        begin_to_send([path])
        if not Run(path).finished:
            LocalEngine(processes=1).train([task], replace(listener, on_diverged=_fail))
    return Run(path)


def _fail(_task: Task, error: DivergedError) -> None:
    raise error


def default_study_folder(*, quick: bool, as_written: bool) -> Path:
    """The default folder of a study, different for each kind so that they do not mix."""
    return Path("runs") / "-".join(["study", *["quick"] * quick, *["as-written"] * as_written])


def find_runs(folders: Sequence[Path]) -> list[Run]:
    """The finished runs that `folders` are or contain; raises InputError for a folder without any."""
    found: dict[Path, Run] = {}
    for folder in folders:
        inside = [run for run in runs_in(folder) if run.finished]
        if not inside:
            raise InputError(f"expected the folder of a finished run or of a study, received {folder}")
        found |= {run.path.resolve(): run for run in inside}
    return in_reading_order(list(found.values()))


def find_ended(folders: Sequence[Path]) -> list[Run]:
    """Like `find_runs`, plus the runs that diverged: all runs of a report."""
    return [*find_runs(folders), *find_diverged(folders)]


def find_subjects(
    paths: Sequence[Path], on_event: Callable[[str], object] | None = None
) -> tuple[list[Run], list[FinishedModel]]:
    """The subjects of a report about `paths`: runs in folders, like `find_ended`, and models in files.

    The models are evaluated on the runs' test images. Raises InputError if there are only files, and what
    `tenfold.reporting.ask_models` raises.
    """
    files = [path for path in paths if is_model_file(path)]
    folders = [path for path in paths if path not in files]
    if not folders:
        raise InputError(
            f"expected the folder of a run to compare {wording.listing([str(file) for file in files])} with; "
            "tenfold evaluate accepts a model on its own"
        )
    runs = find_ended(folders)
    return runs, ask_models(files, runs, on_event)


def find_diverged(folders: Sequence[Path]) -> list[Run]:
    """The runs that diverged and have no result, among those that `folders` are or contain."""
    return in_reading_order([run for folder in folders for run in runs_in(folder) if run.diverged])


def in_reading_order(runs: Sequence[Run]) -> list[Run]:
    """Recipes in their listed order, then others, each before its tuned variants, seeds ascending, permuted
    runs last."""
    place = {name: index for index, name in enumerate(RECIPES)}

    def key(run: Run) -> tuple[bool, int, str, str, int]:
        made = run.settings
        return made.permuted, place.get(made.recipe, len(place)), made.recipe, made.variant, made.seed

    return sorted(runs, key=key)


def _train_and_report(tasks: list[Task], folder: Path, engine: Engine, listener: Listener) -> None:
    outstanding = [task for task in tasks if not Run(task.path).ended]
    if outstanding:
        usage = _train_reporting(outstanding, folder, engine, listener)
        write_json(folder / USAGE_FILE, usage.to_dict())
        listener.on_usage(usage)
    of_study = [Run(task.path) for task in tasks if not task.settings.permuted]
    if all(run.diverged for run in of_study):
        raise DivergedError(
            f"no run of this study has a result; {of_study[0].path}: {of_study[0].divergence}"
        )
    if outstanding or _is_stale(folder / "report.html", find_ended([folder])):
        write_report(find_ended([folder]), folder)


def _train_reporting(tasks: list[Task], folder: Path, engine: Engine, listener: Listener) -> Usage:
    """Train the `tasks`, and update the report after each."""
    # One report at a time, concurrently with training; a newer one in the queue replaces an older one.
    with ThreadPoolExecutor(max_workers=1) as reporter:
        latest: Future[Path] | None = None

        def report_again(run: Run) -> None:
            nonlocal latest
            if latest is not None:
                latest.cancel()
            latest = reporter.submit(write_report, find_ended([folder]), folder)
            listener.on_finished(run)

        usage = engine.train(tasks, replace(listener, on_finished=report_again))
        if latest is not None:
            latest.cancel()  # the final report covers all runs
    return usage


def _is_stale(report: Path, runs: Sequence[Run]) -> bool:
    """Whether a run ended after the report was written, as in a study killed in between."""
    if not report.exists():
        return True
    made = report.stat().st_mtime
    ends = [run.result_path if run.finished else run.diverged_path for run in runs]
    return any(made < end.stat().st_mtime for end in ends)


def load_digits(
    data: Dataset | str, listener: Listener, *, skip_damaged: bool = False
) -> tuple[Dataset, str]:
    """The digits, and their name in a run's settings."""
    if isinstance(data, Dataset):
        return data, data.name
    digits = load_data(
        data, skip_damaged=skip_damaged, on_event=listener.on_event, on_pictures=listener.on_pictures
    )
    return digits, data if data in NAMES else str(expand_home(data).resolve())


def _load_mnist_besides(listener: Listener) -> tuple[Dataset, str]:
    try:
        return load_digits("mnist", listener)
    except FetchError as error:
        raise FetchError(
            "fine-tuning needs MNIST in addition to your digits, and cannot download it; run tenfold fetch "
            f"with a network, or put mnist.npz at {cache_path(MNIST)}"
        ) from error


def _folder_name(settings: Settings) -> str:
    name = name_in_folders(settings)
    return f"{name}-permuted" if settings.permuted else f"{name}-seed-{settings.seed}"
