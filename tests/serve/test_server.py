"""The service as a process: how it begins, loses a worker, and changes its model."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from endless import write_endless_reader
from tenfold.data import Dataset
from tenfold.errors import InputError
from tenfold.reader.manifest import manifest_path
from tenfold.reader.reader import BUNDLED_MODEL
from tenfold.serve.settings import ServiceSettings

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


def wait_until(condition: Callable[[], bool], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def copy_model(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    shutil.copy(BUNDLED_MODEL, folder / "reader.onnx")
    shutil.copy(manifest_path(BUNDLED_MODEL), folder / "reader.json")
    return folder / "reader.onnx"


def workers_of(parent: int) -> list[int]:
    """The processes that answer: children that listen, unlike those that look after other things."""
    return [pid for pid, command in processes_of(parent).items() if "spawn_main" in command]


def processes_of(parent: int) -> dict[int, str]:
    """The commands of a process's children."""
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=", "-o", "args=", "--ppid", str(parent)],
        check=False,  # where there are none, ps says so
        capture_output=True,
        text=True,
    )
    lines = [line.split(maxsplit=1) for line in listed.stdout.splitlines()]
    return {int(pid): command for pid, command in lines if "<defunct>" not in command}


@contextmanager
def asking(service: Any, path: str, body: bytes, n_threads: int = 1) -> Iterator[list[str]]:
    """Ask all the time, meanwhile; what came of it: the answered texts, or the names of the errors."""
    answers: list[str] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                answer = service.client.post(path, content=body, headers={"Connection": "close"})
                answers.append(answer.json().get("text", str(answer.status_code)))
            except httpx.TransportError as error:
                answers.append(type(error).__name__)

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(n_threads)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


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
    assert "is damaged or was replaced" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"workers": 0}, {"max_body_bytes": 0}, {"timeout_s": -1}, {"port": 70000}, {"token": ""}],
    ids=str,
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="expected a"):
        ServiceSettings(**wrong)


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
    with asking(service, "/v1/read", picture(*mnist.x_test[:3]), n_threads=4) as answers:
        wait_until(lambda: len(workers_of(service.process.pid)) == 2)
        first, _ = workers_of(service.process.pid)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: len(set(workers_of(service.process.pid)) - {first}) == 2)
        before = answers.count("721")
        wait_until(lambda: answers.count("721") > before + 10)

    assert "tenfold_requests_at_work 1.0" in service.client.get("/metrics").text  # this one
    lost = {answer for answer in answers if answer != "721"}
    assert lost <= {"ReadError", "RemoteProtocolError", "WriteError", "ConnectError"}
    assert len(answers) - answers.count("721") <= 8
    assert service.stop() == 0


def test_workers_stop_when_their_parent_is_killed(start: Start) -> None:
    service = start("--workers", "2")
    wait_until(lambda: len(workers_of(service.process.pid)) == 2)
    workers = workers_of(service.process.pid)
    service.stop(signal.SIGKILL)

    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    socket.create_server(("127.0.0.1", service.port)).close()  # the port is free again


def test_another_model_is_gone_over_to_without_a_failed_request(
    start: Start, mnist: Dataset, picture: Picture, tmp_path: Path
) -> None:
    model = copy_model(tmp_path / "served")
    service = start("--model", str(model))
    with asking(service, "/v1/digits", picture(mnist.x_test[0])) as answers:
        # The manifest of another calibration, written in two steps.
        other = {**json.loads(manifest_path(model).read_text()), "threshold": 0.123}
        manifest_path(model).write_text("{")
        wait_until(lambda: "still reading with the former model" in service.log.read_text())
        manifest_path(model).write_text(json.dumps(other))
        wait_until(lambda: service.client.get("/v1/model").json()["threshold"] == 0.123)
    assert set(answers) == {"7"}


def test_a_model_that_never_answers_is_not_gone_over_to(
    start: Start, mnist: Dataset, picture: Picture, tmp_path: Path
) -> None:
    model = copy_model(tmp_path / "served")
    service = start("--model", str(model), "--timeout", "1")
    write_endless_reader(model)
    wait_until(lambda: len(processes_of(service.process.pid)) == 1)  # the model is being tried
    (trying,) = processes_of(service.process.pid)
    assert service.client.post("/v1/read", content=picture(*mnist.x_test[:3])).json()["text"] == "721"
    begun = time.monotonic()

    assert service.stop() == 0
    assert time.monotonic() - begun < 1 + 5
    wait_until(lambda: not Path(f"/proc/{trying}").exists())


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


def test_who_opens_the_service_to_all_is_told_of_the_token(start: Start) -> None:
    service = start("--host", "0.0.0.0")  # noqa: S104

    assert "--token" in service.log.read_text()


def test_an_address_of_ip_version_6_is_printed_as_browsers_take_it(start: Start) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    service = start("--host", "::1")

    assert str(service.client.base_url).startswith("http://[::1]:")
    assert service.client.get("/v1/model").status_code == 200
