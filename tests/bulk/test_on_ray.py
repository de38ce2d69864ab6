"""A reading on a Ray cluster, of whose parts some are killed."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.data import Dataset
from tenfold.reader import Digit, Reader

from .conftest import check_rows, encode, numbered, rows_in, write_table, write_tar

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

N_SHARDS, PER_SHARD = 40, 500


def wait_until(condition: Callable[[], object], within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def n_parts(output: Path) -> int:
    return len(list(output.glob("part-*.parquet")))


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "tenfold", "read-many", "--engine", "ray", "--single", *map(str, arguments)]


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A head of one core, to which nodes can be added."""
    from ray.cluster_utils import Cluster

    found = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    yield found
    found.shutdown()


def readers_on(node: Any) -> list[int]:
    """The processes reading a shard on a node: children of its raylet, named after their tasks."""
    (raylet,) = (info.process.pid for info in node.all_processes["raylet"])
    children = Path(f"/proc/{raylet}/task/{raylet}/children").read_text().split()
    return [int(pid) for pid in children if b"ray::Map(_read)" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def kill_a_reader(node: Any, chance: random.Random) -> None:
    wait_until(lambda: readers_on(node))
    os.kill(chance.choice(readers_on(node)), signal.SIGKILL)


def test_every_image_is_read_once_whatever_is_killed(mnist: Dataset, cluster: Any, tmp_path: Path) -> None:
    """Readers at random moments, a machine, the driver; the same command goes on, and loses a machine."""
    given, output, chance = tmp_path / "in", tmp_path / "out", random.Random()
    pictures = [encode(image) for image in mnist.x_train[: N_SHARDS * PER_SHARD]]
    for shard in range(N_SHARDS):
        start = shard * PER_SHARD
        names = {f"{start + n}.png": picture for n, picture in enumerate(pictures[start : start + PER_SHARD])}
        write_tar(given / f"{shard:02d}.tar", names)
    arguments = command("--address", cluster.address, "--json", given, output)

    lost = cluster.add_node(num_cpus=1)
    driver = subprocess.Popen(arguments)
    wait_until(lambda: n_parts(output) >= 3)
    kill_a_reader(cluster.head_node, chance)
    wait_until(lambda: n_parts(output) >= 8)
    kill_a_reader(lost, chance)
    wait_until(lambda: n_parts(output) >= 12)
    cluster.remove_node(lost, allow_graceful=False)
    wait_until(lambda: n_parts(output) >= 16)
    time.sleep(chance.random())
    driver.kill()
    driver.wait()
    kept = n_parts(output)
    lost = cluster.add_node(num_cpus=1)
    again = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    wait_until(lambda: n_parts(output) >= kept + 3)
    kill_a_reader(cluster.head_node, chance)
    wait_until(lambda: readers_on(lost))
    cluster.remove_node(lost, allow_graceful=False)
    told, _ = again.communicate(timeout=240)

    assert again.returncode == 0
    summary = json.loads(told)
    assert 16 <= summary["kept"] < N_SHARDS
    assert summary["parts"] == n_parts(output) == N_SHARDS
    assert not list(output.glob(".*"))
    rows = rows_in(output)
    expected = [f"{given}/{n // PER_SHARD:02d}.tar/{n}.png" for n in range(len(pictures))]
    assert Counter(row["image"] for row in rows) == Counter(expected)
    sample = sorted(chance.sample(range(len(rows)), 500))
    check_rows([rows[n] for n in sample], Reader(cores=1).read_digits([pictures[n] for n in sample]))
    right = [row["digits"] == [int(label)] for row, label in zip(rows, mnist.y_train, strict=False)]
    assert np.mean(right) > 0.98
    assert not any(row["error"] for row in rows)


def test_without_an_address_this_machine_is_the_cluster(
    digits: list[bytes], read: list[Digit], tmp_path: Path
) -> None:
    given, output = tmp_path / "in", tmp_path / "out"
    write_tar(given / "a.tar", numbered(digits))

    done = subprocess.run(command(given, output), capture_output=True, text=True, check=True)

    assert done.stderr == ""
    assert done.stdout.startswith("30 images, 0 with errors, in ")
    check_rows(rows_in(output), read)


def test_without_an_address_no_other_cluster_of_this_machine_is_joined(cluster: Any) -> None:
    ask = """
import ray
from tenfold.cluster import connect
connect(None)
print(ray.get_runtime_context().gcs_address)
"""
    environment = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}

    ours = subprocess.run(
        [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()

    assert ours
    assert ours != cluster.address


def test_what_a_worker_refuses_is_one_line(digits: list[bytes], tmp_path: Path) -> None:
    write_table(tmp_path / "a.parquet", {"image": digits[:1]})
    write_table(tmp_path / "b.parquet", {"label": [1]})

    done = subprocess.run(command(tmp_path, tmp_path / "out"), capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith(f"tenfold: expected in {tmp_path}/b.parquet one column of bytes, or one of")
    assert done.stderr.count("\n") == 1


def test_a_cluster_that_does_not_answer_is_one_line(digits: list[bytes], tmp_path: Path) -> None:
    write_tar(tmp_path / "a.tar", numbered(digits))

    done = subprocess.run(
        command("--address", "127.0.0.1:1", tmp_path, tmp_path / "out"),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "expected the address of a Ray cluster, HOST:PORT, received 127.0.0.1:1" in done.stderr
    assert done.stderr.count("\n") == 1
