"""The OpenAPI description: what it says holds, whatever is sent."""

from typing import Any

import schemathesis
from hypothesis import given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance


def test_what_the_description_says_holds_for_whatever_is_sent(service: Any) -> None:
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{service.port}/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 10

    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=30)
        def send(case: Any) -> None:
            # Whether bytes are a picture no description can say.
            case.call_and_validate(excluded_checks=[positive_data_acceptance], timeout=60)

        send()


def test_every_route_says_how_it_may_refuse(service: Any) -> None:
    described = service.client.get("/openapi.json").json()
    routes = [operation for path in described["paths"].values() for operation in path.values()]

    for operation in routes:
        assert operation["description"]
        if "requestBody" in operation:
            assert {"400", "408", "413", "503"} <= operation["responses"].keys()
