"""What a study shows while it trains: one bar for all its runs, or a line for each that ends."""

from dataclasses import replace
from pathlib import Path

import pytest

from made_runs import MakeRun
from tenfold.engines import Listener, Task
from tenfold.engines.live import watched
from tenfold.errors import DivergedError
from tenfold.runs.run import Run
from tenfold.training.progress import Progress


def train_two(listener: Listener, run: Run, folder: Path) -> None:
    """`run` ends and another one is half done."""
    settings = replace(run.settings, seed=1)
    ending, going_on = Task(folder / "ending", settings), Task(folder / "going-on", settings)
    listener.on_plan([ending, going_on])
    listener.on_progress(ending, Progress("training", 1, 2, 0.4, 0.3, 0.9))
    listener.on_finished(Run(ending.path))
    listener.on_progress(going_on, Progress("training", 2, 2, 0.5, 0.25, 0.925))


def test_in_a_terminal_one_bar_stands_for_all_runs(
    make_run: MakeRun, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # for Rich, a terminal
    monkeypatch.setenv("COLUMNS", "140")

    with watched(1, tmp_path / "study") as listener:
        train_two(listener, make_run(), tmp_path)

    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert "0 of 2 runs done; ending epoch 1/2, loss 0.3000" in shown
    assert "1 of 2 runs done; going-on epoch 2/2, loss 0.2500, accuracy 92.50 %, " in shown


def test_without_a_terminal_each_run_that_ends_is_a_line(
    make_run: MakeRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = make_run(mistakes=30, n_test=400)

    with watched("auto", tmp_path) as listener:
        listener.on_finished(run)
        listener.on_diverged(Task(run.path, run.settings), DivergedError("runs/x diverged"))

    finished, diverged = capsys.readouterr().out.splitlines()
    assert finished.startswith(f"{run.path.name}: 92.50 % of the test images, ")
    assert diverged == "runs/x diverged"
