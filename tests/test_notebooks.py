"""The notebooks run from top to bottom, on few images, and are stored with their outputs."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
RUN_NOTEBOOK = runpy.run_path(str(FOLDER / "run.py"))["run_notebook"]
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
def test_a_notebook_runs_on_few_images_and_shows_the_same_pictures(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    done = RUN_NOTEBOOK(json.loads(path.read_text(encoding="utf-8")), few=True)

    cells = [cell for cell in done["cells"] if cell["cell_type"] == "code"]
    assert pictures(cells) == pictures(code_cells(path)) != []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_with_the_outputs_of_one_run(path: Path) -> None:
    cells = code_cells(path)

    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
