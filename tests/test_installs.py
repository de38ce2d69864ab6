"""Every install does what docs/install.md says, and names the right extra for everything else."""

import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from installs import ROOT, Install, build_wheel, install
from tenfold import __version__, train
from tenfold.data import Dataset
from tenfold.data.cache import cache_folder
from tenfold.runs import Run

EXAMPLE = ROOT / "docs" / "reading" / "example.jpg"
CLASSIFIER = ROOT / "src" / "tenfold" / "reader" / "bundled" / "reader.onnx"


def promises() -> dict[str, tuple[str, ...]]:
    """The extras that each line of the page's table asks for."""
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*) \| `tenfold(?:\[(.*)\])?` \|$", page, re.MULTILINE)
    return {
        what: tuple(filter(None, extras.split(",")))
        for names, extras in rows
        for what in re.findall(r"`([^`]+)`", names)
    }


PROMISES = promises()


@pytest.fixture(scope="module")
def run(few_digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Trained elsewhere."""
    return train("mlp-128-64", few_digits, epochs=1, out=tmp_path_factory.mktemp("runs") / "mlp")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Install]:
    """Makes an environment with these extras, or gives the one made before."""
    wheel = build_wheel(tmp_path_factory.mktemp("wheel"))
    made: dict[tuple[str, ...], Install] = {}

    def give(*extras: str) -> Install:
        if extras not in made:
            made[extras] = install(wheel, extras, tmp_path_factory.mktemp("install") / "environment")
        return made[extras]

    return give


@pytest.fixture
def commands(run: Run, digits_csv: Path) -> dict[str, tuple[str, ...]]:
    """An example of everything that the page promises."""
    digits = ("--data", str(digits_csv))
    return {
        "tenfold read": ("tenfold", "read", str(EXAMPLE)),
        "tenfold recipes": ("tenfold", "recipes"),
        "tenfold data": ("tenfold", "data", str(digits_csv)),
        "tenfold fetch": ("tenfold", "fetch", "mnist"),
        "tenfold evaluate": ("tenfold", "evaluate", str(run.path)),
        "tenfold report": ("tenfold", "report", str(run.path), "--out", "report"),
        "tenfold doctor": ("tenfold", "doctor"),
        "tenfold serve": ("tenfold", "serve", "--port", "0"),
        "tenfold train": ("tenfold", "train", "mlp-128-64", "--epochs", "1", *digits),
        "tenfold study": ("tenfold", "study", "mlp-128-64", "--quick", "--as-written", *digits),
        "tenfold show": ("tenfold", "show", "mlp-128-64"),
        "tenfold export": ("tenfold", "export", str(run.path), "digits.onnx"),
        "tenfold tune": ("tenfold", "tune", "mlp-128-64", "--trials", "1", "--epochs", "1", *digits),
        "tenfold track": ("tenfold", "track", str(run.path), "--to", "tensorboard:events"),
        "tenfold read-many": ("tenfold", "read-many", str(EXAMPLE.parent), "read"),
        "tenfold study --engine ray": (
            "tenfold",
            "study",
            "mlp-128-64",
            "--quick",
            "--engine",
            "ray",
            *digits,
        ),
        "tenfold.Reader": python(f"print(tenfold.Reader().read({str(EXAMPLE)!r}).text)"),
        "tenfold.load_data": python("tenfold.load_data('mnist').x_train"),
        "tenfold.open_run": python(f"tenfold.open_run({str(run.path)!r}).predictions.y_pred"),
        "tenfold.compare": python("tenfold.compare([0, 1, 1], {'a': [[0, 1, 0]], 'b': [[1, 0, 1]]})"),
        "tenfold.train": python(
            f"tenfold.train('mlp-512', tenfold.load_data({str(digits_csv)!r}), epochs=1).load_model()"
        ),
    }


def python(statement: str) -> tuple[str, ...]:
    return ("python", "-c", f"import tenfold; {statement}")


def run_in(place: Install, command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return place.run(*command, TENFOLD_CACHE=str(cache_folder()))


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a command prints, or the last of a traceback."""
    lines = done.stderr.splitlines()
    assert done.returncode == 1
    assert len(lines) == 1 or done.stderr.startswith("Traceback")
    return lines[-1]


def promised_by(*extras: str) -> list[str]:
    """What the page promises for exactly these extras, but for the service."""
    return [what for what, needed in PROMISES.items() if needed == extras and what != "tenfold serve"]


def test_everything_that_the_page_promises_is_tried(commands: dict[str, tuple[str, ...]]) -> None:
    assert set(commands) == set(PROMISES)


def test_the_version_stands_in_one_place(installed: Callable[..., Install]) -> None:
    statement = "import importlib.metadata as m; print(tenfold.__version__, m.version('tenfold'))"
    done = run_in(installed(), python(statement))

    assert done.stdout.split() == [__version__, __version__]
    assert not (ROOT / "pyproject.toml").read_text(encoding="utf-8").count(f'"{__version__}"')


def test_the_base_install_reads_looks_at_data_and_at_runs(
    installed: Callable[..., Install], commands: dict[str, tuple[str, ...]]
) -> None:
    base = installed()

    done = {what: run_in(base, commands[what]) for what in promised_by()}

    assert {what: (ended.returncode, ended.stderr) for what, ended in done.items() if ended.returncode} == {}
    assert done["tenfold read"].stdout == done["tenfold.Reader"].stdout == "31415926\n27182818\n"
    assert run_in(base, ("tenfold", "evaluate", str(CLASSIFIER))).returncode == 0
    assert (base.folder / "work" / "report" / "report.html").exists()
    assert list(base.home.iterdir()) == []


def test_the_base_install_names_missing_extras_at_once(
    installed: Callable[..., Install], commands: dict[str, tuple[str, ...]]
) -> None:
    """All of them: installing the extra that a message names is enough."""
    for what, extras in PROMISES.items():
        if extras:
            assert f"pip install 'tenfold[{','.join(extras)}]'" in refusal(
                run_in(installed(), commands[what])
            )


def test_the_service_needs_its_own_extra_alone(installed: Callable[..., Install], run: Run) -> None:
    place = installed("serve")
    assert PROMISES["tenfold serve"] == ("serve",)
    process = subprocess.Popen(
        [
            place.folder / "bin" / "tenfold",
            "serve",
            "--port",
            "0",
            "--runs",
            run.path.parent,
            "--keep",
            "kept",
        ],
        cwd=place.folder / "work",
        env=place.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            answers = {path: ask(address + path) for path in ("", "docs", "v1/runs", "metrics")}
            reading = ask(f"{address}v1/read", EXAMPLE.read_bytes())
        finally:
            process.send_signal(signal.SIGTERM)

    assert process.returncode == 0
    assert b'"text":"31415926\\n27182818"' in reading
    assert b'"recipe":"mlp-128-64"' in answers["v1/runs"]
    assert list(place.home.iterdir()) == []


def ask(url: str, body: bytes | None = None) -> bytes:
    with urlopen(Request(url, data=body), timeout=60) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content


def test_runs_are_tracked_without_keras(
    installed: Callable[..., Install], commands: dict[str, tuple[str, ...]]
) -> None:
    done = run_in(installed("track"), commands["tenfold track"])

    assert (done.returncode, done.stderr) == (0, "")


def test_training_needs_its_own_extra_alone(
    installed: Callable[..., Install], commands: dict[str, tuple[str, ...]]
) -> None:
    """Keras leaves its settings in the home folder; nothing else is left there."""
    place = installed("train")

    done = run_in(place, commands["tenfold train"])

    assert done.returncode == 0, done.stderr
    assert [path.relative_to(place.home).as_posix() for path in place.home.rglob("*") if path.is_file()] == [
        ".keras/keras.json"
    ]


def test_the_line_without_tensorflow_names_the_rest_of_the_extra(installed: Callable[..., Install]) -> None:
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^    pip install \. (\w.*)$", page, re.MULTILINE)
    named = {requirement.name for requirement in installed("train").asked_for(of_extra="train")}

    assert set(line.split()) == {name for name in named if not name.startswith("tensorflow")}


@pytest.mark.slow
@pytest.mark.parametrize(
    "extras", [("train",), ("train", "tune"), ("cluster",), ("train", "cluster")], ids=",".join
)
def test_an_install_does_what_the_page_promises(
    installed: Callable[..., Install], commands: dict[str, tuple[str, ...]], extras: tuple[str, ...]
) -> None:
    promised = promised_by(*extras)
    place = installed(*extras)

    done = {what: run_in(place, commands[what]) for what in promised}

    assert promised
    assert {what: (ended.returncode, ended.stderr) for what, ended in done.items() if ended.returncode} == {}
