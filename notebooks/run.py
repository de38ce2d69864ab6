"""Run a notebook without Jupyter and write it with its outputs: python notebooks/run.py mnist.ipynb

What a notebook would draw becomes a PNG, which any host can show. `--few` puts few images and one epoch in
place of the values in its cell of settings.
"""

import argparse
import ast
import base64
import io
import json
import os
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tenfold.drawing import Drawing

_COLOURS = 128
_FEW = "n_train, n_test, epochs = 1_000, 200, 1"


def run_notebook(notebook: dict[str, Any], *, few: bool = False) -> dict[str, Any]:
    """The notebook with the outputs of its cells, run in their order in a folder of their own."""
    names: dict[str, Any] = {"__name__": "__main__"}
    cells, number = [], 0
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            cells.append(cell)
            continue
        number += 1
        source = _FEW if few and "settings" in cell["metadata"].get("tags", ()) else "".join(cell["source"])
        cells.append({**cell, "execution_count": number, "outputs": _run(source, names, number)})
    return {**notebook, "cells": cells}


def _run(source: str, names: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """The outputs of one cell: what it prints, and what its last line is."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with redirect_stdout(printed):
        exec(compile(tree, f"cell {number}", "exec"), names)  # noqa: S102 - that is what a notebook is for
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names)  # noqa: S307
    outputs: list[dict[str, Any]] = []
    if text := printed.getvalue():
        outputs.append({"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)})
    if value is not None:
        outputs.append(
            {"output_type": "execute_result", "execution_count": number, "metadata": {}, "data": _data(value)}
        )
    return outputs


def _data(value: Any) -> dict[str, Any]:
    """A value as text and, where a notebook would draw it, as a picture."""
    data: dict[str, Any] = {"text/plain": repr(value).splitlines(keepends=True)}
    drawing = value.show() if hasattr(value, "show") else value
    if isinstance(drawing, Drawing):
        data["image/png"] = base64.b64encode(_small_png(drawing)).decode()
    return data


def _small_png(drawing: Drawing) -> bytes:
    """The drawing in few colours, so that notebooks stay small."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Image.open(drawing.save(f"{folder}/drawing.png")) as picture,
    ):
        colours = picture.convert("RGB")
        few = colours.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE)
        # The ground keeps its colour to the last level: nearly white looks yellow on a white page.
        corner = 3 * int(np.asarray(few)[0, 0])
        palette = np.array(few.getpalette(), dtype=np.uint8)
        palette[corner : corner + 3] = np.asarray(colours)[0, 0]
        few.putpalette(palette.tolist())
        content = io.BytesIO()
        few.save(content, format="PNG", optimize=True)
    return content.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("out", type=Path, nargs="?", help="[default: the notebook itself]")
    parser.add_argument("--few", action="store_true", help="few images and one epoch")
    arguments = parser.parse_args()
    out = (arguments.out or arguments.notebook).absolute()
    notebook = json.loads(arguments.notebook.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        done = run_notebook(notebook, few=arguments.few)
        os.chdir(out.parent)
    out.write_text(json.dumps(done, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
