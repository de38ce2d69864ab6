"""What the service answers: the same as the reader, in every form that a picture may come in."""

import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from tenfold.data import Dataset
from tenfold.reader import Reader

Picture = Callable[..., bytes]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def test_a_picture_is_read_as_the_command_reads_it(
    client: TestClient, mnist: Dataset, picture: Picture, tmp_path: Path
) -> None:
    path = tmp_path / "line.png"
    path.write_bytes(picture(*mnist.x_test[:3]))
    command = [sys.executable, "-m", "tenfold", "read", str(path), "--json"]
    printed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    answer = client.post("/v1/read", content=path.read_bytes()).json()

    assert answer["text"] == "721"
    assert list(answer) == ["text", "lines", "passed_over"]
    for received, expected in zip(answer["lines"][0]["digits"], printed["lines"][0]["digits"], strict=True):
        assert received.keys() == expected.keys()
        assert received["box"] == expected["box"]
        assert received["probabilities"] == pytest.approx(expected["probabilities"], abs=1e-5)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF"])
def test_every_kind_of_picture_is_read(
    client: TestClient, mnist: Dataset, picture: Picture, kind: str
) -> None:
    body = picture(*mnist.x_test[:2], kind=kind)
    headers = {"Content-Type": f"image/{kind.lower()}"}

    assert client.post("/v1/read", content=body, headers=headers).json()["text"] == "72"
    assert client.post("/v1/digits", content=body, headers=headers).status_code == 200


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF"])
@pytest.mark.parametrize("content_type", ["application/octet-stream", "Application/Octet-Stream; x=y"])
def test_a_picture_of_a_digit_is_recognised_by_its_bytes(
    client: TestClient, mnist: Dataset, picture: Picture, kind: str, content_type: str
) -> None:
    body = picture(mnist.x_test[0], kind=kind)
    answer = client.post("/v1/digits", content=body, headers={"Content-Type": content_type})

    assert (answer.status_code, answer.json().get("text")) == (200, "7")


def test_single_digits_are_read_as_the_reader_reads_them(
    client: TestClient, mnist: Dataset, picture: Picture, reader: Reader
) -> None:
    pictures = [picture(image) for image in mnist.x_test[:20]]
    expected = reader.read_digits(pictures)
    for body, digit in zip(pictures, expected, strict=True):
        ((received,),) = (line["digits"] for line in client.post("/v1/digits", content=body).json()["lines"])
        assert received["value"] == digit.value
        assert received["probabilities"] == pytest.approx(digit.probabilities, abs=1e-5)


@pytest.mark.parametrize("form", ["raw", "npy"])
def test_many_images_are_read_in_one_request(
    client: TestClient, mnist: Dataset, reader: Reader, form: str, tmp_path: Path
) -> None:
    images = mnist.x_test[:250]
    np.save(tmp_path / "images.npy", images)
    body = images.tobytes() if form == "raw" else (tmp_path / "images.npy").read_bytes()
    answer = client.post(
        "/v1/digits", content=body, headers={"Content-Type": "application/octet-stream"}
    ).json()
    probabilities = [digit["probabilities"] for digit in answer["lines"][0]["digits"]]

    assert len(answer["lines"]) == 1
    assert np.allclose(probabilities, reader.probabilities(images)[:, :10], atol=1e-5)


def test_an_explained_reading_shows_what_the_network_saw(
    client: TestClient, mnist: Dataset, picture: Picture
) -> None:
    body = picture(*mnist.x_test[:3])
    explained = client.post("/v1/explain", content=body).json()
    images = [digit.pop("image") for digit in explained["lines"][0]["digits"]]

    assert explained == client.post("/v1/read", content=body).json()
    for image, original in zip(images, mnist.x_test[:3], strict=True):
        seen = np.frombuffer(b64decode(image), dtype=np.uint8).reshape(28, 28)
        assert np.corrcoef(seen.ravel(), original.ravel())[0, 1] > 0.9


def test_feature_maps_are_those_of_the_networks_convolutions(
    client: TestClient, mnist: Dataset, reader: Reader
) -> None:
    body = mnist.x_test[0].tobytes()
    layers = client.post("/v1/layers", content=body).json()["layers"]
    expected = reader.feature_maps(mnist.x_test[0])

    assert [(layer["maps"], layer["height"], layer["width"]) for layer in layers] == [
        maps.shape for maps in expected
    ]
    for layer, maps in zip(layers, expected, strict=True):
        levels = np.frombuffer(b64decode(layer["levels"]), dtype=np.uint8).reshape(maps.shape)
        assert levels.max() == 255
        assert np.allclose(levels / 255, maps / maps.max(), atol=0.003)


def test_concurrent_requests_get_each_their_own_answer(
    client: TestClient, mnist: Dataset, picture: Picture
) -> None:
    pictures = [picture(image) for image in mnist.x_test[:200]]

    def read(body: bytes) -> str:
        return str(client.post("/v1/digits", content=body).json()["text"])

    one_by_one = [read(body) for body in pictures]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, pictures)) == one_by_one


def test_a_picture_without_digits_has_no_lines(client: TestClient, picture: Picture) -> None:
    blank = picture(np.zeros((100, 100), dtype=np.uint8))

    assert client.post("/v1/read", content=blank).json() == {"text": "", "lines": [], "passed_over": []}


def test_the_model_is_described(client: TestClient, reader: Reader) -> None:
    described = client.get("/v1/model").json()

    assert described["sha256"] == reader.manifest.sha256
    assert described["service"]["keeps_corrections"] is False


def test_a_table_is_answered_as_rows_of_cells(client: TestClient, mnist: Dataset, reader: Reader) -> None:
    page = np.zeros((140, 260), dtype=np.uint8)
    for number, place in enumerate([(10, 10), (10, 34), (10, 170), (90, 170)]):
        page[place[0] : place[0] + 28, place[1] : place[1] + 28] = mnist.x_test[number]
    body = BytesIO()
    Image.fromarray(255 - page).save(body, "PNG")

    answer = client.post("/v1/table", content=body.getvalue()).json()

    assert [[cell["text"] for cell in row] for row in answer["rows"]] == [["72", "1"], ["", "0"]]
    assert answer["reading"] == reader.read(body.getvalue()).to_dict()
