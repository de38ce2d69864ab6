"""Run the application in one or several processes."""

import gc
import logging
import math
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.supervisors import Multiprocess

from tenfold.console import printable
from tenfold.errors import InputError
from tenfold.serve.http_protocol import BoundedProtocol
from tenfold.serve.settings import ServiceSettings

_BODIES = 4  # after a refused request, up to this many times the largest body is read and discarded
_COLLECT_AFTER = 20_000  # new objects before a garbage collection; Python's default is 700

if TYPE_CHECKING:
    from fastapi import FastAPI


def serve(settings: ServiceSettings, on_ready: Callable[[str], object]) -> None:
    """Answer requests until SIGINT or SIGTERM, then finish those that have begun.

    `on_ready` gets the address as soon as requests are accepted. With several workers, one that dies is
    replaced; if this process is killed, they finish their requests and stop. Raises InputError if the address
    cannot be used, ModelError if a model cannot.
    """
    with _listen(settings) as listener, tempfile.TemporaryDirectory(prefix="tenfold-") as counts:
        address = _address(settings, listener)
        if settings.workers == 1:
            app = _start(settings, _warn)
            _warn_of_strangers(settings)
            on_ready(address)
            _run_alone(uvicorn.Server(_config(app, settings)), listener)
        else:
            _check(settings)
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts  # the workers' shared counts
            config = _config(partial(_start_worker, settings), settings)
            _warn_of_strangers(settings)
            on_ready(address)
            Multiprocess(config, [listener]).run()


def _start(settings: ServiceSettings, warn: Callable[[str], object]) -> "FastAPI":
    """The application, in the process that runs it."""
    import cv2

    from tenfold.serve.app import build_app

    # Requests share the cores; OpenCV's own threads would only compete with them.
    cv2.setNumThreads(1)
    _log_to_stderr(every_request=settings.log)
    app = build_app(settings, warn)
    # The current objects stay: collecting them repeatedly would delay requests by 30 ms, and collecting those
    # of 200 slow clients by 5.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
    return app


def _start_worker(settings: ServiceSettings) -> "FastAPI":
    """The application, in one of several processes."""
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    return _start(settings, _nothing)


def _stop_with_parent() -> None:
    """Otherwise workers whose parent is killed would keep the port, and nobody would stop them."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _config(app: "FastAPI | Callable[[], FastAPI]", settings: ServiceSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=settings.workers > 1,
        workers=settings.workers,
        root_path=settings.root_path,
        http=partial(  # type: ignore[arg-type]
            BoundedProtocol, timeout_s=settings.timeout_s, max_rest_bytes=_BODIES * settings.max_body_bytes
        ),
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=math.ceil(settings.timeout_s),
    )


def _run_alone(server: uvicorn.Server, listener: socket.socket) -> None:
    # After a clean shutdown, Uvicorn raises the signal again.
    before = {sign: signal.signal(sign, _nothing) for sign in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run([listener])
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def _nothing(*_: object) -> None:
    pass


@contextmanager
def _listen(settings: ServiceSettings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise InputError(
            f"cannot listen on {settings.host}, port {settings.port}: {error.strerror or error}; "
            "choose another --port or --host"
        ) from None
    with listener:
        yield listener


def _address(settings: ServiceSettings, listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    question = "" if settings.token is None else f"?token={settings.token}"
    return f"http://{host}:{listener.getsockname()[1]}/{question}"


def _warn_of_strangers(settings: ServiceSettings) -> None:
    if not settings.is_loopback and settings.token is None:
        _warn(
            "anyone who can reach this machine can use the service; --token restricts it to those who have it"
        )


def _check(settings: ServiceSettings) -> None:
    """Raise here what would fail in every worker repeatedly, and report once what is left out."""
    from tenfold.reader.opening import open_reader
    from tenfold.serve.comparing import open_contenders
    from tenfold.serve.corrections import Corrections

    open_reader(settings.model, max_pixels=settings.max_pixels, patience_s=settings.timeout_s)
    if settings.runs is not None:
        open_contenders(settings.runs, _warn)
    if settings.keep is not None:
        Corrections(settings.keep)


def _warn(line: str) -> None:
    print(f"tenfold: {printable(line)}", file=sys.stderr)  # noqa: T201


def _log_to_stderr(*, every_request: bool) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
    log = logging.getLogger("tenfold.serve")
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.DEBUG if every_request else logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.ERROR)  # or every invalid request would be logged
