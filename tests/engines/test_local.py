"""The processes of this machine, in which runs are trained side by side."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tenfold.cores import available_cores
from tenfold.data import load_data
from tenfold.engines import Listener, LocalEngine, Task, local, open_engine
from tenfold.errors import InputError, RunError
from tenfold.runs.run import Run
from tenfold.runs.settings import Settings
from tenfold.training.progress import Progress


def task(folder: Path, data: Path, seed: int) -> Task:
    settings = Settings(
        recipe="mlp-128-64",
        seed=seed,
        epochs=3,
        data=str(data),
        data_sha256=load_data(str(data)).sha256,
        as_written=False,
        permuted=False,
        threads=1,
    )
    return Task(folder / f"seed-{seed}", settings)


def test_a_run_that_is_given_up_makes_room_for_the_next(digits_csv: Path, tmp_path: Path) -> None:
    taken: list[int] = []
    taken_when_the_first_began: list[int] = []
    finished: list[str] = []

    def tasks() -> Iterator[Task]:
        for seed in range(2):
            taken.append(seed)
            yield task(tmp_path, digits_csv, seed)

    def goes_on(of: Task, progress: Progress) -> bool:
        taken_when_the_first_began.append(len(taken))
        return of.settings.seed > 0 or progress.fraction == 0

    usage = LocalEngine(processes=1).train(
        tasks(), Listener(on_finished=lambda run: finished.append(run.path.name), goes_on=goes_on)
    )

    assert finished == ["seed-1"]
    assert not Run(tmp_path / "seed-0").finished
    assert taken_when_the_first_began[0] == 1, "a task is taken when there is room for it"
    assert 0 < usage.cores_used <= usage.cores == available_cores()
    assert usage.idle_share == pytest.approx(1 - usage.cores_used / usage.cores)


def test_a_run_leaves_out_the_damaged_pictures_its_study_left_out(digits_csv: Path, tmp_path: Path) -> None:
    rows = digits_csv.read_text().splitlines()
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(b"no picture")
    mine = tmp_path / "mine.csv"
    mine.write_text("\n".join([rows[0], f"{damaged},3", *(f"{digits_csv.parent}/{row}" for row in rows[1:])]))
    whole = task(tmp_path, digits_csv, 0)

    finished: list[int] = []
    LocalEngine(processes=1).train(
        [Task(whole.path, replace(whole.settings, data=str(mine), epochs=1))],
        Listener(on_finished=lambda run: finished.append(run.settings.epochs)),
    )

    assert finished == [1], "the fingerprint is that of the pictures that can be read"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_each_of_several_graphics_processors_has_a_run_to_itself(digits_csv: Path, tmp_path: Path) -> None:
    seen: set[str] = set()

    def look(_task: Task, _progress: Progress) -> None:
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(entry.read_text().rpartition(")")[2].split()[1])
                environment = (entry.parent / "environ").read_bytes() if parent == os.getpid() else b""
            except OSError:
                continue  # it has ended meanwhile
            seen.update(
                variable.partition(b"=")[2].decode()
                for variable in environment.split(b"\0")
                if variable.startswith(b"CUDA_VISIBLE_DEVICES=")
            )

    engine = LocalEngine(processes=4, gpus=("3", "5"))
    engine.train([task(tmp_path, digits_csv, seed) for seed in range(2)], Listener(on_progress=look))

    assert engine.processes == 2
    assert seen == {"3", "5"}


def test_the_first_failure_ends_the_others_and_is_told(digits_csv: Path, tmp_path: Path) -> None:
    damaged = task(tmp_path, digits_csv, 0)
    damaged.path.mkdir()
    (damaged.path / "recipe.json").write_text("{")

    with pytest.raises(RunError, match=r"recipe\.json cannot be read"):
        LocalEngine(processes=2).train([damaged, task(tmp_path, digits_csv, 1)], Listener())


def test_so_many_jobs_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "available_cores", lambda: 8)

    assert [open_engine("local", jobs=jobs).threads(6) for jobs in (1, 2, 6)] == [8, 4, 1]
    assert open_engine("local", jobs=2).threads(1) == 8


def test_so_many_threads_leave_room_for_so_many_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "available_cores", lambda: 8)

    assert open_engine("local", threads=3).threads(6) == 3
    assert LocalEngine(threads=8).processes == LocalEngine(threads=20).processes == 1
    assert LocalEngine(3, threads=4).processes == 3


def test_jobs_and_threads_are_refused_for_a_cluster() -> None:
    with pytest.raises(InputError, match="--jobs is for local training"):
        open_engine("ray", jobs=2)
    with pytest.raises(InputError, match="--threads is for local training"):
        open_engine("ray", threads=2)


@pytest.mark.parametrize("given", [{"address": "auto"}, {"checkpoints": "s3://bucket"}])
def test_what_only_a_cluster_has_is_refused_without_one(given: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="--engine ray"):
        open_engine("local", **given)
