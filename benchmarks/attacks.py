"""Cost of attacks on the service: floods of headers, pictures that unpack to huge sizes, clients that do not
read, models that never end.

usage: python benchmarks/attacks.py [ATTACK ...]

The service runs in a separate process; memory is its resident memory. Prints the measurements and, if all
attacks are run, saves them in benchmarks/results/.
"""

import json
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import numpy as np

from load import HOST
from measuring import keep, parser
from service import Service, chunk, png_of, running

sys.path.append(str(Path(__file__).parent.parent / "tests"))
from endless import endless, write_endless_reader

MB = 10**6
SIDE = 7000
EACH_S = 0.02
GREY, RGBA = 0, 6  # PNG colour types
CHANNELS = {GREY: 1, RGBA: 4}
SHORT_S = 3
SOLID = np.pad(np.zeros((40, 40), dtype=np.uint8), 10, constant_values=255)


class Watch:
    """A thread that watches a service's memory and the latency of its health check."""

    def __init__(self, service: Service) -> None:
        self.peak_mb, self.longest_s = 0.0, 0.0
        self._service, self._ended = service, threading.Event()
        self._threads = [threading.Thread(target=self._watch_memory), threading.Thread(target=self._ask)]

    def __enter__(self) -> "Watch":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _watch_memory(self) -> None:
        while not self._ended.wait(EACH_S):
            self.peak_mb = max(self.peak_mb, self._service.memory_mb())

    def _ask(self) -> None:
        while not self._ended.wait(EACH_S):
            start = time.perf_counter()
            ask(self._service, "health/live")
            self.longest_s = max(self.longest_s, time.perf_counter() - start)


@contextmanager
def watched(*options: str) -> Iterator[tuple[Service, dict[str, Any]]]:
    """A service, and the measurements taken meanwhile."""
    found: dict[str, Any] = {}
    with running(*options) as service:
        before = service.memory_mb()
        with Watch(service) as watch:
            yield service, found
        time.sleep(2)
        found |= {
            "memory_mb": {
                "before": round(before),
                "peak": round(watch.peak_mb),
                "after": round(service.memory_mb()),
            },
            "longest_answer_of_health_live_s": round(watch.longest_s, 2),
        }


def ask(service: Service, path: str, body: bytes | None = None) -> int:
    """The status of the answer; 0 for a lost connection."""
    request = Request(service.address + path, data=body)  # noqa: S310 - our own address
    try:
        with urlopen(request, timeout=300) as answer:  # noqa: S310
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def flooded_with_headers(beginning: bytes, part: bytes, total: int) -> dict[str, Any]:
    """Send `part` repeatedly, `total` bytes or until the connection is closed, without a token."""
    with watched("--token", "secret") as (service, found):
        start, sent = time.perf_counter(), 0
        with connect(service) as client, suppress(OSError):
            client.sendall(beginning)
            while sent < total:
                client.sendall(part)
                sent += len(part)
        time.sleep(1)
        found |= {"sent_mb": round(sent / MB, 2), "seconds": round(time.perf_counter() - start - 1, 2)}
    return found


def connect(service: Service) -> socket.socket:
    """A connection to the service."""
    return socket.create_connection((HOST, int(service.address.split(":")[2].strip("/"))), timeout=60)


def large_picture(kind: int) -> bytes:
    """A blank PNG of 49 megapixels with 16 bits per channel."""
    packer = zlib.compressobj()
    rows = 100 * (b"\0" + bytes(SIDE * 2 * CHANNELS[kind]))
    packed = b"".join(packer.compress(rows) for _ in range(SIDE // 100)) + packer.flush()
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 16, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def asked_for_large_pictures(n_at_once: int, kind: int) -> dict[str, Any]:
    """Send `n_at_once` pictures of 49 megapixels at the same time."""
    picture = large_picture(kind)
    with watched() as (service, found), ThreadPoolExecutor(n_at_once) as pool:
        statuses = pool.map(lambda _: ask(service, "v1/read", picture), range(n_at_once))
        found |= {"picture_bytes": len(picture), "statuses": dict(Counter(statuses))}
    return found


def left_untaken() -> dict[str, Any]:
    """A client requests 90 MB and reads nothing: when is it disconnected, with --timeout 3?"""
    with running("--timeout", str(SHORT_S)) as service, connect(service) as client:
        client.sendall(60 * b"GET /docs/assets/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
        start = time.perf_counter()
        time.sleep(1)
        while is_connected(service) and time.perf_counter() - start < 60:
            time.sleep(0.1)
        return {"timeout_s": SHORT_S, "cut_after_s": round(time.perf_counter() - start, 1)}


def is_connected(service: Service) -> bool:
    """Whether the service has an open connection in addition to its listening socket."""
    port = f":{int(service.address.split(':')[2].strip('/')):04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(line[1].endswith(port) and line[3] == "01" for line in lines)  # 01: established


def sent_before_reading() -> dict[str, Any]:
    """A body of 60 MB (20 MiB are allowed) from a client that reads only after sending."""
    with running() as service:
        return {"statuses": dict(Counter(ask(service, "v1/read", bytes(60 * MB)) for _ in range(10)))}


def ended_while_stuck() -> dict[str, Any]:
    """SIGTERM while both threads compute a graph that never ends, with --timeout 3."""
    with tempfile.TemporaryDirectory() as folder:
        model = write_endless_reader(Path(folder) / "reader.onnx", beyond=0.3)
        with running("--model", str(model), "--timeout", str(SHORT_S)) as service:
            with ThreadPoolExecutor(4) as pool:
                statuses = Counter(pool.map(lambda _: ask(service, "v1/digits", png_of(SOLID)), range(4)))
            time.sleep(SHORT_S)
            ready = ask(service, "health/ready")
            return {
                "timeout_s": SHORT_S,
                "statuses": dict(statuses),
                "ready": ready,
                "ended_after_s": seconds_to_end(service),
            }


def given_an_endless_model() -> dict[str, Any]:
    """Give the running service, and `tenfold evaluate`, a model whose graph never ends; then SIGTERM."""
    with tempfile.TemporaryDirectory() as folder:
        model = write_endless_reader(Path(folder) / "reader.onnx", beyond=2.0)
        with running("--model", str(model), "--timeout", str(SHORT_S)) as service:
            write_endless_reader(model)
            time.sleep(2)
            status = ask(service, "v1/digits", png_of(SOLID))
            ended = seconds_to_end(service)
        classifier = Path(folder) / "classifier.onnx"
        classifier.write_bytes(endless(10))
        start = time.perf_counter()
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [sys.executable, "-m", "tenfold", "evaluate", str(classifier)],
                timeout=300,
                capture_output=True,
                check=False,
            )
        return {
            "meanwhile": status,
            "ended_after_s": ended,
            "evaluate_s": round(time.perf_counter() - start, 1),
        }


def seconds_to_end(service: Service) -> float | None:
    """From SIGTERM to the end of the process; None if it does not end within two minutes."""
    start = time.perf_counter()
    service.process.send_signal(signal.SIGTERM)
    try:
        service.process.wait(120)
    except subprocess.TimeoutExpired:
        service.process.kill()
        return None
    return round(time.perf_counter() - start, 2)


def main() -> None:
    request = b"GET /v1/model HTTP/1.1\r\nHost: localhost\r\n"
    attacks: dict[str, Callable[[], dict[str, Any]]] = {
        "600 MB of headers": lambda: flooded_with_headers(
            request, b"X-Header: %s\r\n" % (b"x" * 1000) * 1000, 600 * MB
        ),
        "a header of 146 MB": lambda: flooded_with_headers(request + b"X: ", b"x" * MB, 146 * MB),
        "a picture of 49 megapixels, RGBA of 16 bits": lambda: asked_for_large_pictures(1, RGBA),
        "8 pictures of 49 megapixels, grey of 16 bits, at once": lambda: asked_for_large_pictures(8, GREY),
        "answers left untaken": left_untaken,
        "60 MB sent before reading": sent_before_reading,
        "SIGTERM while all threads are stuck": ended_while_stuck,
        "a model that never ends": given_an_endless_model,
    }
    options = parser(__doc__)
    options.add_argument("attacks", nargs="*", metavar="ATTACK", help="; ".join(attacks))
    chosen = options.parse_args().attacks or list(attacks)
    results = {}
    for name in chosen:
        results[name] = attacks[name]()
        print(name, json.dumps(results[name]), flush=True)
    if len(chosen) == len(attacks):
        keep("attacks", results)


if __name__ == "__main__":
    main()
