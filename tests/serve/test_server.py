"""The service as a process: how it begins, loses a worker, and changes its model."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tenfold.data import Dataset
from tenfold.reader.manifest import manifest_path
from tenfold.reader.reader import BUNDLED_MODEL

Picture = Callable[..., bytes]
Start = Callable[..., Any]


def tenfold_serve(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tenfold", "serve", *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def copy_model(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    shutil.copy(BUNDLED_MODEL, folder / "reader.onnx")
    shutil.copy(manifest_path(BUNDLED_MODEL), folder / "reader.json")
    return folder / "reader.onnx"


def worker_of(parent: int) -> list[int]:
    """The processes that answer: children that listen, unlike those that look after other things."""
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(parent)], capture_output=True, text=True)
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if "spawn_main" in line]


def test_a_port_in_use_is_said_to_be(service: Any) -> None:
    done = tenfold_serve("--port", str(service.port))

    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1, port {service.port}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_model_that_cannot_be_used_is_said_to_be(tmp_path: Path, workers: str) -> None:
    model = copy_model(tmp_path)
    model.write_bytes(b"damaged")
    done = tenfold_serve("--port", "0", "--model", str(model), "--workers", workers)

    assert done.returncode == 1
    assert "is damaged or another one" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "options",
    [("--workers", "0"), ("--max-body", "0"), ("--timeout", "-1"), ("--port", "70000"), ("--token", "")],
)
def test_numbers_out_of_range_are_refused(options: tuple[str, str]) -> None:
    done = tenfold_serve(*options)

    assert done.returncode == 2
    assert "expected a" in done.stderr


def test_serving_loads_no_training_stack() -> None:
    script = "import tenfold.serve.app, tenfold.serve.server, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout

    assert not set(loaded.split()) & {
        "keras", "tensorflow", "jax", "torch", "sklearn", "scipy", "pandas", "matplotlib", "onnx", "filelock"
    }  # fmt: skip


def test_a_killed_worker_is_replaced_and_nothing_is_answered_wrongly(
    start: Start, mnist: Dataset, picture: Picture
) -> None:
    service = start("--workers", "2")
    body = picture(*mnist.x_test[:3])
    answers: list[str] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                answer = service.client.post("/v1/read", content=body, headers={"Connection": "close"})
            except Exception as error:  # noqa: BLE001 - which of them depends on the moment of the kill
                answers.append(type(error).__name__)
            else:
                answers.append(answer.json()["text"])

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    first, _ = before = worker_of(service.process.pid)
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while len(now := worker_of(service.process.pid)) < 2 or first in now:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(1)
    stop.set()
    for thread in asking:
        thread.join()

    assert set(now) != set(before)
    assert answers.count("721") > 10
    lost = {answer for answer in answers if answer != "721"}
    assert lost <= {"ReadError", "RemoteProtocolError", "WriteError", "ConnectError"}
    assert len(answers) - answers.count("721") <= 8
    assert service.stop() == 0


def test_another_model_is_gone_over_to_without_a_failed_request(
    start: Start, mnist: Dataset, picture: Picture, tmp_path: Path
) -> None:
    model = copy_model(tmp_path / "served")
    service = start("--model", str(model))
    body = picture(mnist.x_test[0])
    statuses: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            statuses.append(service.client.post("/v1/digits", content=body).status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    # The manifest of another calibration, and with it the same network, a second later.
    other = manifest_path(model).read_text().replace('"threshold": 0.', '"threshold": 0.9')
    manifest_path(model).write_text("{")
    time.sleep(1.2)
    manifest_path(model).write_text(other)
    deadline = time.monotonic() + 20
    while service.client.get("/v1/model").json()["threshold"] < 0.9:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    stop.set()
    asking.join()

    assert set(statuses) == {200}
    assert "still reading with the former model" in service.log.read_text()


def test_metrics_count_what_all_workers_answered(start: Start, mnist: Dataset, picture: Picture) -> None:
    service = start("--workers", "2")
    body = picture(mnist.x_test[0])
    for _ in range(20):
        service.client.post("/v1/digits", content=body, headers={"Connection": "close"})
    lines = dict(
        line.rsplit(" ", 1)
        for line in service.client.get("/metrics").text.splitlines()
        if not line.startswith("#")
    )
    assert float(lines['tenfold_requests_total{status="200"}']) >= 20
    assert float(lines["tenfold_received_bytes_total"]) == 20 * len(body)


def test_an_address_of_ip_version_6_is_printed_as_browsers_take_it(start: Start) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    service = start("--host", "::1")

    assert str(service.client.base_url).startswith("http://[::1]:")
    assert service.client.get("/v1/model").status_code == 200
