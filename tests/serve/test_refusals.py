"""Requests the service refuses: with one line, and without consequences."""

import io
import struct
import time
import zlib

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that claims to be `side` pixels wide and high."""
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1_000_000), 9))
        + chunk(b"IEND", b"")
    )


def png(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, format="PNG")
    return stream.getvalue()


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"no picture", "is not a picture tenfold can read"),
        (png(np.arange(10_000, dtype=np.uint8).reshape(100, 100))[:100], "damaged"),
        (bomb(60_000), "pixels"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "is not a picture tenfold can read"),
    ],
    ids=["nothing", "text", "cut off", "bomb", "svg"],
)
@pytest.mark.parametrize("path", ["/v1/read", "/v1/digits", "/v1/explain", "/v1/table"])
def test_what_is_no_picture_is_refused(client: TestClient, path: str, body: bytes, says: str) -> None:
    answer = client.post(path, content=body)

    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert "\n" not in answer.json()["error"]


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 28, 28)),
        np.zeros((2, 27, 28), dtype=np.uint8),
        np.zeros((28, 28), dtype=np.uint8),
        np.asfortranarray(np.zeros((2, 28, 28), dtype=np.uint8)),
        np.array([{"no": "pickle"}], dtype=object),
    ],
    ids=["float64", "27 rows", "two axes", "Fortran order", "objects"],
)
def test_arrays_of_another_form_are_refused(client: TestClient, array: np.ndarray) -> None:
    answer = client.post("/v1/digits", content=npy(array))

    assert answer.status_code == 400
    assert "expected a .npy file of uint8" in answer.json()["error"]


def test_an_array_that_says_it_is_larger_than_it_is_is_refused(client: TestClient) -> None:
    body = npy(np.zeros((2, 28, 28), dtype=np.uint8)).replace(b"(2, 28, 28)", b"(9, 28, 28)")
    answer = client.post("/v1/digits", content=body)

    assert answer.status_code == 400
    assert "expected 9 images" in answer.json()["error"]


def test_images_that_are_not_whole_are_refused(client: TestClient) -> None:
    answer = client.post(
        "/v1/digits", content=bytes(785), headers={"Content-Type": "application/octet-stream"}
    )
    assert answer.status_code == 400
    assert "multiple of 784" in answer.json()["error"]


@pytest.mark.parametrize(
    "path", ["/v1/read", "/v1/digits", "/v1/explain", "/v1/table", "/v2/models/tenfold/infer"]
)
def test_a_form_is_refused_with_what_to_send_instead(client: TestClient, path: str) -> None:
    answer = client.post(path, files={"file": ("7.png", png(np.zeros((9, 9), dtype=np.uint8)))})

    assert answer.status_code == 415
    assert "--data-binary @FILE instead of -F" in answer.json()["error"]


def test_a_bomb_costs_neither_time_nor_memory(client: TestClient) -> None:
    body = bomb(60_000)
    start = time.perf_counter()
    for _ in range(20):
        assert client.post("/v1/read", content=body).status_code == 400
    assert (time.perf_counter() - start) / 20 < 5  # unpacked, one would take minutes


def test_paths_that_do_not_exist_are_said_not_to(client: TestClient) -> None:
    for path in (
        "/nothing",
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2fapp.py",
        "//etc/passwd",
    ):
        assert client.get(path).status_code == 404
    assert client.get("/v1/read").status_code == 405
    assert client.get("/page/../app.py").status_code == 404


def test_answers_forbid_browsers_to_load_anything_elsewhere(client: TestClient) -> None:
    for path in ("/", "/v1/model", "/nothing"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers
