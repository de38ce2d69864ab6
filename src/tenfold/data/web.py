"""Download bytes, bounded in time and size.

A server that is silent for ANSWER_S, at first or midway, is given up, and no download exceeds its deadline.
The usual environment variables set proxies.
"""

import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urlsplit

from tenfold.errors import FetchError

ANSWER_S = 5.0

_CHUNK_BYTES = 1 << 18
_WAITING = 64  # chunks buffered at most


@dataclass(frozen=True)
class Deadline:
    """A time limit that starts now."""

    limit_s: float
    start: float = field(default_factory=time.monotonic)

    @property
    def left_s(self) -> float:
        return self.start + self.limit_s - time.monotonic()


def receive(
    url: str, limit_bytes: int, deadline: Deadline, *, first_byte: int = 0
) -> tuple[int, Iterator[bytes]]:
    """The first byte's position and the body at `url`, from `first_byte`, or 0 without range support.

    Raises FetchError, also while the body is read, if the server cannot be reached, answers too late,
    closes early, or sends more than `limit_bytes`.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise FetchError(f"expected an address on the web, received {url!r}")
    transfer = _Transfer(url, first_byte, deadline)
    begin = transfer.next("no answer")
    begin = begin if isinstance(begin, int) else 0
    return begin, _body(transfer, url, limit_bytes - begin)


def read(url: str, limit_bytes: int, deadline: Deadline) -> bytes:
    """The whole body at `url`. Raises FetchError like `receive`."""
    return b"".join(receive(url, limit_bytes, deadline)[1])


class _Transfer:
    """A response with one time limit for everything.

    Name lookup, connecting to each address, TLS and redirects each have their own time limit, or none, and
    add up. So a thread does all of it; once given up, it ends by itself at its next time limit.
    """

    def __init__(self, url: str, first_byte: int, deadline: Deadline) -> None:
        self._url, self._first_byte, self._deadline = url, first_byte, deadline
        self._arrived: queue.Queue[int | bytes | Exception | None] = queue.Queue(_WAITING)
        self._given_up = threading.Event()
        threading.Thread(target=self._run, name="tenfold-download", daemon=True).start()

    def next(self, silence: str) -> int | bytes | None:
        """The body's first position, then its chunks, then None. Raises FetchError, worded by `silence`."""
        try:
            arrived = self._arrived.get(timeout=max(min(ANSWER_S, self._deadline.left_s), 0.001))
        except queue.Empty:
            arrived = FetchError(f"{silence} within {ANSWER_S:.0f} s")
        if arrived is not None and self._deadline.left_s <= 0:
            arrived = FetchError(f"not finished within {self._deadline.limit_s:.0f} s")
        if isinstance(arrived, Exception):
            self.give_up()
            raise FetchError(_reason(arrived)) from arrived
        return arrived

    def give_up(self) -> None:
        self._given_up.set()

    def _run(self) -> None:
        try:
            for arrived in _arrivals(self._url, self._first_byte):
                self._put(arrived)
                if self._given_up.is_set():
                    return
            self._put(None)
        except (OSError, HTTPException, ValueError) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            self._put(error)

    def _put(self, arrived: int | bytes | Exception | None) -> None:
        while not self._given_up.is_set():
            try:
                self._arrived.put(arrived, timeout=ANSWER_S)
            except queue.Full:
                continue
            return


def _body(transfer: _Transfer, url: str, limit_bytes: int) -> Iterator[bytes]:
    received = 0
    try:
        while isinstance(chunk := transfer.next("no more answer" if received else "no answer"), bytes):
            received += len(chunk)
            if received > limit_bytes:
                raise FetchError(f"{url} is longer than the true file can be")
            yield chunk
    finally:
        transfer.give_up()


def _arrivals(url: str, first_byte: int) -> Iterator[int | bytes]:
    """The position of the response's first byte, then its body."""
    headers = {"User-Agent": "tenfold"} | ({"Range": f"bytes={first_byte}-"} if first_byte else {})
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  http and https only
    # urlopen would keep the proxies of its first call.
    with urllib.request.build_opener().open(request, timeout=ANSWER_S) as response:
        yield first_byte if response.status == 206 else 0
        expected = response.headers.get("Content-Length")
        received = 0
        while chunk := response.read1(_CHUNK_BYTES):
            received += len(chunk)
            yield chunk
    # read1 takes an early close for the end of the body.
    if expected is not None and received != int(expected):
        raise OSError(f"the connection closed after {received} of {expected} bytes")


def _reason(error: Exception) -> str:
    """Why urllib failed, in one line without Python's wrapping."""
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        error = error.reason
    if isinstance(error, TimeoutError):
        return f"no answer within {ANSWER_S:.0f} s"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split()) or type(error).__name__
