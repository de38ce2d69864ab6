"""report.html: one file that holds all it shows."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from tenfold.files import write_json, write_text
from tenfold.report.results import collect
from tenfold.report.systems import sort_runs
from tenfold.training.run import Run


def write_report(runs: Sequence[Run], folder: Path) -> Path:
    """Write results.json and report.html, each whole or not at all, into `folder`; return report.html's path.

    Needs nothing but finished run folders. Raises InputError where they cannot be compared, RunError where one
    cannot be read, OSError where `folder` cannot be written to.
    """
    results = collect(sort_runs(runs))
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "results.json", results)
    body = "".join(f"<p>{escape(sentence['text'])}</p>" for sentence in results["conclusion"])
    path = folder / "report.html"
    write_text(path, f"<!doctype html><html lang='en'><title>tenfold</title><body>{body}</body></html>")
    return path
