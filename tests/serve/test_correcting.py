"""Corrections become pictures that can be learned from."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.data import Dataset
from tenfold.reader import Reader

Picture = Callable[..., bytes]
Start = Callable[..., Any]


def test_a_corrected_digit_is_kept_alone_under_its_right_value(
    start: Start, mnist: Dataset, picture: Picture, tmp_path: Path
) -> None:
    service = start("--keep", str(tmp_path / "kept"))
    body = picture(*mnist.x_test[:3])
    answer = service.client.post("/v1/corrections", params={"label": 5, "digit": 1}, content=body)
    (kept,) = (tmp_path / "kept").rglob("*.*")

    assert answer.status_code == 201
    assert kept.parent.name == "5"
    assert kept.suffix == ".png"
    assert Reader().read_digits([kept])[0].value == 2  # what it is, whatever it is said to be
    assert service.client.get("/v1/model").json()["service"]["keeps_corrections"] is True


def test_the_network_sees_a_kept_digit_as_it_saw_it_in_the_picture(
    start: Start, mnist: Dataset, picture: Picture, tmp_path: Path
) -> None:
    service = start("--keep", str(tmp_path))
    reader = Reader()
    alike = []
    for image in mnist.x_test[:20]:
        body = picture(image)
        service.client.post("/v1/corrections", params={"label": 0}, content=body)
        (kept,) = (tmp_path / "0").iterdir()
        again, seen = (reader.trace_digit(each).lines[0].cuts[0].image for each in (kept, body))
        alike.append(np.corrcoef(again.ravel(), seen.ravel())[0, 1])
        kept.unlink()
    assert min(alike) > 0.95


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"label": 10}, 422),
        ({"label": -1}, 422),
        ({"label": "seven"}, 422),
        ({}, 422),
        ({"label": 7, "digit": 3}, 400),
        ({"label": 7, "line": 1}, 400),
        ({"label": 7, "digit": -1}, 422),
    ],
)
def test_what_says_nothing_sensible_is_refused(
    start: Start, mnist: Dataset, picture: Picture, tmp_path: Path, parameters: dict[str, Any], status: int
) -> None:
    service = start("--keep", str(tmp_path / "kept"))
    answer = service.client.post("/v1/corrections", params=parameters, content=picture(*mnist.x_test[:3]))
    assert answer.status_code == status
    assert answer.json()["error"]
    assert not (tmp_path / "kept").exists()


def test_without_a_folder_nothing_is_kept(service: Any, mnist: Dataset, picture: Picture) -> None:
    answer = service.client.post("/v1/corrections", params={"label": 7}, content=picture(mnist.x_test[0]))

    assert answer.status_code == 409
    assert "--keep" in answer.json()["error"]
