"""results.json: everything the page shows, as numbers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tenfold.evaluation import wilson_interval
from tenfold.report.conclusion import conclude
from tenfold.report.measures import compare_systems, measure, measure_permutation
from tenfold.report.systems import Study, sort_runs
from tenfold.training.run import Run


def collect_results(runs: Sequence[Run]) -> dict[str, Any]:
    """The content of results.json for finished `runs`; docs/report.md explains every field.

    The same runs give the same content. It can go into JSON as it is: NaN and infinity have become None.
    Raises InputError where the runs cannot be compared, RunError where one cannot be read.
    """
    return collect(sort_runs(runs))


def collect(study: Study) -> dict[str, Any]:
    """As `collect_results`, of runs already sorted."""
    measures = [measure(system) for system in study.systems]
    permuted = [measure(system) for system in study.permuted]
    comparisons, effects = compare_systems(study), measure_permutation(study)
    data = study.systems[0].first.result["data"]
    sentences = conclude(measures, comparisons, effects, data["class_names"])
    content = {
        "data": data,
        "runs": [_describe(run) for system in (*study.systems, *study.permuted) for run in system.runs],
        "systems": [asdict(of_system) for of_system in (*measures, *permuted)],
        "comparisons": [asdict(comparison) for comparison in comparisons],
        "permutation": [asdict(effect) for effect in effects],
        "conclusion": [asdict(sentence) for sentence in sentences],
    }
    plain: dict[str, Any] = _plain(content)
    return plain


def _describe(run: Run) -> dict[str, Any]:
    """The run's result.json, what it was trained as, and the interval of its accuracy."""
    figures = {key: value for key, value in run.result.items() if key != "data"}
    n = figures["test_images"]
    low, high = wilson_interval(round(figures["test_accuracy"] * n), n)
    return {
        "label": run.label,
        **figures,
        "test_accuracy_low": low,
        "test_accuracy_high": high,
        "documented_accuracy": run.recipe["documented_accuracy"],
        "validated_on_test": run.recipe["validated_on_test"],
    }


def _plain(value: Any) -> Any:
    """The same in what JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
