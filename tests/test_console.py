"""Consoles of all kinds, each in a process of its own: code pages, narrow ones, users without a home."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tenfold import train
from tenfold.console import printable
from tenfold.data import Dataset
from tenfold.runs import Run

CODE_PAGES = ("cp1251", "cp932", "ascii")
OF_AN_UNKNOWN_USER = """
import pwd
def unknown(uid):
    raise KeyError(uid)
pwd.getpwuid = unknown
"""


@pytest.fixture(scope="module")
def run(few_digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """In a folder that no shell takes as it is."""
    return train("mlp-128-64", few_digits, epochs=1, out=tmp_path_factory.mktemp("runs") / "my runs' first")


def tenfold(*arguments: str, **variables: str | None) -> subprocess.CompletedProcess[bytes]:
    """Run a command; a variable that is None is not there."""
    environment = {name: value for name, value in {**os.environ, **variables}.items() if value is not None}
    command = [sys.executable, "-m", "tenfold", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, check=False)


def printed(*arguments: str, **variables: str | None) -> str:
    """Standard output, on a console that prints UTF-8."""
    done = tenfold(*arguments, PYTHONIOENCODING="utf-8", **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


@pytest.fixture(scope="module")
def commands(run: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, ...]]:
    """With tables and sentences; between them they print dashes, no-break spaces, ±, µ and ·."""
    return {
        "recipes": ("recipes",),
        "data": ("data", "mnist"),
        "evaluate": ("evaluate", str(run.path)),
        "report": ("report", str(run.path), "--out", str(tmp_path_factory.mktemp("report"))),
    }


@pytest.fixture(scope="module")
def as_they_are(commands: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """The commands' output on a wide console with every character."""
    return {name: printed(*arguments, COLUMNS="200") for name, arguments in commands.items()}


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z0-9]+", text.replace("µ", "u"))


@pytest.mark.parametrize("code_page", CODE_PAGES)
def test_a_code_page_that_lacks_signs_has_others_for_them(
    code_page: str, commands: dict[str, tuple[str, ...]], as_they_are: dict[str, str]
) -> None:
    for name in ("evaluate", "report"):
        done = tenfold(*commands[name], COLUMNS="200", PYTHONIOENCODING=code_page)

        assert (done.returncode, done.stderr) == (0, b"")
        shown = done.stdout.decode(code_page)
        assert words(shown) == words(as_they_are[name])
        assert "?" not in shown
        assert "\\x" not in shown


def test_bars_fit_a_code_page_and_the_next_command_can_be_typed_as_it_stands(
    digits_csv: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "it's a run"
    done = tenfold(
        *("train", "mlp-128-64", "--epochs", "1", "--data", str(digits_csv), "--out", str(folder)),
        PYTHONIOENCODING="cp1251",
        FORCE_COLOR="1",  # what passes for a terminal
    )

    assert done.returncode == 0, done.stderr
    bars = done.stderr.decode("cp1251")
    assert "\x1b[" in bars
    assert re.search(r"\+.*it's a run: .* on the test images", bars)
    _, _, command = done.stdout.decode("cp1251").partition("next: tenfold ")
    assert shlex.split(command) == ["evaluate", str(folder)]


def test_a_name_is_escaped_if_the_console_lacks_its_letters(tmp_path: Path) -> None:
    done = tenfold("evaluate", str(tmp_path / "ł.onnx"), PYTHONIOENCODING="cp1251")

    assert done.returncode in (1, 2)
    assert b"\\u0142.onnx" in done.stderr
    assert b"Traceback" not in done.stderr


def test_json_is_whole_on_every_console(run: Run) -> None:
    done = tenfold("report", str(run.path), "--json", PYTHONIOENCODING="ascii")

    assert done.returncode == 0
    assert "–" in "".join(json.loads(done.stdout)["conclusion"])


def test_no_figure_is_cut_short_in_forty_columns(
    commands: dict[str, tuple[str, ...]], as_they_are: dict[str, str]
) -> None:
    for name, arguments in commands.items():
        shown = printed(*arguments, COLUMNS="40")

        assert "…" not in shown
        figures = re.findall(r"\d[\d.,]*\d", as_they_are[name].partition("file://")[0])
        assert [figure for figure in figures if figure not in shown] == []
        assert all(len(line) <= 40 for line in shown.splitlines() if line.startswith("  "))


@pytest.mark.skipif(sys.platform == "win32", reason="has no users without a name")
def test_an_unknown_user_without_a_home_folder_has_a_cache_all_the_same(
    digits_csv: Path, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(OF_AN_UNKNOWN_USER)
    nobody = {"HOME": None, "PYTHONPATH": str(tmp_path), "TMPDIR": str(tmp_path), "TENFOLD_CACHE": None}
    unset = dict.fromkeys(("XDG_CACHE_HOME", "KERAS_HOME"))

    described = tenfold("data", str(digits_csv), **nobody, **unset)
    absent = tenfold("data", "~/digits", **nobody, **unset)
    cache = subprocess.run(
        [sys.executable, "-c", "from tenfold.data.cache import cache_folder; print(cache_folder())"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert described.returncode == 0, described.stderr
    assert (absent.returncode, absent.stderr.count(b"\n")) == (2, 1)
    assert Path(cache.stdout.strip()) == tmp_path / ".cache" / "tenfold"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("scan 7.png", "scan 7.png"),
        ("größe×2 日本.png", "größe×2 日本.png"),
        ("C:\\scans\\7.png", "C:\\scans\\7.png"),
        ("narrow\u202fno-break\xa0space", "narrow\u202fno-break\xa0space"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b31m", r"\x9b31m"),
        ("two\nlines\r\t", r"two\nlines\r\t"),
        ("gnp.\u202eexe", r"gnp.\u202eexe"),
        ("a\u2028b", r"a\u2028b"),
        ("\udcff.png", r"\udcff.png"),
        ("\x7f\x00", r"\x7f\x00"),
    ],
)
def test_control_characters_are_escaped_and_the_rest_unchanged(name: str, shown: str) -> None:
    assert printable(name) == shown
