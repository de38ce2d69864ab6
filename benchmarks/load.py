"""Generate load for a local HTTP service: any number of clients, each sending a request once the last is
answered.

It implements only the HTTP that our service's answers need, so that one process can send more than another
can answer.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

HOST = "127.0.0.1"


@dataclass
class Load:
    """The result: the number of answers by status, 0 for a lost connection, and the latencies in order of
    arrival."""

    seconds: float
    statuses: Counter[int] = field(default_factory=Counter)
    latencies_s: list[float] = field(default_factory=list)  # of answers with status 200
    bodies: Counter[bytes] = field(default_factory=Counter)

    @property
    def per_second(self) -> float:
        """Answers with status 200 per second."""
        return self.statuses[200] / self.seconds

    def percentile_ms(self, share: float) -> float:
        """A percentile of the latencies of answers with status 200, in milliseconds."""
        latencies: NDArray[np.float64] = 1000 * np.array(self.latencies_s)
        return float(np.percentile(latencies, share)) if latencies.size else float("nan")


def request(path: str, body: bytes, content_type: str = "image/png") -> bytes:
    """A request as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def put_under_load(
    address: str, requests: list[bytes], *, clients: int, seconds: float, patient: bool = True
) -> Load:
    """Let `clients` send the `requests` in turn for `seconds`, each on its own connection.

    A client that is told to retry later waits a second, if `patient`.
    """
    return asyncio.run(ask_for_a_while(address, requests, clients=clients, seconds=seconds, patient=patient))


async def ask_for_a_while(
    address: str,
    requests: list[bytes],
    *,
    clients: int,
    seconds: float,
    keep_bodies: bool = False,
    patient: bool = True,
) -> Load:
    """Like `put_under_load`, in a running event loop."""
    load = Load(seconds)
    port = urlsplit(address).port or 80
    until = time.perf_counter() + seconds
    await asyncio.gather(
        *(
            _ask(port, requests[number:] + requests[:number], until, load, keep_bodies, patient)
            for number in range(clients)
        )
    )
    return load


async def _ask(
    port: int, requests: list[bytes], until: float, load: Load, keep_bodies: bool, patient: bool
) -> None:
    number = 0
    streams = None
    while (begun := time.perf_counter()) < until:
        try:
            streams = streams or await asyncio.open_connection(HOST, port)
            reader, writer = streams
            writer.write(requests[number % len(requests)])
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
        except (OSError, asyncio.IncompleteReadError):
            load.statuses[0] += 1
            streams = None
            continue
        status = int(head[9:12])
        load.statuses[status] += 1
        if status == 200:
            load.latencies_s.append(time.perf_counter() - begun)
        if keep_bodies:
            load.bodies[body] += 1
        if patient and status == 503:
            await asyncio.sleep(1)  # as Retry-After asks
        if b"connection: close" in head:
            writer.close()
            streams = None
        number += 1
    if streams is not None:
        streams[1].close()


def _length(head: bytes) -> int:
    start = head.index(b"content-length: ") + 16
    return int(head[start : head.index(b"\r\n", start)])
