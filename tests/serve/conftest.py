"""A service in the test's process, or in one of its own as a user starts it."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import onnx
import pytest
from PIL import Image
from starlette.testclient import TestClient

from small_model import SmallModel
from tenfold.runs.settings import Settings
from tenfold.serve.app import build_app
from tenfold.serve.settings import ServiceSettings


@dataclass(frozen=True)
class Service:
    """A running service: a client for it, and its process."""

    client: httpx.Client
    process: subprocess.Popen[str]
    log: Path

    @property
    def port(self) -> int:
        return int(self.client.base_url.port or 0)

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """The exit code."""
        self.process.send_signal(sign)
        return self.process.wait(timeout=60)


@contextmanager
def running(log: Path, *options: str) -> Iterator[Service]:
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "tenfold", "serve", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=stream,
            text=True,
            start_new_session=True,
        )
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address, log.read_text()
            base = re.sub(r"\?.*", "", address)
            with httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
                wait_until(lambda: is_ready(client))
                yield Service(client, process, log)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            with suppress(ProcessLookupError):  # whatever it left behind
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if process.stdout:
                process.stdout.close()


def is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def wait_until(condition: Callable[[], bool], within_s: float = 30) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def encode(grey: np.ndarray, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, format=kind)
    return stream.getvalue()


@pytest.fixture(scope="session")
def picture() -> Callable[..., bytes]:
    """Makes a file of digits as MNIST's are, beside each other on paper."""

    def of(*digits: np.ndarray, kind: str = "PNG") -> bytes:
        return encode(255 - np.pad(np.concatenate(digits, axis=1), 8), kind)

    return of


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One with the defaults, for all tests of a module."""
    with running(tmp_path_factory.mktemp("service") / "log.txt") as started:
        yield started


@contextmanager
def answering(tell: Callable[[str], object] = print, **settings: Any) -> Iterator[TestClient]:
    """A client of an application that runs here, without a server."""
    app = build_app(ServiceSettings(**settings), tell)
    with TestClient(app, "http://127.0.0.1:8765", follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """Of one with the defaults, for all tests of a module."""
    with answering() as client:
        yield client


@pytest.fixture
def client_of() -> Iterator[Callable[..., TestClient]]:
    """Makes clients of applications with settings of the test's own."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(answering(**settings))


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two finished runs of untrained networks."""
    folder = tmp_path_factory.mktemp("runs")
    rng = np.random.default_rng(0)
    for recipe, parameters in (("mlp-128-64", 109_386), ("cnn-32", 693_962)):
        run = folder / recipe
        run.mkdir()
        settings = Settings.from_dict(
            {"recipe": recipe, "seed": 0, "epochs": 1, "data": "mnist", "data_sha256": "0" * 64}
            | {"as_written": False, "permuted": False, "threads": 1}
        )
        result = {"parameters": parameters, "test_accuracy": 0.1}
        (run / "recipe.json").write_text(json.dumps(settings.to_dict()))
        (run / "result.json").write_text(json.dumps(result))
        network = SmallModel.onnx(rng.normal(0, 0.1, (784, 10)).astype(np.float32))
        network.graph.node.append(onnx.helper.make_node("Softmax", ["logits"], ["probabilities"]))
        network.graph.output[0].name = "probabilities"
        (run / "model.onnx").write_bytes(network.SerializeToString())
    return folder


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Starts services with options of the test's own; they end with it."""
    with ExitStack() as stack:
        yield lambda *options: stack.enter_context(running(tmp_path / "log.txt", *options))


@pytest.fixture
def refusal() -> Callable[..., str]:
    """Starts a service that cannot be; the line on stderr."""

    def start(*options: str) -> str:
        command = [sys.executable, "-m", "tenfold", "serve", "--port", "0", *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2
        (line,) = done.stderr.splitlines()
        return line

    return start
