"""A run in MLflow: an experiment per study, with a run for the study and, nested, one per training.

The tag tenfold.run identifies our runs among MLflow's; nothing is sent again. MLflow gets the times of the
training, not of the upload. Uses only mlflow-skinny's part of MLflow.
"""

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import mlflow
from mlflow.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    Metric,
    Param,
    ViewType,
)
from mlflow.entities import Run as Known

from tenfold.drawing.architecture import draw_architecture
from tenfold.files import write_text
from tenfold.runs.run import Run
from tenfold.tracking import record
from tenfold.tracking.error_charts import draw_errors
from tenfold.tracking.mlflow_model import send_model

_METRICS_AT_ONCE = 1000  # MLflow's limit
_FINISHED, _FAILED = "FINISHED", "FAILED"
_TRAINING = {"mlflow.experimentKind": "custom_model_development"}  # rather than prompts and agents
# The same for a link to it; sorting by a metric makes charts show nested runs, too.
_VIEW = (
    "workflowType=machine_learning&compareRunsMode=CHART"
    "&orderByKey=metrics.%60accuracy%2Ftest%60&orderByAsc=false"
)
_FILES = ("recipe_path", "history_path", "result_path")


class MlflowTracker:
    """The server, database or folder at a tracking URI; MLflow's usual one if `place` is empty."""

    def __init__(self, place: str) -> None:
        if place:
            mlflow.set_tracking_uri(place)
        self._client = mlflow.MlflowClient()
        self._pages: set[str] = set()

    @property
    def pages(self) -> list[str]:
        """The pages that show what was sent."""
        return sorted(self._pages)

    def send(self, run: Run) -> None:
        """Update MLflow from the folder of `run`."""
        finished = run.finished  # before reading its curves, so that they are complete
        experiment = self._experiment(run.path.resolve().parent)
        known = self._find(experiment, run) or self._begin(experiment, run)
        if known.info.status == _FINISHED:
            return
        if not known.data.params:
            self._send_parameters(known.info.run_id, run)
        self._send_epochs(known.info.run_id, record.epochs(run))
        if run.diverged:
            self._client.set_terminated(known.info.run_id, _FAILED)
        elif finished:
            self._send_outcome(experiment, known.info.run_id, run)

    def send_study(self, folder: Path, *, finished: bool) -> None:
        """Send the report of the study in `folder`; `finished` means that no run will be added."""
        parent = self._find_study(self._experiment(folder), folder)
        if parent is None:
            return
        for file in (folder / "report.html", folder / "results.json"):
            self._client.log_artifact(parent, str(file))
        conclusion = json.loads((folder / "results.json").read_text(encoding="utf-8"))["conclusion"]
        note = "\n".join([f"**{conclusion[0]}**\n", *(f"- {sentence}" for sentence in conclusion[1:])])
        self._client.set_tag(
            parent, "mlflow.note.content", f"{note}\n\nMore: report.html among the artifacts."
        )
        if finished:
            ends = [epoch.ended for run in record.begun_runs([folder]) for epoch in record.epochs(run)]
            self._client.set_terminated(parent, _FINISHED, _ms(max(ends)))

    def _experiment(self, folder: Path) -> str:
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or folder.resolve().name or "tenfold"
        found = self._client.get_experiment_by_name(name)
        number = found.experiment_id if found else self._client.create_experiment(name, tags=_TRAINING)
        uri = mlflow.get_tracking_uri()
        page = f"{uri}/#/experiments/{number}/runs?{_VIEW}"
        self._pages.add(page if uri.startswith("http") else f"mlflow ui --backend-store-uri {uri}")
        return str(number)

    def _find(self, experiment: str, run: Run) -> Known | None:
        wanted = f"tags.`tenfold.run` = '{record.identity(run)}'"
        found = self._client.search_runs([experiment], wanted, ViewType.ACTIVE_ONLY, max_results=1)
        return found[0] if found else None

    def _begin(self, experiment: str, run: Run) -> Known:
        settings, recipe = run.settings, run.recipe
        tags = {f"tenfold.{name}": value for name, value in record.facts(run).items()}
        tags |= _source(f"tenfold train {settings.recipe} --seed {settings.seed}")
        tags["mlflow.note.content"] = f"{recipe['summary']}: {run.label}, seed {settings.seed}."
        folder = run.path.resolve().parent
        if record.in_study(run):
            tags["mlflow.parentRunId"] = self._find_study(experiment, folder) or self._begin_study(
                experiment, folder
            )
        return self._client.create_run(
            experiment, _ms(record.began(run)), tags, run_name=run.path.resolve().name
        )

    def _send_parameters(self, known: str, run: Run) -> None:
        """Send data, settings and hyper-parameters: everything known before the first epoch."""
        settings = run.settings
        data = Dataset(
            name=Path(settings.data).name,
            digest=settings.data_sha256[:36],
            source_type="local",
            source=json.dumps({"uri": settings.data}),
        )
        self._client.log_inputs(known, [DatasetInput(data, [InputTag("mlflow.data.context", "training")])])
        self._client.log_batch(
            known, params=[Param(name, str(value)) for name, value in record.parameters(run).items()]
        )

    def _find_study(self, experiment: str, folder: Path) -> str | None:
        """The parent run of the study's runs, taken from the first of them that is there."""
        for sibling in record.begun_runs([folder]):
            if known := self._find(experiment, sibling):
                parent: str | None = known.data.tags.get("mlflow.parentRunId")
                return parent
        return None

    def _begin_study(self, experiment: str, folder: Path) -> str:
        first = min(record.begun_runs([folder]), key=record.began)
        tags = {
            "tenfold.study": folder.name,
            "tenfold.data_sha256": first.settings.data_sha256,
            **_source("tenfold study"),
        }
        parent = self._client.create_run(experiment, _ms(record.began(first)), tags, run_name=folder.name)
        return str(parent.info.run_id)

    def _send_epochs(self, known: str, epochs: Iterable[record.Epoch]) -> None:
        there = {point.step for point in self._client.get_metric_history(known, record.SECONDS_PER_EPOCH)}
        self._send_metrics(
            known,
            [
                Metric(name, value, _ms(epoch.ended), epoch.number)
                for epoch in epochs
                if epoch.number not in there
                for name, value in _named(epoch)
            ],
        )

    def _send_metrics(self, known: str, metrics: list[Metric]) -> None:
        for start in range(0, len(metrics), _METRICS_AT_ONCE):
            self._client.log_batch(known, metrics=metrics[start : start + _METRICS_AT_ONCE])

    def _send_outcome(self, experiment: str, known: str, run: Run) -> None:
        """Send everything else about a finished run; that it is finished comes last."""
        last = record.epochs(run)[-1]
        there = self._client.get_run(known).data.metrics
        at = _ms(last.ended)
        self._send_metrics(
            known,
            [
                Metric(name, value, at, last.number)
                for name, value in record.figures(run).items()
                if name not in there
            ],
        )
        # The model inherits the metrics of its last epoch; steps of robustness metrics are not epochs.
        send_model(self._client, experiment, known, run, last.number)
        self._send_metrics(
            known,
            [
                Metric(name, accuracy, at, level)
                for name, curve in record.robustness(run).items()
                if name not in there
                for level, accuracy in curve
            ],
        )
        self._send_files(known, run)
        self._client.set_terminated(known, _FINISHED, at)

    def _send_files(self, known: str, run: Run) -> None:
        with tempfile.TemporaryDirectory(prefix="tenfold-") as scratch:
            folder = Path(scratch)
            for name, picture in draw_errors(run).items():
                picture.save(folder / f"{name}.png")
            write_text(folder / "architecture.svg", draw_architecture(run.recipe["layers"]))
            for attribute in _FILES:
                path: Path = getattr(run, attribute)
                (folder / path.name).write_bytes(path.read_bytes())
            self._client.log_artifacts(known, scratch)


def _named(epoch: record.Epoch) -> list[tuple[str, float]]:
    """An epoch's metrics. MLflow groups them by the name before the slash."""
    curves = [("/".join(key), value) for key, value in epoch.figures.items()]
    return [*curves, (record.SECONDS_PER_EPOCH, epoch.seconds)]


def _source(command: str) -> dict[str, str]:
    return {"mlflow.source.name": command, "mlflow.source.type": "LOCAL"}


def _ms(seconds: float) -> int:
    return round(1000 * seconds)
