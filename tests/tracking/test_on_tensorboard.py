"""What TensorBoard's own reader finds in the event files."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.util.tensor_util import make_ndarray

from tenfold.runs import Run
from tenfold.tracking import Target, send

SEED_0 = "mlp-128-64-seed-0"
Points = list[tuple[float, Any]]


@pytest.fixture(scope="module")
def sent(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """TensorBoard's folder after the run was sent."""
    place = tmp_path_factory.mktemp("tensorboard")
    send([study / SEED_0], Target("tensorboard", str(place)))
    return place


def events(folder: Path) -> Any:
    return EventAccumulator(str(folder)).Reload()


def scalars(folder: Path, tag: str) -> Points:
    return [(event.step, float(make_ndarray(event.tensor_proto))) for event in events(folder).Tensors(tag)]


def test_training_and_validation_are_two_curves_of_one_name(sent: Path, run: Run) -> None:
    for part, prefix in (("train", ""), ("validation", "val_")):
        for figure in ("accuracy", "loss"):
            drawn = scalars(sent / "digits" / SEED_0 / part, f"{figure}/by_epoch")
            assert drawn == [
                (epoch["epoch"], pytest.approx(epoch[prefix + figure], rel=1e-6)) for epoch in run.history
            ]


def test_the_figures_are_those_of_the_result(sent: Path, run: Run) -> None:
    folder = sent / "digits" / SEED_0

    assert scalars(folder, "accuracy/test") == [(2, pytest.approx(run.result["test_accuracy"]))]
    assert scalars(folder, "cost/parameters") == [(2, run.result["parameters"])]
    shift = run.result["robustness"]["shift"]
    assert scalars(folder, "robustness/shift_by_pixels") == [
        (level, pytest.approx(accuracy))
        for level, accuracy in zip(shift["pixels"], shift["accuracy"], strict=True)
    ]


def test_there_are_pictures_the_network_and_the_settings(sent: Path, run: Run) -> None:
    found = events(sent / "digits" / SEED_0)

    for name in ("confusion_matrix", "worst_mistakes"):
        (event,) = found.Tensors(name)
        assert event.tensor_proto.string_val[2].startswith(b"\x89PNG")
    graph = found.Graph()
    assert [node.op for node in graph.node] == [
        layer["name"].partition(" ")[0] for layer in run.recipe["layers"]
    ]
    assert [list(node.input) for node in graph.node[1:]] == [[node.name] for node in graph.node[:-1]]
    (settings,) = found.Tensors("settings")
    assert b"| optimizer.learning_rate | 0.001" in settings.tensor_proto.string_val[0]


def test_the_table_of_trials_gets_the_hyperparameters(sent: Path) -> None:
    metadata = events(sent / "digits" / SEED_0).SummaryMetadata("_hparams_/session_start_info")
    started = plugin_data_pb2.HParamsPluginData.FromString(metadata.plugin_data.content).session_start_info

    assert started.group_name.startswith(SEED_0)
    assert started.hparams["recipe"].string_value == "mlp-128-64"
    assert started.hparams["batch_size"].number_value == 32


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("events.*")}


def test_what_was_sent_is_not_sent_again(sent: Path, run: Run) -> None:
    before = contents(sent)

    send([run.path], Target("tensorboard", str(sent)))

    assert len(before) == 3
    assert contents(sent) == before


def test_an_unfinished_run_is_sent_and_later_the_rest(run: Run, sent: Path, tmp_path: Path) -> None:
    """Cut off after its first epoch, sent into its own folder, finished, and sent again."""
    copy = Run(shutil.copytree(run.path, tmp_path / run.path.name))
    whole = copy.history_path.read_text()
    copy.history_path.write_text("".join(whole.splitlines(keepends=True)[:2]))
    copy.result_path.rename(tmp_path / "result.json")
    send([copy.path], Target("tensorboard", ""))
    folder = copy.path / "tensorboard"
    assert [step for step, _ in scalars(folder / "train", "loss/by_epoch")] == [1]
    assert "accuracy/test" not in events(folder).Tags()["tensors"]

    copy.history_path.write_text(whole)
    (tmp_path / "result.json").rename(copy.result_path)
    send([copy.path], Target("tensorboard", ""))

    assert sorted(len(content) for content in contents(folder).values()) == sorted(
        len(content) for content in contents(sent).values()
    )


def test_half_a_record_is_cut_off_and_written_again(run: Run, sent: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(sent, tmp_path / "place"))
    (curves,) = (place / "digits" / SEED_0 / "train").iterdir()
    curves.write_bytes(curves.read_bytes()[:-5])

    send([run.path], Target("tensorboard", str(place)))

    assert contents(place) == contents(sent)


def test_another_run_in_the_same_folder_takes_the_place_of_the_first(
    run: Run, sent: Path, tmp_path: Path
) -> None:
    place = Path(shutil.copytree(sent, tmp_path / "place"))
    again = Run(shutil.copytree(run.path, tmp_path / "digits" / run.path.name))
    recipe = {**run.recipe, "started": "2026-01-01T00:00:00+0000"}
    again.recipe_path.write_text(json.dumps(recipe))

    send([again.path], Target("tensorboard", str(place)))

    assert len(contents(place)) == 3
    assert contents(place).keys() != contents(sent).keys()
