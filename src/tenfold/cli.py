"""The command line: one function per command, each of which parses, calls one function and prints."""

import errno
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tenfold.errors import InputError, TenfoldError

if TYPE_CHECKING:
    from tenfold.training import Run

app = typer.Typer(
    help="Train handwritten-digit classifiers, compare them honestly, and read real handwriting.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # prettier help takes as long to load as all the rest
    context_settings={"help_option_names": ["-h", "--help"]},
)

RecipeName = Annotated[
    str, typer.Argument(metavar="RECIPE", help="A name that `tenfold recipes` lists, or a recipe file.toml.")
]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a finished run.")]
Data = Annotated[
    str,
    typer.Option(
        help="mnist, fashion-mnist, or a path: .npz, IDX files, a folder per digit, a CSV (file,label)."
    ),
]
AsWritten = Annotated[
    bool, typer.Option("--as-written", help="Train as the document does: on all training images.")
]
EngineName = Annotated[
    Literal["local", "ray"], typer.Option("--engine", help="Train on this machine, or on a Ray cluster.")
]
Address = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT", help="Of a Ray cluster, or auto. [default: one of this machine alone]"),
]
Checkpoints = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Where a cluster's machines keep what runs have finished."),
]
Track = Annotated[
    list[str] | None,
    typer.Option(metavar="mlflow[:URI]|tensorboard[:DIR]", help="Show the runs there, too, as they grow."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

# What is wrong with a path itself, rather than with the disk it leads to.
_UNUSABLE_PATH = (
    errno.EACCES, errno.EEXIST, errno.EISDIR, errno.ENOENT, errno.ENOTDIR, errno.EPERM, errno.EROFS,
)  # fmt: skip


# Which extra of tenfold brings a package that only some options need.
_EXTRAS = {"ray": "cluster", "pyarrow": "cluster", "fsspec": "cluster"}


@app.command()
def study(
    recipes: Annotated[
        list[str] | None, typer.Argument(metavar="RECIPE", help="By default an MLP and two CNNs.")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(help="Runs per recipe, each from another random start. [default: 3]")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All seven documented recipes.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="A first look: two epochs, one seed.")] = False,
    as_written: AsWritten = False,
    data: Data = "mnist",
    out: Annotated[Path | None, typer.Option(help="The study's folder. [default: one in runs/]")] = None,
    engine: EngineName = "local",
    address: Address = None,
    checkpoints: Checkpoints = None,
    track: Track = None,
    as_json: AsJson = False,
) -> None:
    """Train several classifiers, compare them, and write a report."""
    from tenfold import study as studies
    from tenfold import terminal
    from tenfold.recipes import DOCUMENTED
    from tenfold.training.engines import open_engine

    if every and recipes:
        raise InputError("--all means every recipe: leave it out, or leave out the recipes' names")
    folder = out or studies.default_study_folder(quick=quick, as_written=as_written)
    default_seeds = 1 if quick else studies.DEFAULT_SEEDS
    with _resumable(), terminal.TrainingBars() as bars:
        runs = studies.run_study(
            recipes or (DOCUMENTED if every else studies.DEFAULT_RECIPES),
            folder=folder,
            seeds=default_seeds if seeds is None else seeds,
            epochs=studies.QUICK_EPOCHS if quick else None,
            as_written=as_written,
            data=data,
            engine=open_engine(engine, address, checkpoints),
            track=track or (),
            on_event=terminal.tell,
            on_plan=bars.plan,
            on_progress=bars.show,
            on_finished=bars.finish,
            on_usage=bars.tell_usage,
        )
    _print_study(runs, folder / "report.html", as_json=as_json)


@app.command()
def train(
    recipe: RecipeName,
    seed: Annotated[int, typer.Option(help="Decides the random start and the order of the images.")] = 0,
    epochs: Annotated[
        int | None, typer.Option(help="How often to go through the training images. [default: the recipe's]")
    ] = None,
    as_written: AsWritten = False,
    data: Data = "mnist",
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="bundled|FILE.onnx",
            help="Fine-tune a reader: go on from this model, with your own digits, --data DIR.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The run's folder. [default: runs/RECIPE-seed-SEED or RECIPE-fine-tuned-seed-SEED]"
        ),
    ] = None,
    track: Track = None,
    as_json: AsJson = False,
) -> None:
    """Train one classifier."""
    from tenfold import terminal
    from tenfold.study import run_single

    with _resumable(), terminal.TrainingBars() as bars:
        run = run_single(
            recipe,
            seed=seed,
            epochs=epochs,
            as_written=as_written,
            data=data,
            start=start,
            out=out,
            track=track or (),
            on_event=terminal.tell,
            on_plan=bars.plan,
            on_progress=bars.show,
            on_finished=bars.finish,
        )
    if as_json:
        _print_json(run.result)
    else:
        terminal.print_run(run)


@app.command()
def tune(
    recipe: RecipeName,
    trials: Annotated[int, typer.Option(help="How many trainings there are to be in all.")] = 20,
    epochs: Annotated[int | None, typer.Option(help="Of each trial. [default: the recipe's]")] = None,
    seed: Annotated[int, typer.Option(help="Decides which images are held out, and what is tried.")] = 0,
    data: Data = "mnist",
    out: Annotated[Path | None, typer.Option(help="The folder. [default: runs/tune-RECIPE]")] = None,
    engine: EngineName = "local",
    address: Address = None,
    checkpoints: Checkpoints = None,
    as_json: AsJson = False,
) -> None:
    """Look for better values of a recipe's fields, on held-out images alone."""
    from tenfold import terminal, tuning
    from tenfold.training.engines import open_engine

    folder = out or tuning.default_tuning_folder(recipe)
    with _resumable(), terminal.TrainingBars() as bars:
        findings = tuning.tune(
            recipe,
            folder=folder,
            trials=trials,
            epochs=epochs,
            seed=seed,
            data=data,
            engine=open_engine(engine, address, checkpoints),
            on_event=terminal.tell,
            on_plan=bars.plan_trials,
            on_progress=bars.show,
            on_trial=bars.finish_trial,
        )
    if as_json:
        _print_json(findings.to_dict())
    else:
        terminal.print_tuning(findings, folder)


@app.command()
def recipes(as_json: AsJson = False) -> None:
    """List what can be trained."""
    from tenfold import terminal
    from tenfold.recipes import RECIPES, load_recipe

    listed = [load_recipe(name) for name in RECIPES]
    if as_json:
        _print_json([recipe.facts() for recipe in listed])
    else:
        terminal.print_recipes(listed)


@app.command()
def show(
    recipe: RecipeName,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw the architecture into this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a recipe's network, layer by layer."""
    from tenfold import terminal
    from tenfold.files import write_text
    from tenfold.recipes import load_recipe
    from tenfold.report import draw_architecture
    from tenfold.training.layers import layers_of

    found = load_recipe(recipe)
    layers = layers_of(found)
    if picture:
        write_text(picture, draw_architecture(layers))
    if as_json:
        _print_json({**found.facts(), "layers": layers})
    else:
        terminal.print_network(found, layers, picture)


@app.command()
def evaluate(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN...|FILE.onnx",
            help="Folders of finished runs, which answer together; or a classifier of your own.",
        ),
    ],
    data: Annotated[
        str | None,
        typer.Option(
            help="Other digits, as for `tenfold train`. [default: the runs' test images; for a file MNIST's]"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Evaluate runs, or a classifier of your own, on test images or others."""
    from tenfold import terminal
    from tenfold.training.evaluate import evaluate_paths

    evaluation = evaluate_paths(runs, data, on_event=terminal.tell)
    if as_json:
        _print_json({**asdict(evaluation), "confusion_matrix": evaluation.confusion_matrix.tolist()})
    else:
        terminal.print_evaluation(evaluation)


@app.command()
def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN", help="Runs' folders, or studies' folders.")],
    out: Annotated[Path | None, typer.Option(help="Where to write it. [default: the first folder]")] = None,
    as_json: AsJson = False,
) -> None:
    """Make the report again from finished runs."""
    from tenfold.report import write_report
    from tenfold.study import find_runs

    found = find_runs(runs)
    _print_study(found, write_report(found, out or runs[0]), as_json=as_json)


@app.command()
def track(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN", help="Runs' folders, or studies' folders.")],
    to: Annotated[
        list[str], typer.Option(metavar="mlflow[:URI]|tensorboard[:DIR]", help="Where; may be given again.")
    ],
) -> None:
    """Send runs to MLflow or TensorBoard, afterwards or again."""
    from tenfold import terminal
    from tenfold.tracking import begun_runs, parse_target, send

    targets = [parse_target(text) for text in to]
    found = begun_runs(runs)
    for target in targets:
        terminal.print_tracked(target, len(found), send([run.path for run in found], target))


@app.command()
def export(
    run: RunFolder,
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.onnx|FILE.keras|DIR",
            help="What to write: without a suffix, the folder of a SavedModel.",
        ),
    ],
) -> None:
    """Write a run's network as ONNX, .keras or SavedModel, and prove that it computes the same there."""
    from tenfold import terminal
    from tenfold.export.export import export_run
    from tenfold.training import open_run

    terminal.print_export(path, export_run(open_run(run), path, on_event=terminal.tell))


@app.command()
def data(
    source: Annotated[str, typer.Argument(metavar="[DATA]", help="As --data of `tenfold train`.")] = "mnist",
    pictures: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Write a sheet of samples with their labels.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Describe digits: shapes, values, images per class."""
    from tenfold import terminal
    from tenfold.data import load_data, summarize, write_contact_sheet

    digits = load_data(source, on_event=terminal.tell)
    if pictures:
        write_contact_sheet(digits, pictures)
        terminal.tell(f"wrote {pictures}")
    if as_json:
        _print_json(asdict(summarize(digits)))
    else:
        terminal.print_data(summarize(digits))


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="mnist or fashion-mnist")] = "mnist",
) -> None:
    """Get images now, to work offline later."""
    from tenfold import terminal
    from tenfold.data import fetch as fetch_data

    terminal.out.print(fetch_data(name, on_event=terminal.tell), soft_wrap=True, highlight=False)


@app.command()
def read(
    pictures: Annotated[
        list[str], typer.Argument(metavar="FILE|DIR|-...", help="Pictures, folders of them, or - for stdin.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON per picture.")] = False,
    single: Annotated[bool, typer.Option("--single", help="Each picture holds one digit.")] = False,
    annotate: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.png", help="Draw what was read; a folder where there are several pictures."
        ),
    ] = None,
    explain: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write every stage, from picture to digits, as PNG.")
    ] = None,
    max_pixels: Annotated[
        int | None, typer.Option(help="Refuse larger pictures. [default: 50 million]", min=1)
    ] = None,
    engine: Annotated[
        Literal["local", "ray"] | None,
        typer.Option(
            help="Read millions: INPUT, a folder, a glob, .tar or .parquet files, into the folder OUTPUT, "
            "on all cores or with Ray."
        ),
    ] = None,
    address: Address = None,
) -> None:
    """Read the digits in pictures; ? stands where it is not sure."""
    if engine or address:
        if annotate or explain:
            raise InputError(
                "--annotate and --explain draw a few pictures: leave them out, or leave out --engine"
            )
        _read_many(pictures, engine or "ray", address, single, max_pixels, as_json=as_json)
        return

    from tenfold.reader import Reader
    from tenfold.reader.files import Drawings, find_sources, read_sources
    from tenfold.reader.output import print_outcome, print_outcome_as_json, show_progress

    sources = find_sources(pictures)
    drawings = Drawings(annotate, explain, several=len(sources) > 1)
    reader = Reader() if max_pixels is None else Reader(max_pixels=max_pixels)
    failed = 0
    for outcome in show_progress(read_sources(sources, reader, single=single), len(sources)):
        if as_json:
            print_outcome_as_json(outcome)
        else:
            print_outcome(outcome, named=len(sources) > 1)
        drawings.draw(outcome)
        failed += outcome.trace is None
    if failed:
        raise typer.Exit(2)


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="0.0.0.0 for all the network: give a --token, too.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 for any that is free.")] = 8765,
    model: Annotated[
        Path | None, typer.Option(metavar="FILE.onnx", help="Read with this network. [default: the bundled]")
    ] = None,
    runs: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Let the page compare the trained runs in this folder.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep what the page's users correct in this folder.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(envvar="TENFOLD_TOKEN", help="Answer only to those who give this token.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes that answer.")] = 1,
    max_body: Annotated[int, typer.Option(help="Refuse larger bodies, in bytes.")] = 20 * 2**20,
    max_pixels: Annotated[int, typer.Option(help="Refuse larger pictures.")] = 50_000_000,
    timeout: Annotated[float, typer.Option(help="Cut requests that take longer, in seconds.")] = 30.0,
    log: Annotated[bool, typer.Option("--log", help="Log size, time and status of every request.")] = False,
) -> None:
    """Start a page to draw on, and an HTTP service for programs."""
    from tenfold.serve import Settings
    from tenfold.serve import serve as run_service

    settings = Settings(
        host=host,
        port=port,
        model=model,
        runs=runs,
        keep=keep,
        token=token,
        workers=workers,
        max_body_bytes=max_body,
        max_pixels=max_pixels,
        timeout_s=timeout,
        log=log,
    )
    run_service(settings, on_ready=lambda address: print(address, flush=True))  # noqa: T201


def main() -> None:
    """Run the command line; what goes wrong is one line on stderr, with exit code 2 for bad input, else 1."""
    try:
        app()
    except InputError as error:
        _fail(str(error), 2)
    except TenfoldError as error:
        _fail(str(error), 1)
    except OSError as error:
        if error.errno in _UNUSABLE_PATH:
            _fail(f"{error.filename} cannot be used: {error.strerror}; choose another place", 2)
        where = f": {error.filename}" if error.filename else ""
        _fail(
            f"{error.strerror or error}{where}. What was finished is kept; the same command goes on there.", 1
        )
    except ModuleNotFoundError as error:
        if (error.name or "tenfold").startswith("tenfold"):
            raise
        command = {"serve": "serve"}.get("".join(sys.argv[1:2]), "train")
        extra = _EXTRAS.get((error.name or "").partition(".")[0], command)
        _fail(f"this needs the package {error.name}: pip install 'tenfold[{extra}]'", 1)


def _fail(message: str, code: int) -> None:
    print(f"tenfold: {message}", file=sys.stderr)  # noqa: T201
    sys.exit(code)


def _read_many(
    places: list[str],
    engine: Literal["local", "ray"],
    address: str | None,
    single: bool,
    max_pixels: int | None,
    *,
    as_json: bool,
) -> None:
    from tenfold.bulk import output, read_many
    from tenfold.imaging.decode import MAX_PIXELS

    if len(places) != 2:
        raise InputError(f"--engine takes INPUT and OUTPUT, received {len(places)} places: quote a glob")
    # Ray tells of what it lost on stdout, where the summary is to stand alone.
    with _resumable("What was read is kept"), output.show_bar() as show:
        summary = read_many(
            *places,
            engine=engine,
            address=address,
            single=single,
            max_pixels=max_pixels or MAX_PIXELS,
            on_progress=show,
        )
    if as_json:
        output.print_summary_as_json(summary)
    else:
        output.print_summary(summary)


def _print_study(runs: "list[Run]", report: Path, *, as_json: bool) -> None:
    from tenfold import terminal
    from tenfold.report import collect_results

    if as_json:
        _print_json(collect_results(runs))
    else:
        terminal.print_study(collect_results(runs), report)


def _print_json(content: Any) -> None:
    print(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))  # noqa: T201


@contextmanager
def _resumable(kept: str = "All finished epochs are kept") -> Iterator[None]:
    """On Ctrl-C, or asked to end by SIGTERM, say how to go on; standard output is left to the result."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with redirect_stdout(sys.stderr):  # where Ray tells of workers and machines that were lost
            yield
    except KeyboardInterrupt:
        _fail(f"interrupted. {kept}; the same command goes on from there.", 130)
    finally:
        signal.signal(signal.SIGTERM, before)
