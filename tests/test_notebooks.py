"""The notebooks run from top to bottom, on few images, and are kept with their outputs."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def code_cells(path: Path) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def pictures(cells: list[dict[str, Any]]) -> list[int]:
    """The numbers of the cells that show one."""
    return [
        cell["execution_count"]
        for cell in cells
        if any("image/png" in output.get("data", {}) for output in cell["outputs"])
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_on_few_images_and_shows_the_same_pictures(path: Path, tmp_path: Path) -> None:
    out = tmp_path / path.name
    command = [sys.executable, str(FOLDER / "run.py"), str(path), str(out), "--few"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert pictures(code_cells(out)) == pictures(code_cells(path)) != []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_with_the_outputs_of_one_run(path: Path) -> None:
    cells = code_cells(path)

    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
