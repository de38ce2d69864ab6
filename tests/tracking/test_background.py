"""Trackers that are down: nothing waits for them for long, and nothing is lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tenfold.errors import TrackingError
from tenfold.runs import Run
from tenfold.tracking import Target, send, track_in_background

GENEROUS_S = 300  # for a busy machine; MLflow would have more patience with a server that hangs


def tenfold(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tenfold", *arguments],
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=GENEROUS_S,
    )


@pytest.mark.slow
@pytest.mark.parametrize("down", ["hanging", "failing"])
def test_training_ends_as_ever_and_one_line_tells_how_to_send_later(
    down: str, request: pytest.FixtureRequest, digits_csv: Path, tmp_path: Path
) -> None:
    target = f"mlflow:{request.getfixturevalue(down)}"
    command = ["train", "mlp-128-64", "--epochs", "2", "--data", str(digits_csv), "--out", "r", "--json"]

    done = tenfold(*command, "--track", target, cwd=tmp_path)

    assert done.returncode == 0
    assert json.loads(done.stdout) == Run(tmp_path / "r").result
    (told,) = [line for line in done.stderr.splitlines() if "mlflow" in line]
    assert told.endswith(f"tenfold track r --to {target}")


@pytest.mark.slow
@pytest.mark.parametrize("down", ["refusing", "hanging", "failing"])
def test_sending_to_a_tracker_that_is_down_is_an_error(
    down: str, request: pytest.FixtureRequest, run: Run
) -> None:
    with pytest.raises(TrackingError, match="did not receive everything"):
        send([run.path], Target("mlflow", request.getfixturevalue(down)))


@pytest.mark.slow
def test_a_study_is_tracked_while_it_grows_and_what_was_missed_is_sent_later(
    digits_csv: Path, refusing: str, tmp_path: Path
) -> None:
    """One tracker works and the other one does not."""
    command = ["study", "mlp-128-64", "--quick", "--seeds", "2", "--data", str(digits_csv), "--out", "s"]
    down = f"mlflow:{refusing}"

    done = tenfold(*command, "--track", "tensorboard:shown", "--track", down, cwd=tmp_path)

    assert done.returncode == 0
    assert len([line for line in done.stderr.splitlines() if down in line]) == 1
    for name in ("mlp-128-64-seed-0", "mlp-128-64-seed-1"):
        result = Run(tmp_path / "s" / name).result
        (event,) = EventAccumulator(str(tmp_path / "shown" / "s" / name)).Reload().Tensors("accuracy/test")
        assert event.tensor_proto.float_val[0] == pytest.approx(result["test_accuracy"])
    later = tenfold("track", "s", "--to", "mlflow:sqlite:///later.db", cwd=tmp_path)
    assert later.returncode == 0, later.stderr
    assert later.stdout.startswith("mlflow:sqlite:///later.db has 2")


def test_a_disk_error_is_reported_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told: list[str] = []

    with track_in_background([Target("tensorboard", str(tmp_path / "file"))], run.path, told.append) as begin:
        begin([run.path])

    (line,) = told
    assert "Not a directory" in line
    assert line.endswith(f"tenfold track {run.path} --to tensorboard:{tmp_path / 'file'}")


def test_what_is_written_at_the_last_moment_is_sent(run: Run, tmp_path: Path) -> None:
    told: list[str] = []
    copy = Run(tmp_path / "runs" / run.path.name)
    target = Target("tensorboard", str(tmp_path / "shown"))

    with track_in_background([target], copy.path, told.append) as begin:
        begin([copy.path])  # nothing there yet
        copy.path.mkdir(parents=True)
        for path in (run.recipe_path, run.history_path, run.predictions_path, run.onnx_path, run.result_path):
            (copy.path / path.name).write_bytes(path.read_bytes())

    assert told == [f"sent to {target}: tensorboard --logdir {tmp_path / 'shown'}"]
    shown = EventAccumulator(str(tmp_path / "shown" / "runs" / run.path.name)).Reload()
    assert "accuracy/test" in shown.Tags()["tensors"]


def test_an_interruption_waits_for_no_tracker(run: Run, hanging: str) -> None:
    told: list[str] = []

    def interrupted() -> None:
        with track_in_background([Target("mlflow", hanging)], run.path, told.append) as begin:
            begin([run.path])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert told == []


def test_without_trackers_no_process_is_begun(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)

    with track_in_background([], run.path) as begin:
        begin([run.path])
