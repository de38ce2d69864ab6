"""Choosing and pruning trials, and damaged journals; with an engine that only counts."""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tenfold.engines import Listener, Task, Usage
from tenfold.errors import RunError
from tenfold.recipes import load_recipe
from tenfold.runs.run import Run
from tenfold.training.progress import Progress
from tenfold.tuning import Findings, tune

RECIPE, EPOCHS = "mlp-128-64", 3


def accuracy_of(task: Task, epoch: int) -> float:
    """The nearer the learning rate is to 0.002, the better, from the first epoch on."""
    rate: float = (task.settings.changes or {}).get("learning_rate", 1e-3)
    return 0.9 - min(0.5, abs(rate - 2e-3) * 50) + 0.01 * epoch


class Counting:
    """An `Engine` that writes the history of each task without training it."""

    def __init__(self, loss: Callable[[Task], float] = lambda _: 0.1) -> None:
        self.loss = loss
        self.begun: list[Task] = []

    def threads(self, runs: int) -> int:
        return 1

    def train(self, tasks: Iterable[Task], listener: Listener) -> Usage:
        for task in tasks:
            self.begun.append(task)
            epochs = range(1, task.settings.epochs + 1)
            if all(listener.goes_on(task, self._train(task, epoch)) for epoch in epochs):
                listener.on_finished(Run(task.path))
        return Usage("counting", 1, 1.0, 1.0)

    def _train(self, task: Task, epoch: int) -> Progress:
        task.path.mkdir(parents=True, exist_ok=True)
        with Run(task.path).history_path.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["epoch", "loss", "val_accuracy"])
            rows.writerows([n, self.loss(task), accuracy_of(task, n)] for n in range(1, epoch + 1))
        Run(task.path).checkpoint_path.write_bytes(b"weights")
        return Progress("training", epoch, task.settings.epochs, epoch / task.settings.epochs)


def search(data: Path, folder: Path, trials: int, engine: Any) -> Findings:
    return tune(RECIPE, folder=folder, trials=trials, epochs=EPOCHS, data=str(data), engine=engine)


def test_what_lies_below_the_median_is_given_up_once_five_are_finished(
    digits_csv: Path, tmp_path: Path
) -> None:
    findings = search(digits_csv, tmp_path, 20, Counting())

    finished: list[tuple[float, ...]] = []
    for trial in findings.trials:
        below = (
            len(finished) >= 5
            and trial.accuracies[0] < sorted(one[0] for one in finished)[len(finished) // 2]
        )
        if not trial.given_up:
            finished.append(trial.accuracies)
            assert len(trial.accuracies) == EPOCHS
        else:
            assert below
            assert len(trial.accuracies) == 1
    assert any(trial.given_up for trial in findings.trials)
    assert not list(tmp_path.rglob("checkpoint.npz"))


def test_the_search_finds_what_is_better_than_the_recipe(digits_csv: Path, tmp_path: Path) -> None:
    findings = search(digits_csv, tmp_path, 25, Counting())

    assert findings.own
    assert findings.best
    assert findings.gain
    assert findings.own.number == 1
    assert abs(findings.best.values["learning_rate"] - 2e-3) < 5e-4
    assert findings.importance
    assert max(findings.importance, key=findings.importance.__getitem__) == ("learning_rate")
    changed = load_recipe(str(tmp_path / f"{RECIPE}-tuned.toml"))
    assert changed.learning_rate == findings.best.values["learning_rate"]


def test_one_after_the_other_the_trials_do_not_depend_on_how_often_it_was_begun(
    digits_csv: Path, tmp_path: Path
) -> None:
    at_once = search(digits_csv, tmp_path / "once", 9, Counting())
    for trials in (2, 5, 9):
        in_parts = search(digits_csv, tmp_path / "parts", trials, Counting())

    assert in_parts == at_once


def test_a_trial_with_a_loss_of_nan_is_pruned(digits_csv: Path, tmp_path: Path) -> None:
    findings = search(digits_csv, tmp_path, 4, Counting(loss=lambda _: float("nan")))

    assert [len(trial.accuracies) for trial in findings.trials] == [1, 1, 1, 1]
    assert findings.best is None
    assert not list(tmp_path.glob("*.toml"))
    assert "has begun" in (tmp_path / "report.html").read_text()


def test_where_nothing_is_better_the_recipe_stays_as_it_is(digits_csv: Path, tmp_path: Path) -> None:
    search(digits_csv, tmp_path, 1, Counting())

    assert load_recipe(str(tmp_path / f"{RECIPE}-tuned.toml")) == load_recipe(RECIPE)


def test_a_partial_last_line_of_a_journal_is_cut_and_damage_reported(
    digits_csv: Path, tmp_path: Path
) -> None:
    before = search(digits_csv, tmp_path, 3, Counting())
    journal = tmp_path / "journal.log"
    with journal.open("a") as file:
        file.write('{"op_code": 4, "wor')

    assert search(digits_csv, tmp_path, 4, Counting()).trials[:3] == before.trials

    journal.write_text("horse\n" + journal.read_text())
    with pytest.raises(RunError, match=r"journal\.log is damaged"):
        search(digits_csv, tmp_path, 5, Counting())
