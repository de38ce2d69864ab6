"""What importing tenfold loads, seen in a new process."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import tenfold
import tenfold.bulk
import tenfold.imaging
import tenfold.onnx_models
import tenfold.reader
import tenfold.runs

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
    "mlflow",
    "optuna",
    "tensorboard",
)
OF_A_CLUSTER = ("ray", "pyarrow", "fsspec")


def modules_after(statement: str) -> set[str]:
    script = f"{statement}\nimport sys; print(*sys.modules)"
    output = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    return set(output.split())


def test_importing_tenfold_loads_nothing_but_the_standard_library() -> None:
    added = modules_after("import tenfold") - modules_after("pass")

    assert {name.partition(".")[0] for name in added} - sys.stdlib_module_names == {"tenfold"}


def test_the_reading_side_never_loads_the_training_side() -> None:
    side = [
        module.name
        for package in (tenfold.bulk, tenfold.imaging, tenfold.onnx_models, tenfold.reader, tenfold.runs)
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    ]
    assert len(side) > 10
    loaded = modules_after(f"import {', '.join(side)}")

    assert set(side) <= loaded
    assert not loaded & {*HEAVY, *OF_A_CLUSTER}


def test_reading_a_picture_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    """Rich and the training side would take longer to load than the picture to read."""
    path = tmp_path / "blank.png"
    Image.new("L", (100, 100), "white").save(path)
    statement = f"import sys, tenfold.cli; sys.argv = ['tenfold', 'read', {str(path)!r}]; tenfold.cli.main()"
    loaded = modules_after(f"import contextlib\nwith contextlib.suppress(SystemExit):\n  {statement}")

    assert "tenfold.reader" in loaded
    unused = {"rich", "tenfold.bulk", "tenfold.data", "tenfold.runs", "tenfold.training", "tenfold.recipes"}
    assert not loaded & {*unused, *HEAVY, *OF_A_CLUSTER}


def test_help_waits_for_nothing_heavy() -> None:
    assert not modules_after("import tenfold.cli") & {
        "numpy",
        "cv2",
        "onnxruntime",
        "rich",
        "starlette",
        "uvicorn",
    }


def test_the_command_line_starts_without_the_training_side() -> None:
    assert not modules_after("import tenfold.cli.bars, tenfold.studies") & {*HEAVY, *OF_A_CLUSTER}


@pytest.mark.parametrize("name", tenfold.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(tenfold, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'horse'"):
        _ = tenfold.horse
