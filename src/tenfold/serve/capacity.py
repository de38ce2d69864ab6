"""More than can be answered soon is refused at once."""

from starlette.types import ASGIApp, Receive, Scope, Send

_BODY = b'{"error":"the service is busy; ask again in a second"}'
_HEADERS = [
    (b"content-type", b"application/json"),
    (b"content-length", str(len(_BODY)).encode()),
    (b"retry-after", b"1"),
]


class Capacity:
    """Lets `at_most` requests in at a time and answers all others 503, but for paths that begin with one of
    `exempt`."""

    def __init__(self, app: ASGIApp, at_most: int, exempt: tuple[str, ...] = ()) -> None:
        self._app, self._at_most, self._exempt = app, at_most, exempt
        self._at_work = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self._exempt):
            await self._app(scope, receive, send)
        elif self._at_work >= self._at_most:
            await send({"type": "http.response.start", "status": 503, "headers": _HEADERS})
            await send({"type": "http.response.body", "body": _BODY})
        else:
            self._at_work += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._at_work -= 1
