"""HEAD, wherever there is GET."""

from starlette.types import ASGIApp, Receive, Scope, Send


class HeadAsGet:
    """Has a HEAD answered as the GET of the same path. The server leaves out the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
