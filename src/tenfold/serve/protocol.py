"""HTTP as Uvicorn speaks it, to clients that do not dawdle."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class PunctualProtocol(HttpToolsProtocol):
    """Closes a connection whose request has not all of its headers `headers_within_s` after it began.

    Uvicorn itself waits for ever. Bodies have their own deadline (tenfold.serve.body).
    """

    def __init__(self, *arguments: Any, headers_within_s: float, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._headers_within_s = headers_within_s
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come: from now on its headers are waited for."""
        super().connection_made(transport)
        self._wait_for_headers()

    def on_message_begin(self) -> None:
        """The first byte of a request; of the second one, too, on a connection that was kept."""
        super().on_message_begin()
        self._wait_for_headers()

    def on_headers_complete(self) -> None:
        """The headers are there in time."""
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_headers(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self._headers_within_s, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
