"""Size, time and status of every request, in the log and in /metrics."""

import asyncio
import logging
import os
import sys
import time
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tenfold.serve.capacity import refuse_as_busy

_COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # Prometheus' variable for counting across processes

_log = logging.getLogger("tenfold.serve")
_REQUESTS = Counter("tenfold_requests", "Answered requests", ["status"])
_SECONDS = Histogram(
    "tenfold_request_seconds",
    "From a request's headers to the end of its answer",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
_BYTES = Counter("tenfold_received_bytes", "Bytes of requests' bodies")
_AT_WORK = Gauge(
    "tenfold_requests_at_work", "Requests that are not answered yet", multiprocess_mode="livesum"
)


def registry() -> CollectorRegistry:
    """The counts, summed over all workers."""
    if _COUNTS not in os.environ:
        return REGISTRY
    _forget_dead_workers(Path(os.environ[_COUNTS]))
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


def _forget_dead_workers(counts: Path) -> None:
    """Remove the gauges of killed workers."""
    if sys.platform == "win32":  # there, checking whether a process is alive would end it
        return
    for file in counts.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]


class MetricsMiddleware:
    """Counts and times every request, and logs a line per request at debug level."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, n_bytes, start = 0, 0, time.perf_counter()

        async def receive_counted() -> Message:
            nonlocal n_bytes
            message = await receive()
            n_bytes += len(message.get("body", b""))
            return message

        async def send_seen(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        _AT_WORK.inc()
        try:
            await self._app(scope, receive_counted, send_seen)
        except asyncio.CancelledError:  # on shutdown, after waiting as long as allowed
            if not status:
                await refuse_as_busy(send_seen)
        finally:
            status = status or 500
            seconds = time.perf_counter() - start
            _AT_WORK.dec()
            _REQUESTS.labels(status).inc()
            _SECONDS.observe(seconds)
            _BYTES.inc(n_bytes)
            _log.debug("%d, %d bytes, %.1f ms", status, n_bytes, 1000 * seconds)
