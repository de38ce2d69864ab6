"""What MLflow's own client finds on a real server."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from tenfold.data import Dataset
from tenfold.reporting import collect_results
from tenfold.runs import Run
from tenfold.tracking import Target, begun_runs, send

SEED_0 = "mlp-128-64-seed-0"

pytestmark = pytest.mark.slow  # the server takes its time to begin


@pytest.fixture(scope="module")
def client(study: Path, mlflow_server: str) -> Any:
    """MLflow's client after the study was sent."""
    from mlflow import MlflowClient  # takes longer than all of a quick test

    send([study / SEED_0], Target("mlflow", mlflow_server))
    return MlflowClient(mlflow_server)


def sent(client: Any, experiment: str = "digits") -> dict[str, Any]:
    """The runs that MLflow has in an experiment, by name."""
    found = client.get_experiment_by_name(experiment)
    assert found is not None
    runs = client.search_runs([found.experiment_id])
    assert len({each.info.run_name for each in runs}) == len(runs)
    return {each.info.run_name: each for each in runs}


def curve(client: Any, run_id: str, key: str) -> list[tuple[int, float]]:
    return sorted((point.step, point.value) for point in client.get_metric_history(run_id, key))


def artifacts(client: Any, run_id: str) -> set[str]:
    return {artifact.path for artifact in client.list_artifacts(run_id)}


def test_settings_and_hyperparameters_are_parameters(client: Any) -> None:
    params = sent(client)[SEED_0].data.params

    assert params["recipe"] == "mlp-128-64"
    assert params["seed"] == "0"
    assert params["batch_size"] == "32"
    assert float(params["optimizer.learning_rate"]) == pytest.approx(0.001)


def test_each_epoch_is_a_step_of_the_curves(client: Any, run: Run) -> None:
    run_id = sent(client)[SEED_0].info.run_id

    for key, name in (("loss", "loss/train"), ("val_accuracy", "accuracy/validation")):
        assert curve(client, run_id, name) == [(epoch["epoch"], epoch[key]) for epoch in run.history]


def test_the_figures_are_those_of_the_result(client: Any, run: Run) -> None:
    there = sent(client)[SEED_0]

    assert there.data.metrics["accuracy/test"] == run.result["test_accuracy"]
    assert there.data.metrics["cost/parameters"] == run.result["parameters"]
    noise = run.result["robustness"]["noise"]
    assert curve(client, there.info.run_id, "robustness/noise_by_grey_levels") == list(
        zip(noise["grey_levels"], noise["accuracy"], strict=True)
    )
    assert there.info.status == "FINISHED"


def test_files_and_pictures_are_artifacts(client: Any) -> None:
    assert artifacts(client, sent(client)[SEED_0].info.run_id) == {
        "architecture.svg", "confusion_matrix.png", "worst_mistakes.png",
        "history.csv", "recipe.json", "result.json",
    }  # fmt: skip


def test_the_study_is_a_run_with_the_report_that_others_are_nested_under(client: Any, study: Path) -> None:
    runs = sent(client)
    parent = runs["digits"]

    assert runs.keys() == {"digits", SEED_0}
    assert runs[SEED_0].data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert artifacts(client, parent.info.run_id) == {"report.html", "results.json"}
    headline = collect_results(begun_runs([study]))["conclusion"][0]
    assert headline in parent.data.tags["mlflow.note.content"]
    assert parent.info.status == "FINISHED"


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_the_model_answers_as_the_run_does(
    client: Any, mlflow_server: str, run: Run, few_digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_server)
    (output,) = sent(client)[SEED_0].outputs.model_outputs
    uri = f"models:/{output.model_id}"
    images = (few_digits.x_test[:64].reshape(-1, 784) / 255).astype(np.float32)

    session = onnxruntime.InferenceSession(mlflow.onnx.load_model(uri).SerializeToString())
    (answers,) = session.run(None, {session.get_inputs()[0].name: images})
    by_name = mlflow.pyfunc.load_model(uri)

    np.testing.assert_allclose(answers, run.predictions.probabilities[:64], atol=1e-6)
    (served,) = by_name.predict(images).values()
    np.testing.assert_allclose(served, answers, atol=1e-6)
    assert [spec.shape for spec in by_name.metadata.signature.inputs.inputs] == [(-1, 784)]
    assert [spec.shape for spec in by_name.metadata.signature.outputs.inputs] == [(-1, 10)]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_an_upload_that_broke_off_is_done_again(
    client: Any, mlflow_server: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    from tenfold.tracking.on_mlflow import MlflowTracker

    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_server)
    copy = Run(shutil.copytree(run.path, tmp_path / "broken off" / run.path.name))
    with monkeypatch.context() as network:
        network.setattr(mlflow.onnx, "save_model", _break_off)
        with pytest.raises(ConnectionResetError):
            MlflowTracker("").send(copy)
    begun = sent(client, "broken off")[SEED_0]

    MlflowTracker("").send(copy)

    (model,) = client.search_logged_models([begun.info.experiment_id])
    assert model.status == "READY"
    assert model.source_run_id == begun.info.run_id
    assert sent(client, "broken off")[SEED_0].info.status == "FINISHED"


def _break_off(*_: object, **__: object) -> None:
    raise ConnectionResetError


def test_a_model_carries_the_figures_of_its_last_epoch(client: Any, run: Run) -> None:
    (output,) = sent(client)[SEED_0].outputs.model_outputs
    figures = {metric.key: metric.value for metric in client.get_logged_model(output.model_id).metrics}

    assert figures["accuracy/test"] == run.result["test_accuracy"]
    assert figures["loss/train"] == run.history[-1]["loss"]


def test_what_was_sent_is_not_sent_again(client: Any, mlflow_server: str, run: Run, tmp_path: Path) -> None:
    """Not even from a copy in another place, which the tag identifies as the same."""
    copy = shutil.copytree(run.path.parent, tmp_path / "copied" / "digits")
    before = sent(client)

    send([copy / SEED_0], Target("mlflow", mlflow_server))

    after = sent(client)
    assert {name: each.info.run_id for name, each in after.items()} == {
        name: each.info.run_id for name, each in before.items()
    }
    assert len(after[SEED_0].outputs.model_outputs) == 1
    assert len(client.get_metric_history(after[SEED_0].info.run_id, "loss/train")) == len(run.history)


def test_an_unfinished_run_is_sent_and_later_the_rest(
    client: Any, mlflow_server: str, run: Run, tmp_path: Path
) -> None:
    target = Target("mlflow", mlflow_server)
    copy = Run(shutil.copytree(run.path, tmp_path / "alone" / run.path.name))
    whole = copy.history_path.read_text()
    copy.history_path.write_text("".join(whole.splitlines(keepends=True)[:2]))
    copy.result_path.rename(tmp_path / "result.json")
    send([copy.path], target)
    begun = sent(client, "alone")[SEED_0]
    assert begun.info.status == "RUNNING"
    assert [step for step, _ in curve(client, begun.info.run_id, "loss/train")] == [1]

    copy.history_path.write_text(whole)
    (tmp_path / "result.json").rename(copy.result_path)
    send([copy.path], target)

    (name, finished), *others = sent(client, "alone").items()
    assert (name, others) == (SEED_0, [])
    assert finished.info.run_id == begun.info.run_id
    assert finished.info.status == "FINISHED"
    assert curve(client, begun.info.run_id, "loss/train") == [
        (epoch["epoch"], epoch["loss"]) for epoch in run.history
    ]


def test_a_run_that_diverged_has_failed(client: Any, mlflow_server: str, run: Run, tmp_path: Path) -> None:
    copy = Run(shutil.copytree(run.path, tmp_path / "diverged" / run.path.name))
    copy.result_path.unlink()
    copy.diverged_path.write_text('{"epoch": 3, "cause": "the learning rate is too high"}')

    send([copy.path], Target("mlflow", mlflow_server))

    assert sent(client, "diverged")[SEED_0].info.status == "FAILED"
