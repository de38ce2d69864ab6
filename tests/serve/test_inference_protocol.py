"""The Open Inference Protocol, as a client of another's making speaks it."""

from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from tenfold.data import Dataset
from tenfold.reader import Reader


def request_of(images: np.ndarray, datatype: str = "UINT8", *, nested: bool = False) -> dict[str, Any]:
    numbers = images / 255 if datatype == "FP32" else images
    data = numbers.tolist() if nested else numbers.ravel().tolist()
    tensor = {"name": "images", "shape": list(images.shape), "datatype": datatype, "data": data}
    return {"id": "42", "inputs": [tensor]}


@pytest.mark.parametrize("datatype", ["UINT8", "FP32"])
@pytest.mark.parametrize("nested", [False, True])
def test_images_get_the_probabilities_that_the_reader_gives(
    client: TestClient, mnist: Dataset, datatype: str, nested: bool
) -> None:
    images = mnist.x_test[:5]
    answer = client.post("/v2/models/tenfold/infer", json=request_of(images, datatype, nested=nested)).json()
    (output,) = answer["outputs"]

    assert (answer["model_name"], answer["id"]) == ("tenfold", "42")
    assert (output["name"], output["datatype"], output["shape"]) == ("probabilities", "FP32", [5, 11])
    assert np.allclose(output["data"], Reader().probabilities(images).ravel(), atol=1e-5)


def test_the_server_and_its_model_describe_themselves(client: TestClient) -> None:
    get = client.get
    model = get("/v2/models/tenfold").json()

    assert get("/v2").json()["name"] == "tenfold"
    assert get("/v2/health/live").status_code == 200
    assert get("/v2/health/ready").status_code == 200
    assert get("/v2/models/tenfold/ready").status_code == 200
    assert model["inputs"] == [{"name": "images", "datatype": "UINT8", "shape": [-1, 28, 28]}]
    assert model["outputs"] == [{"name": "probabilities", "datatype": "FP32", "shape": [-1, 11]}]


def test_a_model_of_another_name_is_not_there(client: TestClient, mnist: Dataset) -> None:
    for path in ("/v2/models/other", "/v2/models/other/ready"):
        assert client.get(path).status_code == 404
    answer = client.post("/v2/models/other/infer", json=request_of(mnist.x_test[:1]))
    assert answer.status_code == 404
    assert list(answer.json()) == ["error"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "digits"},
        {"shape": [1, 28]},
        {"shape": [1, 27, 29]},
        {"shape": [-1, 28, 28]},
        {"shape": [2, 28, 28]},
        {"datatype": "INT64"},
        {"data": []},
        {"data": [256] * 784},
        {"data": [-1] * 784},
        {"data": ["1e999"] * 784},
        {"data": [None] * 784},
        {"data": [[0] * 28] * 27},
        {"data": {}},
    ],
    ids=str,
)
def test_a_tensor_that_does_not_agree_with_itself_is_refused(
    client: TestClient, mnist: Dataset, changes: dict[str, Any]
) -> None:
    request = request_of(mnist.x_test[:1])
    request["inputs"][0].update(changes)
    answer = client.post("/v2/models/tenfold/infer", json=request)

    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b'{"inputs": []}', b"[" * 100_000, b"[],{}," * 500_000]
)
def test_what_is_no_request_is_refused(client: TestClient, body: bytes) -> None:
    assert client.post("/v2/models/tenfold/infer", content=body).status_code == 400


def test_json_of_more_than_4_mib_is_refused(client: TestClient) -> None:
    answer = client.post("/v2/models/tenfold/infer", content=b" " * (4 * 2**20 + 1))

    assert answer.status_code == 413
    assert "at most 4,194,304 bytes" in answer.json()["error"]
