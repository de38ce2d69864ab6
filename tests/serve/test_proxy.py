"""The service behind a proxy that has put it under a prefix, and strips that."""

import http.client
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tenfold.data import Dataset

Picture = Callable[..., bytes]
Start = Callable[..., Any]

PREFIX = "/digits"


class Proxy(BaseHTTPRequestHandler):
    """Passes on what begins with the prefix, as nginx does with the lines in docs/serve.md."""

    upstream_port: int

    def handle_one(self) -> None:
        if not self.path.startswith(f"{PREFIX}/"):
            self.send_error(404)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        upstream = http.client.HTTPConnection("127.0.0.1", self.upstream_port, timeout=60)
        headers = dict(self.headers.items()) | {"Connection": "close", "X-Forwarded-Proto": "http"}
        upstream.request(self.command, self.path.removeprefix(PREFIX), body, headers)
        answer = upstream.getresponse()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.read())
        upstream.close()

    do_GET = do_HEAD = do_POST = do_DELETE = do_OPTIONS = handle_one  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def proxied(start: Start) -> Iterator[str]:
    """The address of a service with a token, as the world sees it."""
    service = start("--root-path", f"{PREFIX}/", "--token", "secret")
    handler = type("Handler", (Proxy,), {"upstream_port": service.port})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as proxy:
        Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_port}{PREFIX}/"
        proxy.shutdown()


def test_redirect_cookie_and_routes_stay_under_the_prefix(
    proxied: str, mnist: Dataset, picture: Picture
) -> None:
    with httpx.Client(base_url=proxied, trust_env=False, follow_redirects=True) as client:
        page = client.get("?token=secret")
        (cookie,) = client.cookies.jar

        assert (page.status_code, str(page.url)) == (200, proxied)
        assert cookie.path == PREFIX
        assert client.get("health/ready", headers={"Cookie": ""}).status_code == 200
        assert client.post("v1/read", content=picture(*mnist.x_test[:2])).json()["text"] == "72"
        assert client.get("openapi.json").json()["servers"] == [{"url": PREFIX}]
    assert httpx.get(f"{proxied}v1/model").status_code == 401


def test_page_and_documentation_work_under_the_prefix(
    proxied: str, browser: Browser, mnist: Dataset, picture: Picture
) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{proxied}?token=secret")
    scan: FilePayload = {"name": "scan.png", "mimeType": "image/png", "buffer": picture(*mnist.x_test[:3])}
    page.set_input_files("#file", files=scan)
    expect(page.locator("#reading")).to_have_text("721")
    page.get_by_role("link", name="For programs").click()
    expect(page.locator("#operations-service-model_v1_model_get")).to_be_visible()
    page.locator("#operations-service-model_v1_model_get").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response .response-col_status")).to_have_text("200")
    context.close()

    assert len(asked) > 10
    assert [url for url in asked if not url.startswith((proxied, "blob:", "data:"))] == []


def test_a_cookie_that_came_over_https_goes_back_over_nothing_else(client_of: Callable[..., Any]) -> None:
    client = client_of(token="secret")

    assert (
        "Secure" in client.get("/?token=secret", headers={"X-Forwarded-Proto": "https"}).headers["set-cookie"]
    )
    assert "Secure" not in client.get("/?token=secret").headers["set-cookie"]
