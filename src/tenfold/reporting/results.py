"""results.json: every figure of the page."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tenfold.drawing import Drawing
from tenfold.evaluation import Comparison, wilson_interval
from tenfold.reporting.conclusion import Sentence, conclude
from tenfold.reporting.finished_models import (
    FinishedModel,
    ModelMeasures,
    compare_models,
    measure_model,
    say_models,
)
from tenfold.reporting.measures import (
    Measures,
    PermutationEffect,
    compare_systems,
    first_look,
    measure,
    measure_permutation,
)
from tenfold.reporting.shown import draw_comparison, render_comparison, render_comparison_html
from tenfold.reporting.systems import Study, sort_runs
from tenfold.runs.run import Run


@dataclass(frozen=True, repr=False)
class Results:
    """All results of a study's runs; prints as a table with the first sentences."""

    study: Study
    data: dict[str, Any]  # from tenfold.data.summarize
    runs: list[dict[str, Any]]
    measures: list[Measures]  # of the study's systems, in order
    permuted: list[Measures]  # of its permuted systems
    comparisons: list[Comparison]
    effects: list[PermutationEffect]
    models: list[FinishedModel]
    model_measures: list[ModelMeasures]
    model_comparisons: list[Comparison]  # with systems and with each other
    sentences: list[Sentence]

    @property
    def first_look(self) -> str:
        """Why the study is only a first look; empty if it is not."""
        return first_look(self.measures)

    def show(self) -> Drawing:
        """The first sentences, and each system's accuracy with its 95 % interval."""
        return draw_comparison(self)

    def __repr__(self) -> str:
        return render_comparison(self)

    def _repr_html_(self) -> str:
        return render_comparison_html(self)


def collect_results(runs: Sequence[Run], models: Sequence[FinishedModel] = ()) -> dict[str, Any]:
    """The content of results.json for finished or diverged `runs` and finished `models`.

    docs/report.md explains every field. The same runs give the same content. It is JSON-serializable: NaN and
    infinity are None. Raises InputError if the runs cannot be compared, RunError if one cannot be read.
    """
    return to_plain(find(sort_runs(runs), models))


def find(study: Study, models: Sequence[FinishedModel] = ()) -> Results:
    """Measure and compare the systems of `study` and finished `models`."""
    measures = [measure(system) for system in study.systems]
    comparisons, effects = compare_systems(study), measure_permutation(study)
    data = study.systems[0].first.result["data"]
    model_measures = [measure_model(model) for model in models]
    labels = [model.label for model in models]
    sentences = conclude(measures, comparisons, effects, data["class_names"], study.diverged, labels)
    if text := say_models(model_measures):
        sentences.append(Sentence("models", text))
    return Results(
        study=study,
        data=data,
        runs=[
            _describe(run, system.label)
            for system in (*study.systems, *study.permuted)
            for run in system.runs
        ],
        measures=measures,
        permuted=[measure(system) for system in study.permuted],
        comparisons=comparisons,
        effects=effects,
        models=list(models),
        model_measures=model_measures,
        model_comparisons=compare_models(study.systems, models),
        sentences=sentences,
    )


def to_plain(findings: Results) -> dict[str, Any]:
    """`findings` as JSON-serializable lists, dictionaries and numbers."""
    plain: dict[str, Any] = _plain(
        {
            "data": findings.data,
            "runs": findings.runs,
            "diverged": [_describe_diverged(run) for run in findings.study.diverged],
            "systems": [asdict(of_system) for of_system in (*findings.measures, *findings.permuted)],
            "comparisons": [asdict(comparison) for comparison in findings.comparisons],
            "models": [asdict(model) for model in findings.model_measures],
            "model_comparisons": [asdict(comparison) for comparison in findings.model_comparisons],
            "permutation": [asdict(effect) for effect in findings.effects],
            "conclusion": [sentence.text for sentence in findings.sentences],
            "warnings": [
                *findings.data.get("cautions", ()),
                *(sentence.text for sentence in findings.sentences if sentence.is_warning),
            ],
        }
    )
    return plain


def _describe_diverged(run: Run) -> dict[str, Any]:
    """Its label and seed, the epoch in which it ended, and the likely cause."""
    settings = run.settings
    return {
        "label": run.label,
        "recipe": settings.recipe,
        "seed": settings.seed,
        "as_written": settings.as_written,
        "permuted": settings.permuted,
        "planned_epochs": settings.epochs,
        **asdict(run.divergence),
    }


def _describe(run: Run, label: str) -> dict[str, Any]:
    """The run's result.json, its settings, and the interval of its accuracy."""
    figures = {key: value for key, value in run.result.items() if key != "data"}
    n = figures["test_images"]
    low, high = wilson_interval(round(figures["test_accuracy"] * n), n)
    return {
        "label": label,
        **figures,
        # Results of earlier versions have the planned epochs here.
        "epochs": len(run.history),
        "planned_epochs": run.settings.epochs,
        "kept_epoch": figures.get("kept_epoch"),
        "test_accuracy_low": low,
        "test_accuracy_high": high,
        "documented_accuracy": run.documented_accuracy,
        "validated_on_test": run.recipe["validated_on_test"],
    }


def _plain(value: Any) -> Any:
    """The same in JSON types."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
