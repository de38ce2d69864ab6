"""Load tests of the service: load compared with a bare FastAPI route, overload, slow clients, decompression
bombs, lost workers.

usage: python benchmarks/service.py [--rounds R] [--soak SECONDS]

The service runs in a separate process, the load comes from this one, over loopback. Rates are ratios to those
of a route that returns a constant (bare_service.py), measured in turn. Prints the measurements and saves them
in benchmarks/results/.
"""

import asyncio
import io
import json
import multiprocessing
import os
import random
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import uvloop
from PIL import Image

from load import HOST, Load, ask_for_a_while, put_under_load, request
from measuring import HERE, keep, memory_bytes, parser, summarize
from tenfold.data import load_mnist
from tenfold.reader.manifest import manifest_path
from tenfold.reader.reader import BUNDLED_MODEL
from tenfold.serve.settings import ServiceSettings

CLIENTS, SECONDS = 16, 4.0


@dataclass(frozen=True)
class Service:
    """A running service: its address and its process."""

    address: str
    process: subprocess.Popen[str]

    def memory_mb(self) -> float:
        """Resident memory of the serving process."""
        return memory_bytes("VmRSS", self.process.pid) / 2**20


@contextmanager
def running(*options: str) -> Iterator[Service]:
    """`tenfold serve` with `options`, on a free port."""
    command = [sys.executable, "-m", "tenfold", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None  # noqa: S101 - what PIPE promises
    try:
        service = Service(process.stdout.readline().partition("?")[0].strip(), process)
        wait_until_ready(service.address)
        yield service
    finally:
        process.terminate()
        process.wait()


@contextmanager
def bare() -> Iterator[str]:
    """The address of a route that returns a constant."""
    port = 8799
    process = subprocess.Popen([sys.executable, str(HERE / "bare_service.py"), str(port)])
    try:
        wait_until_ready(f"http://{HOST}:{port}/", "docs")
        yield f"http://{HOST}:{port}/"
    finally:
        process.terminate()
        process.wait()


def wait_until_ready(address: str, path: str = "health/ready") -> float:
    """Wait for the service, and return the seconds it took."""
    start = time.perf_counter()
    while time.perf_counter() - start < 60:
        try:
            with urlopen(address + path):  # noqa: S310 - our own address
                return time.perf_counter() - start
        except OSError:
            time.sleep(0.01)
    raise TimeoutError(address)


def digit_requests(path: str) -> list[bytes]:
    """Requests with PNGs of MNIST's test images, dark on light."""
    return [request(path, png_of(255 - image)) for image in load_mnist().x_test[:200]]


def png_of(image: Any) -> bytes:
    """An array of grey levels as a PNG."""
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, format="PNG")
    return stream.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb() -> bytes:
    """A PNG that claims to have 3.6 gigapixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(10**6)))
        + chunk(b"IEND", b"")
    )


def beside_a_bare_route(rounds: int) -> dict[str, Any]:
    """Single-digit PNGs per second, as a ratio, with one worker and with one per core."""
    results: dict[str, Any] = {}
    for workers in dict.fromkeys((1, os.cpu_count() or 1)):
        ratios, p99s, rates = [], [], []
        with bare() as bare_address, running("--workers", str(workers)) as service:
            for _ in range(rounds):
                constant = put_under_load(bare_address, digit_requests("/"), clients=CLIENTS, seconds=SECONDS)
                digits = put_under_load(
                    service.address, digit_requests("/v1/digits"), clients=CLIENTS, seconds=SECONDS
                )
                ratios.append(digits.per_second / constant.per_second)
                p99s.append(digits.percentile_ms(99))
                rates.append(digits.per_second)
        results[f"{workers} workers"] = {
            "ratio": summarize(ratios),
            "per_second": round(statistics.median(rates)),
            "p99_ms": summarize(p99s),
        }
    return results


def overloaded() -> dict[str, Any]:
    """Ten times more clients than capacity: their answers, latencies, and how soon the service recovers."""
    requests = digit_requests("/v1/digits")
    capacity = ServiceSettings().capacity
    with running() as service:
        normal = put_under_load(service.address, requests, clients=capacity, seconds=SECONDS)
        over, rude = (
            put_under_load(service.address, requests, clients=10 * capacity, seconds=SECONDS, patient=patient)
            for patient in (True, False)
        )
        after = [put_under_load(service.address, requests, clients=capacity, seconds=1) for _ in range(4)]
    return {
        "capacity": capacity,
        "statuses": {"patient": dict(over.statuses), "at once again": dict(rude.statuses)},
        "p99_ms": {
            "normal": round(normal.percentile_ms(99), 1),
            "over capacity, patient": round(over.percentile_ms(99), 1),
            "over capacity, at once again": round(rude.percentile_ms(99), 1),
            "each second after": [round(load.percentile_ms(99), 1) for load in after],
        },
        "ratio_of_p99": round(over.percentile_ms(99) / normal.percentile_ms(99), 2),
    }


def beside_slow_clients(rounds: int) -> dict[str, Any]:
    """Other clients' 99th percentile while 200 clients, in a separate process, send a byte per second."""
    requests = digit_requests("/v1/digits")
    ratios = []
    with running("--timeout", "600") as service:
        for _ in range(rounds):
            alone = put_under_load(service.address, requests, clients=CLIENTS, seconds=SECONDS)
            slow = multiprocessing.Process(target=_drip_all, args=(service.address, 200), daemon=True)
            slow.start()
            time.sleep(4)
            beside = put_under_load(service.address, requests, clients=CLIENTS, seconds=SECONDS)
            slow.kill()
            slow.join()
            ratios.append(beside.percentile_ms(99) / alone.percentile_ms(99))
    return {"ratio_of_p99": summarize(ratios)}


def _drip_all(address: str, n_clients: int) -> None:
    async def drip_all() -> None:
        await asyncio.gather(*(_drip(int(address.split(":")[2].strip("/"))) for _ in range(n_clients)))

    asyncio.run(drip_all())


async def _drip(port: int) -> None:
    await asyncio.sleep(random.random())  # noqa: S311
    _, writer = await asyncio.open_connection(HOST, port)
    writer.write(b"POST /v1/digits HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n")
    while True:
        writer.write(b"x")
        await asyncio.sleep(1)


def bombed() -> dict[str, Any]:
    """A hundred pictures that unpack to more than the available memory."""
    bombs = [request("/v1/read", bomb())]
    with running() as service:
        put_under_load(service.address, bombs, clients=1, seconds=1)
        before = service.memory_mb()
        times = []
        for _ in range(100):
            start = time.perf_counter()
            asyncio.run(_ask_once(service.address, bombs[0], expected=400))
            times.append(1000 * (time.perf_counter() - start))
        return {
            "longest_ms": round(max(times), 1),
            "median_ms": round(statistics.median(times), 1),
            "memory_growth_mb": round(service.memory_mb() - before, 2),
        }


async def _ask_once(address: str, content: bytes, *, expected: int) -> None:
    reader, writer = await asyncio.open_connection(HOST, int(address.split(":")[2].strip("/")))
    writer.write(content)
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    if int(head[9:12]) != expected:
        raise ValueError(f"expected the status {expected}, received {head[:40]!r}")


def losing_workers() -> dict[str, Any]:
    """`kill -9` under load: one of two workers, for the effect on answers; then both, for the time until
    answers return."""
    requests = digit_requests("/v1/digits")[:1]

    async def measure(service: Service) -> tuple[Load, float]:
        load = asyncio.create_task(
            ask_for_a_while(service.address, requests, clients=CLIENTS, seconds=10, keep_bodies=True)
        )
        await asyncio.sleep(2)
        os.kill(workers_of(service)[0], signal.SIGKILL)
        await asyncio.sleep(4)
        for worker in workers_of(service):
            os.kill(worker, signal.SIGKILL)
        seconds = await asyncio.to_thread(wait_until_ready, service.address)
        return await load, seconds

    with running("--workers", "2") as service:
        load, seconds = asyncio.run(measure(service))
    return {
        "answers": dict(load.statuses),  # 0: connections lost with the worker
        "different_answers": len(load.bodies),
        "ready_again_after_s": round(seconds, 2),
    }


def workers_of(service: Service) -> list[int]:
    """The worker processes."""
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=", "-o", "args=", "--ppid", str(service.process.pid)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if "spawn_main" in line]


def changing_the_model() -> dict[str, Any]:
    """Replace the model files under load."""
    requests = digit_requests("/v1/digits")
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "reader.onnx"
        shutil.copy(BUNDLED_MODEL, model)
        shutil.copy(manifest_path(BUNDLED_MODEL), manifest_path(model))

        async def measure(address: str) -> Load:
            load = asyncio.create_task(ask_for_a_while(address, requests, clients=CLIENTS, seconds=SECONDS))
            for threshold in (0.1, 0.2, 0.3):
                await asyncio.sleep(1)
                content = {**json.loads(manifest_path(model).read_text()), "threshold": threshold}
                manifest_path(model).write_text(json.dumps(content))
            return await load

        with running("--model", str(model)) as service:
            load = asyncio.run(measure(service.address))
    return {"answers": dict(load.statuses), "changes": 3}


def soaked(seconds: float) -> dict[str, Any]:
    """Memory after a warm-up of 30 seconds, and after `seconds` more, with 20 clients."""
    requests = digit_requests("/v1/digits") + digit_requests("/v1/read")
    with running() as service:
        put_under_load(service.address, requests, clients=20, seconds=30)
        before = service.memory_mb()
        load = put_under_load(service.address, requests, clients=20, seconds=seconds)
        after = service.memory_mb()
    return {
        "seconds": seconds,
        "answers": dict(load.statuses),
        "memory_mb": {"warm": round(before, 1), "in the end": round(after, 1)},
        "growth_mb": round(after - before, 1),
    }


def start_s(rounds: int) -> dict[str, float]:
    """Seconds from the command to the first answer."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        with running():
            times.append(time.perf_counter() - start)
    return summarize(times)


def main() -> None:
    arguments = parser(__doc__, rounds=5, soak=600).parse_args()
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    keep(
        "service",
        {
            "start_s": start_s(arguments.rounds),
            "single_digit_png_beside_a_bare_route": beside_a_bare_route(arguments.rounds),
            "over_capacity": overloaded(),
            "beside_200_slow_clients": beside_slow_clients(arguments.rounds),
            "100_bombs": bombed(),
            "workers_killed": losing_workers(),
            "model_changed": changing_the_model(),
            "soak": soaked(arguments.soak),
        },
    )


if __name__ == "__main__":
    main()
