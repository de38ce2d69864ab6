"""Ratios measured in one session, told as the median over rounds with its range, and kept as JSON."""

import json
import os
import platform
import statistics
from pathlib import Path
from typing import Any

from tenfold.files import write_json

RESULTS = Path(__file__).parent / "results"


def describe(ratios: list[float]) -> dict[str, float]:
    """Median, range and number of `ratios`."""
    return {
        "median": round(statistics.median(ratios), 3),
        "lowest": round(min(ratios), 3),
        "highest": round(max(ratios), 3),
        "n": len(ratios),
    }


def keep(name: str, results: dict[str, Any]) -> None:
    """Print `results` and write them, with what machine they are from, to results/NAME.json."""
    results = {"machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}", **results}
    print(json.dumps(results, indent=2))
    RESULTS.mkdir(exist_ok=True)
    write_json(RESULTS / f"{name}.json", results)
