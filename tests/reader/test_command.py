"""`tenfold read`: its output, files and exit codes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner, Result

from hostile_pictures import table
from tenfold import cli
from tenfold.imaging.bounds import MAX_COMPONENTS, MAX_DIGITS, MAX_LINES
from tenfold.reader import Reader
from tenfold.reader import reader as reader_module


@pytest.fixture(autouse=True)
def _with_the_small_model(small_model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "BUNDLED_MODEL", small_model.path)


@pytest.fixture
def picture(page: NDArray[np.uint8], tmp_path: Path) -> Path:
    path = tmp_path / "page.png"
    Image.fromarray(page).save(path)
    return path


def read(*arguments: object, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(cli.app, ["read", *map(str, arguments)], input=stdin)


def test_each_line_of_digits_is_printed_as_a_line_of_text(picture: Path, small_reader: Reader) -> None:
    result = read(picture)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == small_reader.read(picture).text + "\n"
    assert result.stdout.count("\n") == 3


def test_signs_are_printed_on_request(tmp_path: Path) -> None:
    paper = np.full((140, 340), 255, np.uint8)
    cv2.imwrite(
        str(tmp_path / "amount.png"),
        cv2.putText(paper, "12.50", (30, 95), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 4, cv2.LINE_AA),
    )

    assert read(tmp_path / "amount.png").stdout == "1250\n"
    assert read("--signs", tmp_path / "amount.png").stdout == "12.50\n"


def test_with_several_pictures_every_line_starts_with_the_name(picture: Path, small_reader: Reader) -> None:
    result = read(picture, picture)

    lines = [f"{picture}: {line.text}\n" for line in small_reader.read(picture).lines]
    assert result.stdout == 2 * "".join(lines)


def test_standard_input_is_a_dash(picture: Path, small_reader: Reader) -> None:
    assert read("-", stdin=picture.read_bytes()).stdout == small_reader.read(picture).text + "\n"


def test_json_is_one_line_per_picture(picture: Path, small_reader: Reader) -> None:
    result = read("--json", picture, picture.parent / "nowhere.png")

    good, bad = map(json.loads, result.stdout.splitlines())
    assert good == {"file": str(picture), **small_reader.read(picture).to_dict()}
    assert bad.keys() == {"file", "error"}
    assert "No such file" in bad["error"]


def test_pages_are_numbered(picture: Path, small_reader: Reader) -> None:
    scan = picture.parent / "scan.tif"
    with Image.open(picture) as sheet:
        sheet.save(scan, save_all=True, append_images=[sheet])

    first, pages, as_json = read(scan), read(scan, "--pages"), read(scan, "--pages", "--json")

    text = small_reader.read(picture).text
    assert first.stdout == f"{text}\n"
    assert first.stderr == f"tenfold: {scan}: only the first page was read; --pages reads all\n"
    assert pages.stdout.splitlines() == [
        f"{scan}, page {page}: {line}" for page in (1, 2) for line in text.splitlines()
    ]
    assert pages.stderr == ""
    assert [json.loads(line)["page"] for line in as_json.stdout.splitlines()] == [1, 2]


def test_other_files_in_a_folder_are_reported_on_one_line_of_stderr(picture: Path) -> None:
    for number in range(12):
        (picture.parent / f"labels-{number:02}.csv").touch()

    result = read(picture.parent)

    assert result.exit_code == 0
    assert result.stderr.startswith("tenfold: skipped, because their names are not those of pictures: ")
    assert "labels-04.csv and 7 more" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_single_digit_prints_one_character(picture: Path) -> None:
    assert read("--single", picture).stdout.strip() in set("0123456789?")


def test_a_blank_picture_prints_a_note_and_no_result(tmp_path: Path) -> None:
    path = tmp_path / "blank.png"
    Image.new("L", (200, 100), "white").save(path)

    result = read(path)

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"{path}: no digits found\n"


def test_each_bad_picture_is_one_line_on_stderr_and_the_exit_code_is_2(
    picture: Path, small_reader: Reader
) -> None:
    folder = picture.parent / "empty"
    folder.mkdir()
    broken = picture.parent / "broken.png"
    broken.write_bytes(b"GIF89a")

    result = read(broken, picture, folder)

    assert result.exit_code == 2
    assert len(result.stdout.splitlines()) == 3
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == ["tenfold", "tenfold"]
    assert str(broken) in result.stderr
    assert f"expected pictures in the folder {folder}, received none" in result.stderr


def test_the_maximum_number_of_pixels_is_configurable(picture: Path) -> None:
    result = read(picture, "--max-pixels", 1000)

    assert result.exit_code == 2
    assert "more than the 1,000 allowed here" in result.stderr


def test_annotate_and_explain_write_drawings(picture: Path, tmp_path: Path) -> None:
    result = read(picture, "--annotate", tmp_path / "drawn.png", "--explain", tmp_path / "explained")

    assert result.exit_code == 0
    with Image.open(tmp_path / "drawn.png") as drawn:
        assert drawn.mode == "RGB"
    assert (tmp_path / "explained" / "overview.png").exists()


def test_an_undecodable_name_is_still_printed(picture: Path, page: NDArray[np.uint8], tmp_path: Path) -> None:
    odd = os.fsdecode(bytes(tmp_path) + b"/\xff.png")
    Image.fromarray(page).save(odd)

    assert "\\udcff.png: " in read(odd, picture).stdout
    assert json.loads(read("--json", odd).stdout)["file"] == odd


def test_names_with_control_characters_are_escaped(
    picture: Path, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("\x1b[31mread\n.png", "\x9bblank.png", "damaged\u202e.png"):
        Image.fromarray(page if "read" in name else np.full_like(page, 255)).save(folder / name)
    (folder / "damaged\u202e.png").write_bytes(b"GIF89a")
    result = read(folder)

    assert all(line.isprintable() for line in (*result.stdout.splitlines(), *result.stderr.splitlines()))
    assert rf"{folder}/\x1b[31mread\n.png: " in result.stdout
    assert rf"{folder}/\x9bblank.png: no digits found" in result.stderr
    assert rf"{folder}/damaged\u202e.png is not a picture tenfold can read" in result.stderr


def test_a_progress_bar_is_shown_on_a_terminal_and_not_in_the_output(picture: Path, small_model: Any) -> None:
    pty = pytest.importorskip("pty", reason="needs a terminal as POSIX has them")
    script = (
        "from pathlib import Path; from tenfold.cli import main; import tenfold.reader.reader as r; "
        f"r.BUNDLED_MODEL = Path({str(small_model.path)!r}); main()"
    )
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as terminal:
        done = subprocess.run(
            [sys.executable, "-c", script, "read", picture, picture],
            stdout=subprocess.PIPE,
            stderr=follower,
            check=True,
            env={**os.environ, "TERM": "xterm"},
        )
        os.close(follower)
        shown = terminal.read(10_000)

    assert done.stdout.decode() == read(picture, picture).stdout
    assert b"reading" in shown


def test_a_picture_over_the_limits_is_named_and_the_next_one_is_read(
    picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenfold.imaging.segment.MAX_COMPONENTS", 100)
    crowded = picture.parent / "table.png"
    Image.fromarray(table((1000, 1000), np.random.default_rng(0), height=40)).save(crowded)

    result = read(crowded, picture)

    assert result.exit_code == 2
    assert re.fullmatch(
        rf"tenfold: {re.escape(str(crowded))} has \d\d\d separate marks, more than the 100 allowed in one "
        r"picture; crop it into parts, or remove noise and patterns\n",
        result.stderr,
    )
    assert result.stdout.count(f"{picture}: ") == 3


def test_the_help_and_the_documentation_state_the_limits() -> None:
    document = Path(__file__).parents[2] / "docs" / "read.md"
    for text in (" ".join(read("--help").stdout.split()), document.read_text(encoding="utf-8")):
        for bound in (f"{MAX_COMPONENTS:,} separate marks", f"{MAX_LINES} lines", f"{MAX_DIGITS:,} digits"):
            assert bound in text


def test_a_table_is_printed_as_csv_and_doubtful_cells_are_listed_on_stderr(
    picture: Path, small_reader: Reader
) -> None:
    table = small_reader.read_table(picture)

    result = read("--table", picture)

    assert result.exit_code == 0
    assert result.stdout == table.to_csv()
    assert len(result.stdout.splitlines()) == 3
    assert len(result.stderr.splitlines()) == len(table.doubtful)
    for line, (row, column) in zip(result.stderr.splitlines(), table.doubtful, strict=True):
        assert line.startswith(f"tenfold: {picture}: row {row + 1}, column {column + 1} is ")


def test_a_table_as_json_has_cells_and_the_reading(picture: Path, small_reader: Reader) -> None:
    content = json.loads(read("--table", "--json", picture).stdout)

    assert content == {"file": str(picture), **small_reader.read_table(picture).to_dict()}


def test_with_several_tables_each_follows_its_name(picture: Path, small_reader: Reader) -> None:
    csv = small_reader.read_table(picture).to_csv()

    assert read("--table", picture, picture).stdout == 2 * f"{picture}\n{csv}"


def test_table_and_single_are_mutually_exclusive(picture: Path) -> None:
    result = read("--table", "--single", picture)

    assert "expected --table or --single" in str(result.exception)
