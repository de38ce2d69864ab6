"""The table of docs/results.md from a study's results.json.

usage: python benchmarks/results_table.py runs/study-as-written/results.json
"""

import json
import statistics
import sys
from pathlib import Path
from typing import Any

from tenfold.cli.recipes import render_accuracy_range


def row(system: dict[str, Any], runs: list[dict[str, Any]]) -> str:
    """One line of Markdown: the `system`, the results of its `runs`, and its document's accuracy."""
    accuracies = [run["test_accuracy"] for run in runs]
    spread = f" ± {100 * statistics.stdev(accuracies):.2f}" if len(accuracies) > 1 else ""
    cells = (
        system["label"],
        f"{100 * statistics.mean(accuracies):.2f}{spread}",
        f"{100 * min(accuracies):.2f}-{100 * max(accuracies):.2f}",
        str(len(runs)),
        f"{100 * statistics.mean(run['test_accuracy_confirmed'] for run in runs):.2f}",
        render_accuracy_range(system["documented_accuracy"]),
        str(system["epochs"]),
        f"{statistics.median(run['seconds'] for run in runs):.0f}",
        f"{statistics.median(run['microseconds_per_digit'] for run in runs):.0f}",
    )
    return f"| {' | '.join(cells)} |"


def main(path: Path) -> None:
    results = json.loads(path.read_text(encoding="utf-8"))
    print(
        "| system | test accuracy, % | range | seeds | without doubtful labels | its document | epochs "
        "| training, s | µs a digit |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for system in results["systems"]:
        print(row(system, [run for run in results["runs"] if run["label"] == system["label"]]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
