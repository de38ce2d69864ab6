"""`tenfold read-many`: output and errors."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tenfold import cli

from .conftest import numbered, rows_in, write_folder, write_tar


def refusal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: object
) -> tuple[int, str]:
    """The exit code and stderr."""
    monkeypatch.setattr("sys.argv", ["tenfold", "read-many", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(stopped.value.code or 0), capsys.readouterr().err


def test_the_summary_and_what_is_kept(digits: list[bytes], tmp_path: Path) -> None:
    write_tar(tmp_path / "in" / "a.tar", {**numbered(digits), "bad.png": b"no picture"})
    command = [sys.executable, "-m", "tenfold", "read-many", "--single"]
    command += [str(tmp_path / "in"), str(tmp_path / "out")]

    first, again, told = (
        subprocess.run([*command, *more], capture_output=True, text=True, check=True)
        for more in ([], [], ["--json"])
    )

    assert [done.stderr for done in (first, again, told)] == ["", "", ""]
    assert first.stdout.startswith("31 images, 1 with errors, in ")
    assert first.stdout.endswith(f" a second: {tmp_path}/out\n")
    assert again.stdout == f"all 1 parts were already there: {tmp_path}/out\n"
    summary = json.loads(told.stdout)
    assert (summary["parts"], summary["kept"], summary["images"]) == (1, 1, 0)
    assert summary["output"] == f"{tmp_path}/out"


def test_a_bar_is_shown_on_a_terminal(digits: list[bytes], tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="needs a terminal as POSIX has them")
    given, output = write_folder(tmp_path / "in", digits), tmp_path / "out"
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as terminal:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tenfold",
                "read-many",
                "--single",
                "--json",
                given,
                output,
            ],
            stdout=subprocess.PIPE,
            stderr=follower,
            check=True,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        )
        os.close(follower)
        shown = terminal.read(10_000)

    assert json.loads(done.stdout)["images"] == len(rows_in(output)) == 30
    assert b"reading" in shown
    assert b"0/1" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a", "b", "c"), "unexpected extra argument(s) (c)"),
        (("a",), "Missing argument 'OUTPUT'"),
        (("nowhere", "out"), "received nowhere, which matches nothing"),
        (("--address", "auto", ".", "out"), "--address is a Ray cluster's: add --engine ray"),
        ((".", "."), "expected another folder for the output than the input's"),
        (("nonsense://a", "out"), "Protocol not known: nonsense"),
        (("--engine", "spark", ".", "out"), "spark"),
        (("-", "out"), "received -, which matches nothing"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: tuple[str, ...],
    said: str,
    digits: list[bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(write_folder(tmp_path / "in", digits[:1]))

    code, told = refusal(capsys, monkeypatch, *arguments)

    assert code == 2
    assert said in told
    assert "Traceback" not in told
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == ["00000.png"]


def test_a_missing_package_names_the_extra(
    digits: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)

    code, told = refusal(capsys, monkeypatch, tmp_path, tmp_path / "out")

    assert (code, told) == (1, "tenfold: this needs the package fsspec: pip install 'tenfold[cluster]'\n")
