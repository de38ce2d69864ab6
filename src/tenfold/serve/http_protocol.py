"""Uvicorn's HTTP protocol with limits for clients that flood, stall, or do not read."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEAD_BYTES = 64 * 2**10
_REST_OF_REFUSED_BYTES = 16 * HEAD_BYTES
_PIPELINED = 100


class BoundedProtocol(HttpToolsProtocol):
    """Uvicorn by itself accepts headers of any size, and waits for clients forever.

    The request line and headers are limited to 64 KiB together, and so is anything between two parts of a
    body (chunk extensions, trailers). Beyond that, the answer is 431 and the connection is closed. It is also
    closed if headers are not complete, or an answer is not read, within `timeout_s`, or if more than 100
    requests are sent without waiting for answers.

    A client that sends a whole request before reading must get the answer even if the request was refused
    early: up to `max_rest_bytes` more are read for up to `timeout_s`, and discarded. If the connection were
    closed at once, the client's system would discard the answer.

    Bodies have their own limits (tenfold.serve.body).
    """

    def __init__(self, *arguments: Any, timeout_s: float, max_rest_bytes: int, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._timeout_s, self._max_rest_bytes = timeout_s, max_rest_bytes
        self._to_come: asyncio.TimerHandle | None = None  # for headers, or for the rest of a request
        self._to_be_taken: asyncio.TimerHandle | None = None  # for the answer
        self._receiving = False  # the request has begun, and is not complete
        self._advanced = False  # whether parsing has progressed since this was last set to False
        self._in_head = False
        self._bytes_in_vain = 0  # received without progress
        self._rest_bytes: int | None = None  # how many more an answered request may send
        self._is_refused, self._is_closing = False, False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected: start waiting for its headers."""
        super().connection_made(transport)
        self._wait_for_headers()

    def data_received(self, data: bytes) -> None:
        """Parse the data, in pieces no larger than a head may be."""
        if self._rest_bytes is not None:
            self._rest_bytes -= len(data)
            if self._rest_bytes < 0:
                self.transport.abort()
        start = 0
        while start < len(data) and not (self._is_refused or self.transport.is_closing()):
            piece = data[start : start + HEAD_BYTES - self._bytes_in_vain]
            start += len(piece)
            self._advanced = False
            super().data_received(piece)
            self._bytes_in_vain = 0 if self._advanced else self._bytes_in_vain + len(piece)
            if self._bytes_in_vain >= HEAD_BYTES:
                self._refuse_head()
        if not self._receiving and (self.cycle is None or self.cycle.response_complete):
            self._wait_for_headers()  # Uvicorn stops its keep-alive timer at the first byte

    def on_message_begin(self) -> None:
        """The first byte of a request, also of later ones on a kept-alive connection."""
        super().on_message_begin()
        self._receiving, self._in_head = True, True
        self._wait_for_headers()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer; trailers are ignored, because headers have been checked already."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The headers have arrived in time."""
        self._advanced, self._in_head = True, False
        self._stop_waiting()
        # A head that arrived together with the end of the previous request was not counted from its start.
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > HEAD_BYTES:
            self._refuse_head()
        if len(self.pipeline) >= _PIPELINED:
            self._close()
        if self._is_refused or self.transport.is_closing():
            raise ValueError("refused")  # stops the parser
        super().on_headers_complete()
        self.cycle.transport = _Answering(self.transport, self._close_after_request)  # type: ignore[assignment]

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._advanced = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete."""
        self._advanced, self._receiving = True, False
        super().on_message_complete()
        if self._rest_bytes is not None:
            self._rest_bytes = None
            self._stop_waiting()
            if self._is_closing:
                self.transport.close()

    def on_response_complete(self) -> None:
        """The answer is written; the request may still be arriving."""
        if self._is_closing:
            return
        super().on_response_complete()
        if self._receiving and not self._in_head and self.cycle.response_complete:
            self._take_rest(self._max_rest_bytes)

    def pause_writing(self) -> None:
        """The client reads its answer more slowly than it is written, or not at all."""
        super().pause_writing()
        self._to_be_taken = self._to_be_taken or self.loop.call_later(self._timeout_s, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has read most of its answer."""
        super().resume_writing()
        if self._to_be_taken is not None:
            self._to_be_taken.cancel()
            self._to_be_taken = None

    def timeout_keep_alive_handler(self) -> None:
        """A kept-alive connection was idle too long."""
        self._close()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has disconnected."""
        self._stop_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - as Uvicorn calls it
        """The data were not HTTP."""
        self._refuse(400, "expected a request in HTTP, received something else")

    def _refuse_head(self) -> None:
        self._refuse(431, f"expected at most {HEAD_BYTES:,} bytes of request line and headers, received more")

    def _refuse(self, status: int, error: str) -> None:
        if self._is_refused:
            return
        self._is_refused = True
        if self.cycle is not None and not self.cycle.response_complete:
            self._close()  # another answer would interfere with the one in progress
            return
        body = json.dumps({"error": error}).encode()
        headers = (b"content-type: application/json", b"content-length: %d" % len(body), b"connection: close")
        self.transport.write(STATUS_LINE[status] + b"\r\n".join((*headers, b"", body)))
        self._close_after(_REST_OF_REFUSED_BYTES)

    def _close_after_request(self) -> None:
        if self._receiving:
            self._close_after(self._max_rest_bytes)
        else:
            self._close()

    def _close_after(self, rest_bytes: int) -> None:
        """Close the writing side, and the connection once the client's remaining data have been read."""
        self._is_closing = True
        self.flow.resume_reading()
        self._take_rest(rest_bytes)
        self.transport.write_eof()

    def _take_rest(self, rest_bytes: int) -> None:
        self._rest_bytes = rest_bytes
        self._stop_waiting()
        self._to_come = self.loop.call_later(self._timeout_s, self.transport.abort)

    def _close(self) -> None:
        self.transport.close()
        # Pending data are sent first, with the usual time limit for the client to read them.
        self._to_be_taken = self._to_be_taken or self.loop.call_later(self._timeout_s, self.transport.abort)

    def _wait_for_headers(self) -> None:
        if self._to_come is None and not self.transport.is_closing():
            self._to_come = self.loop.call_later(self._timeout_s, self._close)

    def _stop_waiting(self) -> None:
        if self._to_come is not None:
            self._to_come.cancel()
            self._to_come = None


class _Answering:
    """A transport for an answer that leaves closing to the protocol."""

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self.write, self.is_closing, self.close = transport.write, transport.is_closing, close
