"""Refuse at once what cannot be answered soon, or held in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

_BUSY = "the service is busy; ask again in a second"
_BODY = f'{{"error":"{_BUSY}"}}'.encode()
_HEADERS = [
    (b"content-type", b"application/json"),
    (b"content-length", str(len(_BODY)).encode()),
    (b"retry-after", b"1"),
]


class Capacity:
    """A resource of which `at_most` may be in use at a time, by any threads."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._in_use = 0
        self._lock = Lock()

    @property
    def is_used_up(self) -> bool:
        """Whether nothing is left."""
        return self._in_use >= self._at_most

    @contextmanager
    def take(self, amount: int = 1) -> Iterator[None]:
        """Reserve `amount` for the duration. Raises HTTPException 503 if there is not enough left."""
        with self._lock:
            if self._in_use + amount > self._at_most:
                raise HTTPException(503, _BUSY, headers={"Retry-After": "1"})
            self._in_use += amount
        try:
            yield
        finally:
            with self._lock:
                self._in_use -= amount


class OverloadMiddleware:
    """Answers 503 while `capacity` is used up, before a request is processed any further.

    Refusing a rush here takes half the time from requests in progress. Paths that begin with one of `exempt`
    pass.
    """

    def __init__(self, app: ASGIApp, capacity: Capacity, exempt: tuple[str, ...]) -> None:
        self._app, self._capacity, self._exempt = app, capacity, exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._capacity.is_used_up or scope["type"] != "http" or scope["path"].startswith(self._exempt):
            await self._app(scope, receive, send)
        else:
            await refuse_as_busy(send)


async def refuse_as_busy(send: Send) -> None:
    """Answer 503."""
    await send({"type": "http.response.start", "status": 503, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _BODY})
