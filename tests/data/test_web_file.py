"""A published file comes whole and verified, after any number of breaks; the server is on this machine."""

import hashlib
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tenfold.data import web as web_module
from tenfold.data import web_file
from tenfold.data.web_file import WebFile, downloads, fetch_files
from tenfold.errors import FetchError

from .conftest import Web

CONTENT = bytes(range(256)) * 40


def published(web: Web, checksum: str = "") -> WebFile:
    sha256 = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
    return WebFile("signs.zip", f"{web.url}/some/signs.zip", len(CONTENT), checksum or sha256)


def serve(
    content: bytes, ranges: list[str | None], *, stop_at: int | None = None
) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer from the byte that is asked for; it breaks off at `stop_at`."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked = request.headers.get("Range")
        ranges.append(asked)
        begin = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        request.send_response(206 if asked else 200)
        request.send_header("Content-Length", str(len(content) - begin))
        request.end_headers()
        request.wfile.write(content[begin:stop_at])

    return answer


def fetch(file: WebFile, folder: Path, lines: list[str] | None = None) -> bytes:
    heard: list[str] = [] if lines is None else lines
    return fetch_files("signs", [file], folder, heard.append)[0].read_bytes()


def test_a_transfer_that_broke_off_goes_on_where_it_was(web: Web, tmp_path: Path) -> None:
    ranges: list[str | None] = []
    web.answers["/some/signs.zip"] = serve(CONTENT, ranges, stop_at=6000)
    with pytest.raises(
        FetchError, match=r"closed after .* bytes; 0\.0 of 0\.0 MB have arrived, and the next"
    ):
        fetch(published(web), tmp_path)

    web.answers["/some/signs.zip"] = serve(CONTENT, ranges)
    assert fetch(published(web), tmp_path) == CONTENT
    assert ranges == [None, "bytes=6000-"]
    assert [path.name for path in tmp_path.iterdir()] == ["signs.zip"]
    assert fetch(published(web), tmp_path) == CONTENT
    assert len(ranges) == 2, "what is there and verified is not asked for again"


def test_a_server_that_gives_no_parts_begins_anew(web: Web, tmp_path: Path) -> None:
    (tmp_path / "signs.zip.part").write_bytes(b"x" * 500)
    web.answers["/some/signs.zip"] = CONTENT

    assert fetch(published(web), tmp_path) == CONTENT


def test_wrong_bytes_are_thrown_away(web: Web, tmp_path: Path) -> None:
    (tmp_path / "signs.zip.part").write_bytes(b"x" * 500)
    web.answers["/some/signs.zip"] = serve(CONTENT, [])
    with pytest.raises(FetchError, match=r"have the sha256 \S+… of signs.zip as published, received"):
        fetch(published(web), tmp_path)

    assert fetch(published(web), tmp_path) == CONTENT


def test_a_checksum_may_be_an_md5(web: Web, tmp_path: Path) -> None:
    web.answers["/some/signs.zip"] = CONTENT
    md5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()

    assert fetch(published(web, f"md5:{md5}"), tmp_path) == CONTENT
    (tmp_path / "signs.zip").unlink()
    with pytest.raises(FetchError, match="have the md5"):
        fetch(published(web, f"md5:{md5[::-1]}"), tmp_path)


def test_a_longer_file_is_cut_off(web: Web, tmp_path: Path) -> None:
    web.answers["/some/signs.zip"] = CONTENT * 100
    with pytest.raises(FetchError, match="longer than the true file can be"):
        fetch(published(web), tmp_path)


def test_an_unreachable_host_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    file = WebFile("signs.zip", "http://host.invalid/some/signs.zip", 10, "md5:0")
    with pytest.raises(FetchError) as refused:
        fetch(file, tmp_path)

    line = str(refused.value)
    assert line.startswith("signs could not be downloaded (host.invalid: ")
    assert line.endswith("and run tenfold fetch signs --from PATH")
    assert "http://host.invalid/some/signs.zip" in line
    assert "\n" not in line
    assert not list(tmp_path.iterdir())


def test_only_the_web_is_asked(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    with pytest.raises(FetchError, match="expected an address on the web"):
        fetch(WebFile("signs.zip", f"file://{tmp_path}/secret", 6, "md5:0"), tmp_path)


def test_a_silent_server_is_given_up_and_what_came_is_kept(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stall(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(CONTENT)))
        request.end_headers()
        request.wfile.write(CONTENT[:3000])
        web.released.wait(10)

    monkeypatch.setattr(web_module, "ANSWER_S", 0.3)
    web.answers["/some/signs.zip"] = stall
    with pytest.raises(FetchError, match="answer within"):
        fetch(published(web), tmp_path)

    assert (tmp_path / "signs.zip.part").read_bytes() == CONTENT[:3000]


def test_the_parts_of_a_large_file_are_told(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_file, "_LARGE_BYTES", 1000)
    monkeypatch.setattr(web_module, "_CHUNK_BYTES", 500)
    web.answers["/some/signs.zip"] = CONTENT
    lines: list[str] = []
    fetch(published(web), tmp_path, lines)

    assert lines[0].startswith("fetching signs.zip from 127.0.0.1")
    assert lines[-1].startswith("fetched signs.zip from 127.0.0.1")
    assert 2 <= len(lines) <= 12


def test_one_process_at_a_time_fetches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENFOLD_CACHE", str(tmp_path))
    lines: list[str] = []
    order: list[str] = []

    def other() -> None:
        with downloads("signs", lines.append):
            order.append("other")

    with downloads("signs", lines.append) as folder:
        thread = threading.Thread(target=other)
        thread.start()
        while not lines:
            time.sleep(0.01)
        order.append("first")
    thread.join()

    assert lines == ["another process is fetching signs; waiting for it"]
    assert order == ["first", "other"]
    assert not folder.exists()
