"""The page about Python agrees with the docstrings, and its examples run, in the order of the page."""

import doctest
import runpy
import shutil
from pathlib import Path

import pytest

import tenfold

ROOT = Path(__file__).parents[1]
WRITTEN = runpy.run_path(str(ROOT / "docs" / "write_api.py"))


def test_the_page_agrees_with_the_docstrings() -> None:
    assert WRITTEN["PAGE"].read_text(encoding="utf-8") == WRITTEN["render_page"](), "make docs writes it anew"


def test_every_public_name_is_on_the_page() -> None:
    text = WRITTEN["PAGE"].read_text(encoding="utf-8")

    assert all(f"\n### {name}\n" in text for name in tenfold.__all__)


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(ROOT / "docs" / "reading" / "example.jpg", tmp_path)
    monkeypatch.chdir(tmp_path)
    names = {"tenfold": tenfold}
    finder = doctest.DocTestFinder(recurse=False)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    told: list[str] = []

    # Examples build on the variables of earlier ones.
    for name in (name for group in WRITTEN["GROUPS"].values() for name in group):
        for test in finder.find(getattr(tenfold, name), name, globs={}):
            test.globs = names
            runner.run(test, out=told.append, clear_globs=False)

    assert runner.tries > 15
    assert runner.failures == 0, "".join(told)
