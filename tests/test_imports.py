"""What importing tenfold loads, seen in a new process."""

import subprocess
import sys

import pytest

import tenfold

HEAVY = (
    "keras",
    "tensorflow",
    "jax",
    "torch",
    "sklearn",
    "scipy",
    "pandas",
    "matplotlib",
    "seaborn",
    "jinja2",
)


def modules_after(statement: str) -> set[str]:
    script = f"{statement}; import sys; print(*sys.modules)"
    output = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    return set(output.split())


def test_importing_tenfold_loads_nothing_but_the_standard_library() -> None:
    added = modules_after("import tenfold") - modules_after("pass")

    assert {name.partition(".")[0] for name in added} - sys.stdlib_module_names == {"tenfold"}


@pytest.mark.parametrize(
    "module", ["tenfold.data", "tenfold.imaging.normalize", "tenfold.imaging.decode", "tenfold.imaging.ink"]
)
def test_the_reading_side_never_loads_the_training_side(module: str) -> None:
    assert not modules_after(f"import {module}") & set(HEAVY)


def test_the_command_line_starts_without_the_training_side() -> None:
    assert not modules_after("import tenfold.cli, tenfold.terminal, tenfold.study") & set(HEAVY)


@pytest.mark.parametrize("name", tenfold.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(tenfold, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'horse'"):
        _ = tenfold.horse
