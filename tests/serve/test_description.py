"""The OpenAPI description is accurate, whatever is sent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from tenfold.data import Dataset

ClientOf = Callable[..., TestClient]


def test_what_the_description_says_holds_for_whatever_is_sent(client_of: ClientOf) -> None:
    app = client_of(allow_hosts=("testserver",)).app
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    operations = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
    assert len(operations) > 10

    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=30)
        def send(case: Any) -> None:
            # Whether bytes are a picture no description can say.
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        send()


def test_every_route_says_how_it_may_refuse(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    routes = [operation for path in described["paths"].values() for operation in path.values()]

    for operation in routes:
        assert operation["description"]
        if "requestBody" in operation:
            assert {"400", "408", "413", "503"} <= operation["responses"].keys()


def test_every_answer_has_the_described_keys_and_no_others(
    client_of: ClientOf,
    runs: Path,
    mnist: Dataset,
    picture: Callable[..., bytes],
    tmp_path: Path,
) -> None:
    client = client_of(runs=runs, keep=tmp_path / "kept")
    description = client.get("/openapi.json").json()
    line, digit, image = picture(*mnist.x_test[:3]), picture(mnist.x_test[0]), mnist.x_test[0].tobytes()
    tensor = {"name": "images", "shape": [1, 28, 28], "datatype": "UINT8", "data": list(image)}
    kept = client.post("/v1/corrections", params={"label": 3}, content=digit).json()["id"]
    requests: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {
        ("post", "/v1/read"): ("/v1/read", {"content": line}),
        ("post", "/v1/digits"): ("/v1/digits", {"content": digit}),
        ("post", "/v1/explain"): ("/v1/explain", {"content": line}),
        ("post", "/v1/table"): ("/v1/table", {"content": line}),
        ("post", "/v1/layers"): ("/v1/layers", {"content": image}),
        ("get", "/v1/runs"): ("/v1/runs", {}),
        ("post", "/v1/runs/{name}"): ("/v1/runs/cnn-32", {"content": image}),
        ("post", "/v1/corrections"): ("/v1/corrections?label=7", {"content": digit}),
        ("delete", "/v1/corrections/{label}/{name}"): (f"/v1/corrections/{kept}", {}),
        ("get", "/v1/model"): ("/v1/model", {}),
        ("get", "/health/live"): ("/health/live", {}),
        ("get", "/health/ready"): ("/health/ready", {}),
        ("get", "/v2"): ("/v2", {}),
        ("get", "/v2/health/live"): ("/v2/health/live", {}),
        ("get", "/v2/health/ready"): ("/v2/health/ready", {}),
        ("get", "/v2/models/{model}"): ("/v2/models/tenfold", {}),
        ("get", "/v2/models/{model}/ready"): ("/v2/models/tenfold/ready", {}),
        ("post", "/v2/models/{model}/infer"): (
            "/v2/models/tenfold/infer",
            {"json": {"id": "42", "inputs": [tensor]}},
        ),
    }
    operations = {(method, path) for path, methods in description["paths"].items() for method in methods}
    assert operations == {*requests, ("get", "/metrics")}  # which is text

    for (method, path), (url, request) in requests.items():
        answer = client.request(method, url, **request)
        response = description["paths"][path][method]["responses"][str(answer.status_code)]
        schema = response["content"]["application/json"]["schema"]
        assert answer.status_code in (200, 201), url
        assert differing_keys(answer.json(), schema, description["components"]["schemas"]) == set(), url


def differing_keys(value: Any, schema: dict[str, Any], components: dict[str, Any]) -> set[str]:
    """The keys that only one of an answer and its description has, at any depth."""
    if "anyOf" in schema:  # or null
        schema = schema["anyOf"][0]
    if "$ref" in schema:
        schema = components[schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        return {key for item in value for key in differing_keys(item, schema["items"], components)}
    if not isinstance(value, dict) or schema.get("additionalProperties") is True:
        return set()
    properties = schema["properties"]
    inside = (
        differing_keys(value[key], properties[key], components) for key in value.keys() & properties.keys()
    )
    return set(value.keys() ^ properties.keys()).union(*inside)
