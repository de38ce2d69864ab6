"""Every command on the pages exists, and every command is on the pages."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest
import typer

import tenfold
from tenfold import cli
from tenfold.data import Dataset

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "tenfold"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = typer.main.get_group(cli.app).commands
OPTIONS = {
    name: {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    for name, command in COMMANDS.items()
}

# A command line is indented, and goes on in lines that are indented further, or it stands in backticks.
TYPED = re.compile(r"^ {4}(?:python -m )?tenfold ([\w-]+)(.*(?:\n {5,}.*)*)", re.MULTILINE)
INLINE = re.compile(r"`tenfold ([a-z][\w-]*)([^`]*)`")
OF_OTHERS = re.compile(
    r"(?:^ *(?:\$ )?|`)(?:curl|make|pip|python benchmarks/\S+|ray|tensorboard|uv) [^`\n]*", re.MULTILINE
)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def python_blocks(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text_of(page), re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_on_a_page_exist(page: Path) -> None:
    text = text_of(page)
    for command, rest in [*TYPED.findall(text), *INLINE.findall(text)]:
        assert set(OPTION.findall(rest)) <= {"--help", *OPTIONS[command]}, f"tenfold {command}{rest}"
    every = set().union(*OPTIONS.values(), {"--help", "--version"})
    assert set(OPTION.findall(OF_OTHERS.sub("", text))) <= every


def test_the_extra_gpu_is_train_with_another_build_of_tensorflow() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    others = {name: {one for one in extras[name] if "tensorflow" not in one} for name in ("train", "gpu")}

    assert others["gpu"] == others["train"]
    assert not [one for one in extras["gpu"] if "tensorflow-cpu" in one]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_on_the_page_about_it(command: str) -> None:
    pages = [text_of(page) for page in PAGES if page.name != "commands.md"]
    typed = [rest for text in pages for name, rest in TYPED.findall(text) if name == command]
    assert OPTIONS[command] <= set(OPTION.findall(" ".join(typed)))


def test_the_page_of_commands_is_what_the_command_line_says() -> None:
    written = runpy.run_path(str(ROOT / "docs" / "write_commands.py"))
    assert text_of(written["PAGE"]) == written["render_page"](), "make docs writes it anew"


def test_the_page_about_the_architecture_has_every_package_and_the_lines_that_make_check_holds() -> None:
    text = text_of(ROOT / "docs" / "architecture.md")
    packages = {path.name for path in (ROOT / "src" / "tenfold").glob("[!_]*") if path.name != "py.typed"}
    assert packages == {
        name.rstrip("/") for name in re.findall(r"`(\w+(?:/|\.py))`(?=.* \|.* \|$)", text, re.M)
    }
    contracts = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    assert "".join(f"    {line}\n" for line in layers).replace("|", "·") in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", text_of(page)):
        assert (page.parent / target.partition("#")[0]).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_exist(page: Path) -> None:
    """From the checkout or from the package; name stands for a name that a contributor chooses."""
    for name in re.findall(r"`((?:\w+/)+[\w.-]+\.(?:py|js))`", text_of(page)):
        if not re.search(r"(?:_|/)name\.", name):
            homes = (ROOT, ROOT / "src", PACKAGE, PACKAGE / "data")
            assert any((home / name).exists() for home in homes), f"{page.name}: {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_on_a_page_is_python(page: Path) -> None:
    for block in python_blocks(page):
        compile(block, page.name, "exec")


def test_python_on_the_page_about_reading_gives_the_results_shown() -> None:
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


def test_python_on_the_page_about_data_gives_the_results_shown(mnist: Dataset) -> None:
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


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        ("marks.jpg", "12,7,19\n9,,9\n14,10,24\n8,6,14\n15,11,26\n"),
        ("desk.jpg", "12,7,19\n9,,9\n14,10,24\n8,6,14\n15,11,26\n"),
        ("form.jpg", "40817\n926\n12112026\n"),
    ],
)
def test_the_pictures_of_pages_are_read_as_the_page_says(picture: str, expected: str) -> None:
    table = tenfold.Reader().read_table(ROOT / "docs" / "reading" / picture)

    assert table.to_csv() == expected
    said = "<br>".join(f"`{row}`" for row in expected.splitlines())
    assert said in text_of(ROOT / "docs" / "read.md")
