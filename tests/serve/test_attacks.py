"""Pages elsewhere that would write to the service, in a real browser: nothing is written.

Each attack is shown to be one: where its site is allowed, it succeeds.
"""

import base64
import json
import struct
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from tenfold.data import Dataset

Start = Callable[..., Any]

# Both are requests that browsers let any page send without asking the service before.
BY_FETCH = """async ([url, picture]) => {
    const body = Uint8Array.from(atob(picture), (character) => character.charCodeAt(0));
    const request = { method: "POST", mode: "no-cors", headers: { "Content-Type": "text/plain" }, body };
    await fetch(url, request).catch(() => {}); // whatever the answer, no page elsewhere may see it
}"""
BY_FORM = """([url, picture]) => {
    const form = document.createElement("form");
    const field = document.createElement("input");
    Object.assign(form, { action: url, method: "post", enctype: "text/plain" });
    Object.assign(field, { type: "hidden", name: atob(picture), value: "" });
    form.append(field);
    document.body.append(form);
    form.submit();
}"""


def wait_until(condition: Callable[[], bool], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class Elsewhere(BaseHTTPRequestHandler):
    """A site of somebody else's."""

    def do_GET(self) -> None:
        body = b"<!doctype html><title>elsewhere</title><body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    """The port of that site."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as site:
        Thread(target=site.serve_forever, daemon=True).start()
        yield site.server_port
        site.shutdown()


@pytest.fixture
def open_at(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens pages at addresses."""
    context = browser.new_context()

    def open_(address: str) -> Page:
        page = context.new_page()
        page.goto(address)
        return page

    yield open_
    context.close()


def written_as_text(digit: np.ndarray) -> bytes:
    """A BMP of a digit that is ASCII throughout, so that even a form can send it."""
    ink = np.kron(digit[::-1] > 100, np.ones((3, 3), dtype=np.uint8)).astype(np.uint8)
    height, width = ink.shape
    palette = bytes([127, 127, 127, 0, 0, 0, 0, 0])  # paper, ink
    picture = b"BM" + struct.pack("<IIIIiiHHIIiiII", 0, 0, 62, 40, width, height, 1, 8, 0, 0, 0, 0, 2, 2)
    content = picture + palette + ink.tobytes()
    assert content.isascii()
    assert not set(b"\r\n") & set(content)
    return content


def attack(page: Page, service: Any, script: str, digit: np.ndarray) -> None:
    """Send a correction from `page`."""
    url = f"{service.client.base_url}v1/corrections?label=3"
    page.evaluate(script, [url, base64.b64encode(written_as_text(digit)).decode()])


def has_answered(service: Any, status: int) -> bool:
    """Whether it has answered a request with `status`; the browser does not let the page know."""
    return f'tenfold_requests_total{{status="{status}"}} 1.0' in service.client.get("/metrics").text


@pytest.mark.parametrize("script", [BY_FETCH, BY_FORM], ids=["fetch", "form"])
@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example"], ids=["another port", "another host"])
def test_a_page_elsewhere_writes_no_correction_unless_its_site_is_allowed(
    start: Start,
    open_at: Callable[[str], Page],
    elsewhere: int,
    mnist: Dataset,
    tmp_path: Path,
    host: str,
    script: str,
) -> None:
    site = f"http://{host}:{elsewhere}"
    kept, allowed = tmp_path / "kept", tmp_path / "allowed"
    closed, open_to_it = start("--keep", str(kept)), start("--keep", str(allowed), "--allow-origin", site)

    attack(open_at(site), closed, script, mnist.x_test[0])
    wait_until(lambda: has_answered(closed, 403))
    assert list(kept.rglob("*.png")) == []
    attack(open_at(site), open_to_it, script, mnist.x_test[0])
    wait_until(lambda: has_answered(open_to_it, 201))
    assert len(list(allowed.rglob("*.png"))) == 1


def test_a_name_that_is_made_to_lead_here_gets_nothing(
    start: Start, open_at: Callable[[str], Page], mnist: Dataset, tmp_path: Path
) -> None:
    service = start("--keep", str(tmp_path / "kept"))
    page = open_at(f"http://evil.example:{service.port}/")
    status = page.evaluate("async () => (await fetch('v1/corrections?label=3', { method: 'POST' })).status")

    assert "--allow-host" in json.loads(page.locator("body").inner_text())["error"]
    assert status == 403


def test_an_allowed_page_reads_and_gets_its_answer(
    start: Start, open_at: Callable[[str], Page], elsewhere: int, mnist: Dataset
) -> None:
    site = f"http://app.example:{elsewhere}"
    service = start("--token", "secret", "--allow-origin", site)
    text = open_at(site).evaluate(
        """async ([url, picture]) => {
            const body = Uint8Array.from(atob(picture), (character) => character.charCodeAt(0));
            const headers = { Authorization: "Bearer secret", "Content-Type": "image/bmp" };
            return (await (await fetch(url, { method: "POST", headers, body })).json()).text;
        }""",
        [f"{service.client.base_url}v1/read", base64.b64encode(written_as_text(mnist.x_test[0])).decode()],
    )
    assert text == "7"
