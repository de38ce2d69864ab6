"""What the pages say can be typed."""

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tenfold import cli
from tenfold.data import Dataset

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = typer.main.get_command(cli.app).commands

# A command line is indented; in a synopsis it goes on in lines that are indented further.
TYPED = re.compile(r"^ {4}(?:python -m )?tenfold ([\w-]+)(.*(?:\n {5,}.*)*)", re.MULTILINE)


def python_blocks(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_on_a_page_exist(page: Path) -> None:
    for command, rest in TYPED.findall(page.read_text(encoding="utf-8")):
        assert command in COMMANDS
        explained = CliRunner().invoke(cli.app, [command, "--help"]).stdout
        for option in re.findall(r"--[a-z-]+", rest):
            assert f"{option} " in explained, f"{page.name}: tenfold {command} has no {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target.partition("#")[0]).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_on_a_page_is_python(page: Path) -> None:
    for block in python_blocks(page):
        compile(block, page.name, "exec")


def test_python_on_the_page_about_reading_gives_what_stands_beside_it() -> None:
    (block,) = (block for block in python_blocks(ROOT / "docs" / "read.md") if "import numpy" in block)
    names: dict[str, object] = {}
    checked = 0
    for line in block.splitlines():
        code, _, beside = line.partition("  # ")
        if re.match(r"[\w\[\]:, ]+ = |import |$", code):
            exec(code, names)  # noqa: S102
        else:
            assert repr(eval(code, names)) == beside, line  # noqa: S307
            checked += 1
    assert checked == 7


def test_python_on_the_page_about_data_gives_what_stands_beside_it(mnist: Dataset) -> None:
    names: dict[str, object] = {}
    checked = 0
    for line in "".join(python_blocks(ROOT / "docs" / "data.md")).splitlines():
        code, _, beside = line.partition("  # ")
        if "fashion" in code:  # may need a network
            continue
        if re.match(r"\w+ =|from |import |$", code):
            exec(code, names)  # noqa: S102
        else:
            assert beside.startswith(repr(eval(code, names))), line  # noqa: S307
            checked += 1
    assert checked >= 5
