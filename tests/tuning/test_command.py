"""Tuning from the command line: killed, shared, and its recipe file."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tenfold.runs import Run

RECIPE = "mlp-128-64"


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "tenfold", *map(str, arguments)]


def tune(data: Path, out: Path, trials: int, epochs: int = 2) -> list[str]:
    return command(
        "tune", RECIPE, "--trials", trials, "--epochs", epochs, "--data", data, "--out", out, "--json"
    )


def run(arguments: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def tuned(digits_csv: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder of a tuning of four trials, and its JSON output."""
    folder = tmp_path_factory.mktemp("tuning")
    done = run(tune(digits_csv, folder / "t", trials=4), folder)
    assert done.returncode == 0, done.stderr
    return folder / "t", json.loads(done.stdout)


def numbers(told: dict[str, Any]) -> list[int]:
    return [trial["number"] for trial in told["trials"]]


def test_a_tuning_ends_after_the_given_trials_the_first_with_the_recipes_own_values(
    tuned: tuple[Path, dict[str, Any]],
) -> None:
    folder, told = tuned

    assert numbers(told) == [1, 2, 3, 4]
    assert told["trials"][0] == told["own"]
    assert told["own"]["values"] == {"learning_rate": 0.001, "batch_size": 32, "label_smoothing": 0.0}
    assert told["best"]["accuracy"] == max(trial["accuracy"] for trial in told["trials"])
    assert len({json.dumps(trial["values"]) for trial in told["trials"]}) == 4
    page = (folder / "report.html").read_text()
    assert "4\N{NO-BREAK SPACE}trials" in page
    assert "<script" not in page


def test_a_trial_looks_at_no_test_image_and_leaves_no_checkpoint(tuned: tuple[Path, dict[str, Any]]) -> None:
    folder, told = tuned

    for trial in told["trials"]:
        path = folder / "trials" / f"{trial['number']:04d}"
        assert trial["accuracies"] == [epoch["val_accuracy"] for epoch in Run(path).history]
        assert not Run(path).finished
        assert {file.name for file in path.iterdir()} <= {
            "recipe.json",
            "history.csv",
            "log.txt",
            "lock",
            "tuner.lock",
        }


def test_its_recipe_file_trains_as_the_best_trial_did(
    tuned: tuple[Path, dict[str, Any]], digits_csv: Path, tmp_path: Path
) -> None:
    folder, told = tuned
    file = folder / f"{RECIPE}-tuned.toml"
    trial = Run(folder / "trials" / f"{told['best']['number']:04d}")

    done = run(command("train", file, "--epochs", 2, "--data", digits_csv, "--out", tmp_path / "r"), tmp_path)

    assert done.returncode == 0, done.stderr
    trained = Run(tmp_path / "r")
    assert trained.settings.changes == trial.settings.changes
    assert trained.label == (f"{RECIPE} ({trained.settings.variant})" if trial.settings.changes else RECIPE)
    if trained.settings.threads == trial.settings.threads:
        assert trained.history[-1]["val_accuracy"] == told["best"]["accuracy"]


@pytest.mark.slow
def test_a_study_compares_a_recipe_with_its_tuned_variant(digits_csv: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(f'recipe = "{RECIPE}"\n[changes]\nlearning_rate = 0.01\n')

    done = run(
        command(
            "study", RECIPE, "mine.toml", "--quick", "--data", digits_csv, "--out", tmp_path / "s", "--json"
        ),
        tmp_path,
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    (comparison,) = told["comparisons"]
    tag = next(system["variant"] for system in told["systems"] if system["variant"])
    assert (comparison["name_a"], comparison["name_b"]) == (RECIPE, f"{RECIPE} ({tag})")
    assert (tmp_path / "s" / f"{RECIPE}-{tag.replace(' ', '-')}-seed-0").is_dir()
    assert "learning rate 0.01" in (tmp_path / "s" / "report.html").read_text()


def test_a_folder_with_another_tuning_is_refused(
    tuned: tuple[Path, dict[str, Any]], digits_csv: Path
) -> None:
    folder, _ = tuned

    done = run(tune(digits_csv, folder, trials=5, epochs=3), folder)

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "holds a tuning with epochs=2 instead of 3" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_tuning_goes_on_and_has_each_trial_once(digits_csv: Path, tmp_path: Path) -> None:
    arguments = tune(digits_csv, tmp_path / "t", trials=3, epochs=12)
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not (tmp_path / "t" / "trials" / "0002" / "history.csv").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    begun = {path: path.read_text() for path in (tmp_path / "t" / "trials").glob("*/history.csv")}

    done = run(arguments, tmp_path)

    assert done.returncode == 0, done.stderr
    assert begun
    assert numbers(json.loads(done.stdout)) == [1, 2, 3]
    for path, before in begun.items():
        assert path.read_text().startswith(before), "an epoch that was finished was trained again"


@pytest.mark.slow
def test_two_processes_share_a_tuning(digits_csv: Path, tmp_path: Path) -> None:
    arguments = tune(digits_csv, tmp_path / "t", trials=5)
    both = [
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], told

    ended = run(arguments, tmp_path)

    assert numbers(json.loads(ended.stdout)) == [1, 2, 3, 4, 5]
    values = Counter(json.dumps(trial["values"]) for trial in json.loads(ended.stdout)["trials"])
    assert set(values.values()) == {1}


def test_without_optuna_one_line_says_what_to_install(digits_csv: Path, tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['optuna'] = None; "
        f"sys.argv = ['tenfold', 'tune', '{RECIPE}', '--data', {str(digits_csv)!r}]; "
        "from tenfold.cli import main; main()"
    )

    done = run([sys.executable, "-c", script], tmp_path)

    assert done.returncode == 1
    assert done.stderr == "tenfold: tuning needs Optuna: pip install 'tenfold[train,tune]'\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lines"], "expected a recipe with a search space, received lines"),
        ([RECIPE, "--trials", "0"], "expected at least 1 trial, received 0"),
        ([RECIPE, "--epochs", "0"], "expected at least 1 epoch, received 0"),
        ([RECIPE, "--address", "10.0.0.5:6379"], "add --engine ray"),
        (["nowhere.toml"], "expected a recipe file, found none at nowhere.toml"),
    ],
)
def test_what_cannot_be_tuned_is_refused_in_one_line(
    arguments: list[str], message: str, digits_csv: Path, tmp_path: Path
) -> None:
    done = run(command("tune", *arguments, "--data", digits_csv), tmp_path)

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert message in done.stderr
    assert os.listdir(tmp_path) == []  # noqa: PTH208
