"""Clients that send too much, or read nothing: their answers, and their cost."""

import http.client
import json
import socket
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

Start = Callable[..., Any]

LIMIT = 64 * 1024
FLOOD_BYTES = 40_000_000


def answer_to(port: int, request: bytes) -> bytes:
    """All that comes until the service closes the connection."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(request)
        while part := client.recv(100_000):
            received += part
    return received


def flood(port: int, beginning: bytes, part: bytes) -> int:
    """Send `part` over and over after `beginning`; how many bytes were taken before the service cut it."""
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        try:
            client.sendall(beginning)
            while sent < FLOOD_BYTES:
                client.sendall(part)
                sent += len(part)
        except OSError:
            pass
    return sent


def peak_mib(service: Any) -> int:
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def get(header_bytes: int) -> bytes:
    """A request whose request line and headers have that many bytes."""
    head = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: %s\r\n\r\n"
    return head % (b"x" * (header_bytes - len(head) + 2))


def test_headers_may_have_64_kib_and_not_a_byte_more(service: Any) -> None:
    assert answer_to(service.port, get(LIMIT)).startswith(b"HTTP/1.1 200")
    refused = answer_to(service.port, get(LIMIT + 1))

    assert refused.startswith(b"HTTP/1.1 431")
    head, _, body = refused.partition(b"\r\n\r\n")
    assert b"connection: close" in head
    assert "at most 65,536 bytes" in json.loads(body)["error"]


def test_headers_that_come_right_after_another_request_have_the_same_limit(service: Any) -> None:
    first = b"POST /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as client:
        client.sendall(first + get(LIMIT + 100))
        received = b""
        try:
            while part := client.recv(100_000):
                received += part
        except ConnectionResetError:
            pass
    assert b"HTTP/1.1 200" not in received


@pytest.mark.parametrize(
    ("beginning", "part"),
    [
        (b"GET / HTTP/1.1\r\nX: ", b"x" * 100_000),
        (b"GET / HTTP/1.1\r\n", b"a: b\r\n" * 20_000),
        (b"GET /", b"x" * 100_000),
        (b"", b"\r\n" * 50_000),
        (
            b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;",
            b"x" * 100_000,
        ),
        (
            b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
            b"a: b\r\n" * 20_000,
        ),
        (b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3000),
    ],
    ids=["a header", "headers", "a path", "empty lines", "a chunk's size", "trailers", "requests"],
)
def test_a_flood_is_cut_before_it_costs_memory(start: Start, beginning: bytes, part: bytes) -> None:
    service = start("--token", "secret")
    before = peak_mib(service)
    sent = flood(service.port, beginning, part)

    assert sent < FLOOD_BYTES / 2
    assert peak_mib(service) - before < 20
    assert service.client.get("/health/live").status_code == 200
    assert service.log.read_text() == ""


@pytest.mark.parametrize(("path", "status"), [(b"/health/live", b"200"), (b"/v1/model", b"401")])
def test_a_long_cookie_does_not_block_other_requests(start: Start, path: bytes, status: bytes) -> None:
    service = start("--token", "secret")
    cookie = b'tenfold-token-%d="%s"' % (service.port, b'\\"' * 30_000)
    request = b"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: %s\r\n\r\n"

    assert answer_to(service.port, request % (path, cookie)).startswith(b"HTTP/1.1 " + status)


def test_who_takes_no_answers_is_cut(start: Start) -> None:
    service = start("--timeout", "1")
    asked = 90
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as client:
        wanted = b"GET /docs/assets/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
        client.sendall(wanted * asked)
        time.sleep(4)
        received = b""
        try:
            while part := client.recv(1_000_000):
                received += part
        except ConnectionResetError:
            pass
    assert received.count(b"HTTP/1.1 200") < asked


@pytest.mark.parametrize("more", [{}, {"Connection": "close"}], ids=["kept", "closed"])
@pytest.mark.parametrize("chunked", [False, True])
def test_who_reads_only_after_sending_finds_that_the_body_was_too_large(
    start: Start, more: dict[str, str], chunked: bool
) -> None:
    service = start("--max-body", "5000000")
    body = iter([bytes(100_000)] * 150) if chunked else bytes(15_000_000)
    with closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)) as connection:
        connection.request("POST", "/v1/read", body=body, headers=more, encode_chunked=chunked)
        answer = connection.getresponse()

        assert answer.status == 413
        assert "at most 5,000,000 bytes" in json.loads(answer.read())["error"]


def test_a_connection_is_kept_when_all_of_a_refused_request_has_come(start: Start) -> None:
    service = start("--token", "secret")
    with closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)) as connection:
        connection.connect()
        kept = connection.sock
        for _ in range(3):
            connection.request("POST", "/v1/read", body=bytes(3_000_000))
            assert connection.getresponse().read()
            assert connection.sock is kept


def test_no_more_of_a_refused_body_is_taken_than_four_of_the_largest(start: Start) -> None:
    service = start("--token", "secret", "--max-body", "1000000")
    beginning = b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n"

    assert flood(service.port, beginning, bytes(100_000)) < 20_000_000


def test_what_is_no_http_is_refused_in_one_line_and_not_logged(service: Any) -> None:
    answer = answer_to(service.port, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")

    assert answer.startswith(b"HTTP/1.1 400")
    assert "expected a request in HTTP" in json.loads(answer.partition(b"\r\n\r\n")[2])["error"]
    assert service.log.read_text() == ""
