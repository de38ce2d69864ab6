"""The limits of the service, reached on purpose."""

import http.client
import json
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from serve.conftest import running
from tenfold.data import Dataset

Picture = Callable[..., bytes]
Start = Callable[..., Any]
ClientOf = Callable[..., TestClient]


def test_a_body_over_the_limit_is_refused_before_it_is_sent(start: Start) -> None:
    service = start("--max-body", "1000")
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as client:
        client.sendall(b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_body_without_a_length_is_cut_at_the_limit(start: Start) -> None:
    service = start("--max-body", "100000")
    sent = 0
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as client:
        client.sendall(b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while sent < 100_000_000:
                client.sendall(b"2710\r\n" + bytes(10_000) + b"\r\n")
                sent += 10_000
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert sent < 20_000_000  # beyond the limit only what was on its way


def test_a_body_within_the_limit_passes(client_of: ClientOf, mnist: Dataset, picture: Picture) -> None:
    body = picture(mnist.x_test[0])
    client = client_of(max_body_bytes=len(body))

    assert client.post("/v1/read", content=body).status_code == 200
    answer = client.post("/v1/read", content=body + b" ")
    assert answer.status_code == 413
    assert f"at most {len(body)} bytes" in answer.json()["error"]


def test_a_picture_of_too_many_pixels_is_refused(client_of: ClientOf, picture: Picture) -> None:
    client = client_of(max_pixels=10_000)
    within, beyond = (picture(np.zeros((side - 16, side - 16), dtype=np.uint8)) for side in (100, 101))
    assert client.post("/v1/read", content=within).status_code == 200
    assert client.post("/v1/read", content=beyond).status_code == 400


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A service that waits for a second at most."""
    with running(tmp_path_factory.mktemp("impatient") / "log.txt", "--timeout", "1") as service:
        yield service


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /v1/read HT",
        b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc",
    ],
    ids=["nothing", "half a line", "half of the headers", "half of the body"],
)
def test_who_dawdles_is_cut_at_the_deadline(impatient: Any, sent: bytes) -> None:
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=30) as client:
        client.sendall(sent)
        answer = b""
        while received := client.recv(4096):
            answer += received
    assert time.monotonic() - begun < 15
    if b"Content-Length" in sent:
        assert answer.startswith(b"HTTP/1.1 408")


def test_a_second_request_on_a_kept_connection_must_be_in_time_too(impatient: Any) -> None:
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=30) as client:
        client.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 200")
        client.sendall(b"GET /hea")
        while client.recv(4096):
            pass


def test_who_drips_forever_is_cut_while_others_are_answered(
    start: Start, mnist: Dataset, picture: Picture
) -> None:
    service = start("--timeout", "2")
    body = picture(mnist.x_test[0])
    ended = []

    def drip() -> None:
        with socket.create_connection(("127.0.0.1", service.port), timeout=30) as client:
            try:
                client.sendall(b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
                for _ in range(100):
                    client.sendall(b"x")
                    time.sleep(0.2)
            except OSError:
                ended.append(True)

    drippers = [threading.Thread(target=drip) for _ in range(20)]
    for dripper in drippers:
        dripper.start()
    for _ in range(20):
        assert service.client.post("/v1/digits", content=body).status_code == 200
    for dripper in drippers:
        dripper.join()
    assert len(ended) == 20


def test_over_capacity_some_requests_are_refused_and_none_waits(
    start: Start, mnist: Dataset, picture: Picture
) -> None:
    service = start()
    body = picture(*mnist.x_test[:8])
    statuses: list[int] = []

    def ask(_: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
        for _ in range(5):
            connection.request("POST", "/v1/read", body=body)
            answer = connection.getresponse()
            content = json.loads(answer.read())
            statuses.append(answer.status)
            assert ("text" in content) if answer.status == 200 else (answer.headers["Retry-After"] == "1")
        connection.close()

    with ThreadPoolExecutor(200) as pool:
        list(pool.map(ask, range(200)))
    assert set(statuses) == {200, 503}
    assert service.client.post("/v1/read", content=body).status_code == 200


def test_a_token_is_asked_of_everything_but_health(
    client_of: ClientOf, mnist: Dataset, picture: Picture
) -> None:
    client = client_of(token="a secret")
    body = picture(mnist.x_test[0])

    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 200
    for path in ("/", "/page/", "/v1/model", "/metrics", "/docs", "/openapi.json", "/v2", "/nothing"):
        assert client.get(path).status_code == 401
    for header in ("Bearer another", "Bearer", "Basic a secret", "a secret"):
        assert client.post("/v1/read", content=body, headers={"Authorization": header}).status_code == 401
    right = {"Authorization": "Bearer a secret"}
    assert client.post("/v1/read", content=body, headers=right).status_code == 200


def test_a_browser_gets_the_token_as_a_cookie_that_stays_here(client_of: ClientOf) -> None:
    client = client_of(token="a secret")
    answer = client.get("/?token=a+secret")

    assert answer.status_code == 303
    assert answer.url.join(answer.headers["location"]) == client.base_url.join("/")
    assert {"HttpOnly", "SameSite=strict"} <= set(answer.headers["set-cookie"].split("; "))
    assert client.get("/v1/model").status_code == 200  # the client keeps cookies, too
    wrong = {"Cookie": "tenfold-token-8765=wrong"}
    assert client.get("/?token=another", headers=wrong).status_code == 401


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_is_in_flight_is_finished_when_asked_to_end(
    start: Start, mnist: Dataset, picture: Picture, sign: signal.Signals, workers: str
) -> None:
    service = start("--workers", workers)
    body = picture(*mnist.x_test[:5])
    half = len(body) // 2
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as client:
        head = f"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall(head.encode() + body[:half])
        time.sleep(0.3)
        service.process.send_signal(sign)
        time.sleep(0.3)
        client.sendall(body[half:])
        answer = b""
        while not answer.endswith(b"}]}]}") and (received := client.recv(100_000)):
            answer += received
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"text":"72104"' in answer
    assert service.process.wait(timeout=60) == 0
    assert "Traceback" not in service.log.read_text()


def test_nothing_of_a_request_is_logged_but_size_time_and_status(
    start: Start, mnist: Dataset, picture: Picture
) -> None:
    service = start("--log")
    body = picture(mnist.x_test[0])
    service.client.post("/v1/read?name=Ada", content=body, headers={"User-Agent": "Lovelace"})
    service.stop()
    *_, line = service.log.read_text().splitlines()

    assert line.partition(" ")[2].startswith(f"200, {len(body)} bytes, ")
    assert not any(word in line for word in ("Ada", "Lovelace", "read", "127.0.0.1"))
