"""Studies on a Ray cluster: two machines, as processes of this one, that die in the middle of the work."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.engines import open_engine
from tenfold.runs.run import Run
from tenfold.studies import find_runs, run_study

pytest.importorskip("ray", reason="pip install 'tenfold[cluster]'")
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="looks into /proc for the cluster's processes"
)

RECIPE, SEEDS, EPOCHS = "mlp-128-64", 2, 6
DRIVER = """
import sys
from tenfold.studies import run_study
from tenfold.engines import open_engine

address, folder, recipe, seeds, epochs = sys.argv[1:]
run_study([recipe], folder=folder, seeds=int(seeds), epochs=int(epochs), as_written=True,
          engine=open_engine("ray", address))
"""
PATIENCE_S = 120


@pytest.fixture
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    # Ray does not let go of what tasks of a killed driver were given: there must be room for more.
    machine = {"num_cpus": 1, "object_store_memory": 400 * 2**20}
    cluster = Cluster(initialize_head=True, head_node_args=machine)
    cluster.add_node(**machine)
    yield cluster
    cluster.shutdown()


@pytest.fixture(scope="module")
def undisturbed(mnist: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same study, trained on this machine."""
    folder = tmp_path_factory.mktemp("local")
    run_study([RECIPE], folder=folder, seeds=SEEDS, epochs=EPOCHS, as_written=True)
    return folder


def drive(cluster: Any, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", DRIVER, cluster.address, str(folder), RECIPE, str(SEEDS), str(EPOCHS)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def wait_until(condition: Callable[[], object], driver: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert driver.poll() is None, driver.communicate()[1]
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)


def workers() -> list[int]:
    """The processes in which the cluster trains."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if entry.read_bytes().startswith(b"ray::_train_in_worker"):
                found.append(int(entry.parent.name))
        except OSError:
            continue  # it has ended meanwhile
    return found


def epochs_done(folder: Path) -> dict[str, int]:
    """How many epochs the driver knows of, by run."""
    runs = (Run(path) for path in sorted(folder.glob("*-seed-*")))
    return {run.path.name: len(run.history) if run.history_path.exists() else 0 for run in runs}


def assert_same_runs(folder: Path, undisturbed: Path) -> None:
    runs, expected = find_runs([folder]), find_runs([undisturbed])
    assert [run.path.name for run in runs] == [run.path.name for run in expected]
    for run, reference in zip(runs, expected, strict=True):
        assert run.weights_path.read_bytes() == reference.weights_path.read_bytes()
        assert run.settings == reference.settings
        np.testing.assert_array_equal(run.predictions.probabilities, reference.predictions.probabilities)
        for key in ("test_accuracy", "test_loss", "train_accuracy", "robustness", "parameters"):
            assert run.result[key] == reference.result[key]
        assert [epoch["loss"] for epoch in run.history] == [epoch["loss"] for epoch in reference.history]


def test_runs_end_the_same_though_a_worker_and_then_a_machine_die(
    cluster: Any, undisturbed: Path, tmp_path: Path
) -> None:
    driver = drive(cluster, tmp_path)
    wait_until(lambda: sum(epochs_done(tmp_path).values()) >= 1 and workers(), driver)
    os.kill(workers()[0], signal.SIGKILL)
    wait_until(lambda: len(workers()) == SEEDS, driver)
    (second,) = cluster.worker_nodes
    cluster.remove_node(second, allow_graceful=False)
    _, errors = driver.communicate(timeout=PATIENCE_S)

    assert driver.returncode == 0, errors
    assert_same_runs(tmp_path, undisturbed)
    assert not list((tmp_path / "checkpoints").iterdir()), "nothing is left at the place of checkpoints"


def test_a_study_whose_driver_dies_is_picked_up(cluster: Any, undisturbed: Path, tmp_path: Path) -> None:
    first = drive(cluster, tmp_path)
    wait_until(lambda: all(epochs_done(tmp_path).values()) and len(epochs_done(tmp_path)) == SEEDS, first)
    first.kill()
    first.communicate()
    done = epochs_done(tmp_path)
    begun = time.time()
    second = drive(cluster, tmp_path)
    _, errors = second.communicate(timeout=PATIENCE_S)

    assert second.returncode == 0, errors
    assert_same_runs(tmp_path, undisturbed)
    for run in find_runs([tmp_path]):
        again = [epoch["seconds"] for epoch in run.history[done[run.path.name] :]]
        assert sum(again) < time.time() - begun, "the epochs from before were not trained again"
    usage = json.loads((tmp_path / "usage.json").read_text())
    assert usage["engine"] == "ray"
    assert usage["cores"] == 2


def test_a_tuning_gives_up_trials_of_a_cluster(cluster: Any, digits_csv: Path, tmp_path: Path) -> None:
    folder, trials = tmp_path / "tuning", 10
    search = ["tune", RECIPE, "--trials", str(trials), "--epochs", "6", "--data", str(digits_csv)]
    where = ["--out", str(folder), "--engine", "ray", "--address", cluster.address]
    done = subprocess.run(
        [sys.executable, "-m", "tenfold", *search, *where, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["trials"]
    assert [trial["number"] for trial in told] == list(range(1, trials + 1))
    for trial in told:
        epochs = len(Run(folder / "trials" / f"{trial['number']:04d}").history)
        assert epochs == 6 or trial["given_up"]
    assert (folder / f"{RECIPE}-tuned.toml").exists()
    assert not list(folder.glob("trials/*/result.json")), "no trial looks at the test images"


def test_an_unreachable_address_is_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tenfold", "study", RECIPE, "--engine", "ray", "--address", "127.0.0.1:1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("tenfold: expected the address of a Ray cluster, HOST:PORT")
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir()), "nothing was begun"


def test_a_users_network_travels_with_its_run(cluster: Any, digits_csv: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "import keras\nprint('built')\n"
        "def build(classes):\n    return keras.Sequential([keras.layers.Dense(classes)])\n"
    )
    ray = pytest.importorskip("ray")
    engine = open_engine("ray", cluster.address)

    (run,) = run_study(
        [f"{file}:build"],
        folder=tmp_path / "study",
        seeds=1,
        epochs=1,
        as_written=True,
        data=str(digits_csv),
        engine=engine,
    )
    ray.shutdown()  # the cluster does not end before its driver

    assert run.label == "mine:build (as written)"
    assert run.network_path.exists()
    assert run.load_model().count_params() == 7850
