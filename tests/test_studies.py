"""A study from the command line on: trained side by side, killed, resumed, reported."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.engines import LocalEngine
from tenfold.errors import InputError, RunError
from tenfold.recipes import RECIPES
from tenfold.runs import Run
from tenfold.runs.settings import Settings
from tenfold.studies import default_study_folder, find_runs, plan_study

RECIPE = "mlp-128-64"
EPOCHS = "25"  # short ones: 28 batches each


def tenfold(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command in `cwd`, with the folder tmp in it for temporary files."""
    (cwd / "tmp").mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "tenfold", *arguments],
        cwd=cwd,
        env={**os.environ, "TMPDIR": str(cwd / "tmp")},
        capture_output=True,
        text=True,
        check=False,
    )


def train_command(data: Path, out: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "tenfold",
        "train",
        RECIPE,
        "--epochs",
        EPOCHS,
        "--data",
        str(data),
        "--out",
        str(out),
    ]


def weights(folder: Path) -> Mapping[str, np.ndarray]:
    with np.load(folder / "weights.npz") as saved:
        return {name: saved[name] for name in saved.files}


def same(a: Mapping[str, np.ndarray], b: Mapping[str, np.ndarray]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


@pytest.fixture(scope="module")
def study(digits_csv: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder of a study of two recipes, two seeds each, and its JSON output."""
    folder = tmp_path_factory.mktemp("study")
    done = tenfold(
        "study",
        RECIPE,
        "cnn-32",
        "--seeds",
        "2",
        "--data",
        str(digits_csv),
        "--out",
        "s",
        "--json",
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    return folder / "s", json.loads(done.stdout)


@pytest.fixture(scope="module")
def uninterrupted(digits_csv: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """An uninterrupted run, and its time in seconds."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    start = time.perf_counter()
    subprocess.run(train_command(digits_csv, folder), check=True, capture_output=True)
    return folder, time.perf_counter() - start


def kill_after(seconds: float, command: list[str], sign: signal.Signals) -> subprocess.CompletedProcess[str]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(sign)
        out, err = process.communicate()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def interrupt_after_an_epoch(
    command: list[str], run: Path, sign: signal.Signals
) -> subprocess.CompletedProcess[str]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not (run / "history.csv").exists():
        time.sleep(0.01)
    process.send_signal(sign)
    out, err = process.communicate()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def test_a_study_trains_each_recipe_with_each_seed_and_once_permuted(
    study: tuple[Path, dict[str, Any]],
) -> None:
    folder, _ = study

    assert {run.path.name for run in find_runs([folder])} == {
        "mlp-128-64-seed-0",
        "mlp-128-64-seed-1",
        "mlp-128-64-permuted",
        "cnn-32-seed-0",
        "cnn-32-seed-1",
        "cnn-32-permuted",
    }
    assert (folder / "report.html").stat().st_size > 10_000


def test_a_study_leaves_no_temporary_files(study: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = study

    left = {path.name for path in (folder.parent / "tmp").iterdir()}
    assert left <= {".ses"}  # ONNX Runtime's: always the same one


def test_what_json_prints_is_what_results_json_holds(study: tuple[Path, dict[str, Any]]) -> None:
    folder, printed = study

    assert printed == json.loads((folder / "results.json").read_text())
    assert len(printed["runs"]) == 6
    assert {
        "recipe",
        "seed",
        "parameters",
        "multiply_adds",
        "epochs",
        "train_accuracy",
        "test_accuracy",
    } <= set(printed["runs"][0])
    assert len(printed["comparisons"]) == 1


def test_a_second_study_keeps_finished_runs(study: tuple[Path, dict[str, Any]], digits_csv: Path) -> None:
    folder, _ = study
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.npz")}

    again = tenfold(
        "study",
        "cnn-32",
        RECIPE,
        "--seeds",
        "2",
        "--data",
        str(digits_csv),
        "--out",
        str(folder),
        cwd=folder,
    )

    assert again.returncode == 0
    assert "6 of 6 runs are already finished" in again.stderr
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*.npz")}


def test_a_report_can_be_made_again_from_a_copied_run_alone(
    study: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    folder, _ = study
    (tmp_path / "copy").mkdir()
    for name in ("recipe.json", "history.csv", "predictions.npz", "result.json"):
        (tmp_path / "copy" / name).write_bytes((folder / "cnn-32-seed-0" / name).read_bytes())

    done = tenfold("report", "copy", "--out", "there", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "there" / "report.html").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_run_goes_on_and_ends_with_the_same_weights(
    uninterrupted: tuple[Path, float], digits_csv: Path, tmp_path: Path
) -> None:
    assert_survives_a_kill(uninterrupted, digits_csv, tmp_path, moment=0.7)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", range(30))
def test_a_run_survives_a_kill_at_any_moment(
    uninterrupted: tuple[Path, float], digits_csv: Path, tmp_path: Path, number: int
) -> None:
    assert_survives_a_kill(uninterrupted, digits_csv, tmp_path, random.Random(number).random())


def assert_survives_a_kill(
    uninterrupted: tuple[Path, float], digits_csv: Path, tmp_path: Path, moment: float
) -> None:
    folder, seconds = uninterrupted
    command = train_command(digits_csv, tmp_path / "run")

    kill_after(moment * seconds, command, signal.SIGKILL)
    subprocess.run(command, check=True, capture_output=True)

    assert same(weights(folder), weights(tmp_path / "run"))
    assert [p.name for p in (tmp_path / "run").glob(".*.part")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_leaves_a_resumable_run_and_says_how_to_resume(
    uninterrupted: tuple[Path, float], digits_csv: Path, tmp_path: Path
) -> None:
    folder, _ = uninterrupted
    command = train_command(digits_csv, tmp_path / "run")

    stopped = interrupt_after_an_epoch(command, tmp_path / "run", signal.SIGINT)

    assert stopped.returncode == 130
    assert "the same command continues from there" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    subprocess.run(command, check=True, capture_output=True)
    assert same(weights(folder), weights(tmp_path / "run"))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_terminated_run_also_says_how_to_resume(digits_csv: Path, tmp_path: Path) -> None:
    command = train_command(digits_csv, tmp_path / "run")
    stopped = interrupt_after_an_epoch(command, tmp_path / "run", signal.SIGTERM)

    assert stopped.returncode == 130
    assert "the same command continues from there" in stopped.stderr
    assert "Traceback" not in stopped.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_no_worker_outlives_a_killed_study(digits_csv: Path, tmp_path: Path) -> None:
    command = train_command(digits_csv, tmp_path / "run")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    workers: list[str] = []
    while process.poll() is None and not workers:
        children = ["pgrep", "-P", str(process.pid)]
        workers = subprocess.run(children, capture_output=True, text=True, check=False).stdout.split()
    process.kill()
    process.wait()

    assert workers
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{worker}").exists() for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def plan(folder: Path, recipes: tuple[str, ...] = RECIPES, **changes: object) -> list[tuple[str, int, bool]]:
    facts: dict[str, object] = {
        "seeds": 2,
        "epochs": None,
        "as_written": False,
        "data": "mnist",
        "data_sha256": "0" * 64,
        "engine": LocalEngine(),
        **changes,
    }
    tasks = plan_study(recipes, folder=folder, **facts)  # type: ignore[arg-type]
    return [(task.settings.recipe, task.settings.seed, task.settings.permuted) for task in tasks]


def test_a_study_begins_with_the_shortest_run_and_then_one_seed_of_everything_the_longest_first(
    tmp_path: Path,
) -> None:
    runs = plan(tmp_path, ("mlp-128-64", "cnn-32", "cnn-same-32-64-64"))

    longest_first = ["cnn-same-32-64-64", "cnn-32", "mlp-128-64"]
    assert runs == [
        ("mlp-128-64", 0, False),
        *((name, 0, False) for name in longest_first[:-1]),
        *((name, 1, False) for name in longest_first),
        *((name, 0, True) for name in longest_first),
    ]


@pytest.mark.parametrize("changes", [{"as_written": True}, {"permuted": False}])
def test_quick_studies_and_those_as_written_train_nothing_permuted(
    tmp_path: Path, changes: dict[str, bool]
) -> None:
    assert not any(permuted for _, _, permuted in plan(tmp_path, RECIPES, **changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seeds": 0}, "1 seed"),
        ({"epochs": 0}, "1 epoch"),
        ({"recipes": ("mpl-512",)}, "did you mean mlp-512"),
    ],
)
def test_a_study_refuses_what_makes_no_sense(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        plan(tmp_path, **changes)  # type: ignore[arg-type]


def test_a_study_in_a_folder_with_other_settings_is_refused(study: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = study
    sha = Run(folder / "cnn-32-seed-0").settings.data_sha256

    with pytest.raises(
        RunError, match=r"holds runs with other data \(cnn-32-seed-0, cnn-32-seed-1, cnn-32-per"
    ):
        plan(folder, ("cnn-32",))
    with pytest.raises(
        RunError, match=r"holds runs with epochs=10 instead of 1 \(cnn-32-seed-0, cnn-32-seed-1"
    ):
        plan(folder, ("cnn-32",), epochs=1, data_sha256=sha)


def test_studies_of_different_kinds_have_folders_of_their_own() -> None:
    folders = {default_study_folder(quick=q, as_written=w) for q in (False, True) for w in (False, True)}

    assert len(folders) == 4


def test_a_folder_without_runs_is_no_report(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected the folder of a finished run or of a study"):
        find_runs([tmp_path])


def test_runs_of_recipes_that_are_not_listed_here_come_last_in_a_report(tmp_path: Path) -> None:
    for name in ("a-recipe-of-ones-own", "cnn-32", "mlp-128-64"):
        settings = Settings(name, 0, 1, "mnist", "0" * 64, as_written=False, permuted=False, threads=1)
        (tmp_path / name).mkdir()
        (tmp_path / name / "recipe.json").write_text(json.dumps(settings.to_dict()))
        (tmp_path / name / "result.json").write_text("{}")

    found = [run.settings.recipe for run in find_runs([tmp_path])]

    assert found == ["mlp-128-64", "cnn-32", "a-recipe-of-ones-own"]


def test_a_failed_study_says_why_and_where(digits_csv: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    done = tenfold(
        "train", RECIPE, "--data", str(digits_csv), "--out", str(tmp_path / "file" / "run"), cwd=tmp_path
    )

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.rstrip().endswith("file/run cannot be used: Not a directory; choose another location")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_a_full_disk_costs_no_finished_epoch(
    uninterrupted: tuple[Path, float], digits_csv: Path, tmp_path: Path
) -> None:
    folder, _ = uninterrupted
    command = train_command(digits_csv, tmp_path / "run")

    # No file may become larger than 1 MB, which a checkpoint does.
    full = subprocess.run(
        ["sh", "-c", 'ulimit -f 2000; exec "$@"', "sh", *command], capture_output=True, text=True, check=False
    )

    assert full.returncode == 1
    assert full.stderr.splitlines()[-1].startswith("tenfold: File too large: ")
    assert full.stderr.splitlines()[-1].endswith("the same command continues from there")
    assert "Traceback" not in full.stderr
    subprocess.run(command, check=True, capture_output=True)
    assert same(weights(folder), weights(tmp_path / "run"))


def test_a_study_continues_without_a_diverged_run_and_reports_it(digits_csv: Path, tmp_path: Path) -> None:
    """One run goes on with weights that are no numbers."""
    where = ["--data", str(digits_csv), "--out"]
    path = tmp_path / "s" / f"{RECIPE}-seed-1"
    tenfold("train", RECIPE, "--seed", "1", "--epochs", "1", *where, str(path), cwd=tmp_path)
    with np.load(path / "checkpoint.npz") as saved:
        arrays = dict(saved)
    np.savez(path / "checkpoint.npz", **(arrays | {"state_0": arrays["state_0"] * np.nan}))
    study = ["study", RECIPE, "--seeds", "2", *where, "s"]

    done = tenfold(*study, cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"tenfold: 1 of 3 runs diverged and have no result: {RECIPE}-seed-1"
    )
    said = re.sub(r"\s+", " ", done.stdout)
    assert (
        f"Diverged, and therefore left out: {RECIPE} with seed 1 (its loss became NaN or infinite in" in said
    )
    results = json.loads((tmp_path / "s" / "results.json").read_text())
    assert [run["seed"] for run in results["runs"]] == [0, 0]
    assert [(run["seed"], run["epoch"]) for run in results["diverged"]] == [(1, 2)]
    assert "Without a result" in (tmp_path / "s" / "report.html").read_text()

    again = tenfold(*study, "--json", cwd=tmp_path)

    assert again.returncode == 1
    assert "3 of 3 runs are already finished" in again.stderr
    assert json.loads(again.stdout) == results


def test_runs_without_a_result_are_one_line(digits_csv: Path, tmp_path: Path) -> None:
    path = tmp_path / "s" / f"{RECIPE}-seed-0"
    data = ["--as-written", "--data", str(digits_csv), "--out"]
    train = ["train", RECIPE, *data, str(path)]
    assert tenfold(*train, cwd=tmp_path).returncode == 0
    (path / "result.json").unlink()
    (path / "diverged.json").write_text('{"epoch": 2, "cause": "the learning rate is too high"}')
    why = "its loss became NaN or infinite in epoch 2; the learning rate is too high"

    alone = tenfold(*train, cwd=tmp_path)
    study = tenfold("study", RECIPE, "--seeds", "1", *data, "s", cwd=tmp_path)

    assert (alone.returncode, study.returncode) == (1, 1)
    assert alone.stderr.splitlines()[-1] == f"tenfold: {path} diverged: {why}"
    assert study.stderr.splitlines()[-1] == (
        f"tenfold: no run of this study has a result; s/{RECIPE}-seed-0: {why}"
    )


def test_runs_of_a_study_share_the_cores(study: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = study

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert {run.settings.threads for run in find_runs([folder])} == {max(1, (cores or 1) // 6)}


def test_a_study_goes_on_with_other_jobs_and_threads(
    study: tuple[Path, dict[str, Any]], digits_csv: Path, tmp_path: Path
) -> None:
    begun, _ = study
    folder = tmp_path / "s"
    shutil.copytree(begun, folder)
    lost = folder / f"{RECIPE}-seed-1"
    shutil.rmtree(lost)
    kept = {run.path: (weights(run.path), run.settings) for run in find_runs([folder])}

    again = ["study", RECIPE, "cnn-32", "--seeds", "2", "--data", str(digits_csv), "--out", "s"]
    done = tenfold(*again, "--jobs", "1", "--threads", "2", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert Run(lost).settings.threads == 2
    for path, (before, settings) in kept.items():
        assert same(weights(path), before)
        assert Run(path).settings == settings
