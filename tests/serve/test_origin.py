"""Who may ask: this service's page and programs, under its own names, and other sites that are allowed."""

import http.client
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from tenfold.data import Dataset
from tenfold.errors import InputError
from tenfold.serve.settings import ServiceSettings

Picture = Callable[..., bytes]
Start = Callable[..., Any]
ClientOf = Callable[..., TestClient]

PORT = 8765
APP = "https://app.example"


def test_a_program_is_answered_without_saying_where_it_comes_from(
    client: TestClient, mnist: Dataset, picture: Picture
) -> None:
    answer = client.post("/v1/read", content=picture(mnist.x_test[0]))

    assert answer.status_code == 200
    assert "vary" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Site": "something new"},
        {"Origin": "http://evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://localhost:{port}"},
        {"Origin": "http://127.0.0.1:{port}.evil.example"},
        {"Origin": "chrome-extension://127.0.0.1:{port}"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": APP},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/read"), ("POST", "/v1/corrections?label=7"), ("GET", "/v1/runs"), ("OPTIONS", "/v1/read")],
)
def test_what_another_site_asks_is_refused(
    client: TestClient, method: str, path: str, headers: dict[str, str]
) -> None:
    headers = {name: value.format(port=PORT) for name, value in headers.items()}
    answer = client.request(method, path, headers={**headers, "Content-Type": "text/plain"})

    assert answer.status_code == 403
    assert "--allow-origin" in answer.json()["error"]
    assert "\n" not in answer.json()["error"]
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:{port}"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        {"Origin": "http://127.0.0.1:{port}"},
        # A proxy in front speaks HTTPS, or asks under another Host.
        {"Origin": "https://localhost", "Host": "localhost"},
        {"Origin": "http://localhost", "Host": "localhost:80"},
        {"Origin": "https://digits.example", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=str,
)
def test_what_its_own_page_asks_and_links_lead_to_is_answered(
    client: TestClient, headers: dict[str, str]
) -> None:
    headers = {name: value.format(port=PORT) for name, value in headers.items()}

    assert client.get("/v1/model", headers=headers).status_code == 200


def test_a_form_elsewhere_is_no_link(client: TestClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}

    assert client.post("/v1/read", content=b"x", headers=headers).status_code == 403


def test_an_allowed_site_may_ask_everything_a_page_can(
    client_of: ClientOf, mnist: Dataset, picture: Picture
) -> None:
    client = client_of(token="secret", allow_origins=(APP, "http://Other.example:80/"))
    asked = {
        "Origin": APP,
        "Sec-Fetch-Site": "cross-site",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
        "Access-Control-Request-Private-Network": "true",
    }
    preflight = client.options("/v1/read", headers=asked)
    body, sent = picture(mnist.x_test[0]), {"Origin": APP, "Authorization": "Bearer secret"}
    answer = client.post("/v1/read", content=body, headers=sent)

    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == APP
    assert {"POST", "DELETE"} <= set(preflight.headers["access-control-allow-methods"].split(", "))
    assert preflight.headers["access-control-allow-private-network"] == "true"
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, APP)
    assert "Origin" in answer.headers["vary"]
    # What is wrong it may see, too; cookies are no business of its.
    wrong = client.post("/v1/read", headers={"Origin": "http://other.example"})
    assert (wrong.status_code, wrong.headers["access-control-allow-origin"]) == (401, "http://other.example")
    assert "access-control-allow-credentials" not in preflight.headers
    assert client.get("/v1/model", headers={**sent, "Origin": "https://a.example"}).status_code == 403


@pytest.mark.parametrize("settings", [{}, {"host": "127.0.0.2"}, {"host": "0.0.0.0"}], ids=str)  # noqa: S104
def test_only_addresses_and_own_names_are_asked_for(client_of: ClientOf, settings: dict[str, str]) -> None:
    client = client_of(**settings, allow_hosts=("Digits.example",))

    def status(host: str) -> int:
        return int(client.get("/v1/model", headers={"Host": host}).status_code)

    port = PORT
    for own in (f"127.0.0.1:{port}", "192.0.2.7", f"[::1]:{port}", "LOCALHOST", f"digits.example:{port}"):
        assert status(own) == 200
    for other in (
        "evil.example", f"evil.example:{port}", "localhost.evil.example", "127.0.0.1.evil.example", "",
        "digits.example@evil.example", "evil.example:80:80", "[evil]", "127.0.0.1:port", "localhost:80/",
    ):  # fmt: skip
        assert status(other) == 403, other
    refused = client.get("/v1/model", headers={"Host": "evil.example"})
    assert "--allow-host" in refused.json()["error"]
    # Its page, under a name that leads here, would be this service's own to the browser.
    rebound = {"Host": f"evil.example:{port}", "Origin": f"http://evil.example:{port}"}
    assert client.get("/v1/model", headers=rebound).status_code == 403


def test_all_addresses_of_ip_version_6_can_be_asked(start: Start) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    service = start("--host", "::")

    assert service.client.get("/v1/model", headers={"Host": f"[::1]:{service.port}"}).status_code == 200
    assert service.client.get("/v1/model", headers={"Host": "evil.example"}).status_code == 403


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400),
        ("HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        ("HTTP/1.0\r\n\r\n", 200),
    ],
    ids=["two", "none", "none in HTTP/1.0"],
)
def test_one_host_is_asked_for(service: Any, head: str, status: int) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as client:
        client.sendall(f"GET /health/live {head}".encode())
        answer = http.client.HTTPResponse(client)
        answer.begin()
        assert answer.status == status


@pytest.mark.parametrize(
    "wrong",
    [
        {"allow_origins": ("app.example",)},
        {"allow_origins": ("https://app.example/page",)},
        {"allow_origins": ("*",)},
        {"allow_origins": ("null",)},
        {"allow_origins": ("http://[",)},
        {"allow_origins": ("https://user@app.example",)},
        {"allow_hosts": ("https://digits.example",)},
        {"allow_hosts": ("digits.example:80",)},
        {"root_path": "digits"},
        {"root_path": "/a b"},
    ],
    ids=str,
)
def test_sites_names_and_prefixes_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="expected a"):
        ServiceSettings(**wrong)


def test_two_services_on_a_host_keep_a_token_each(start: Start) -> None:
    one, other = start("--token", "first"), start("--token", "second")
    with httpx.Client(trust_env=False, follow_redirects=True) as browser:
        for service, token in ((one, "first"), (other, "second"), (one, "first")):
            assert browser.get(f"{service.client.base_url}?token={token}").status_code == 200
        for service in (one, other):
            assert browser.get(f"{service.client.base_url}v1/model").status_code == 200


def test_a_cookie_of_another_program_on_the_host_does_not_hide_the_token(client_of: ClientOf) -> None:
    client = client_of(token='a secret; "quoted"')
    answer = client.get("/", params={"token": 'a secret; "quoted"'})
    kept, _, _ = answer.headers["set-cookie"].partition("; HttpOnly")
    cookies = f'theme={{"dark": true}}; {kept}; odd name=1'

    assert client.get("/v1/model", headers={"Cookie": cookies}).status_code == 200


def test_every_get_has_its_head(service: Any) -> None:
    paths = service.client.get("/openapi.json").json()["paths"]
    described = [
        path.replace("{model}", "tenfold") for path, operations in paths.items() if "get" in operations
    ]
    assert len(described) > 8

    for path in (*described, "/", "/docs", "/openapi.json", "/page/main.js"):
        got, head = service.client.get(path), service.client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == got.headers["content-type"]
        if path != "/metrics":  # which counts the request before
            assert head.headers["content-length"] == got.headers["content-length"]
    assert service.client.head("/v1/read").status_code == 405
    assert service.client.head("/nothing").status_code == 404
