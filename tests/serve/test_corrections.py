"""Corrections become pictures that can be learned from."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from tenfold.data import Dataset
from tenfold.errors import InputError
from tenfold.reader import Reader

Picture = Callable[..., bytes]
ClientOf = Callable[..., TestClient]
Refusal = Callable[..., str]


def test_a_corrected_digit_is_kept_alone_under_its_right_value(
    client_of: ClientOf, mnist: Dataset, picture: Picture, tmp_path: Path
) -> None:
    client = client_of(keep=tmp_path / "kept")
    body = picture(*mnist.x_test[:3])
    answer = client.post("/v1/corrections", params={"label": 5, "digit": 1}, content=body)
    (kept,) = (tmp_path / "kept").rglob("*.*")

    assert answer.status_code == 201
    assert kept.parent.name == "5"
    assert kept.suffix == ".png"
    assert Reader().read_digits([kept])[0].value == 2  # what it is, whatever it is said to be
    assert client.get("/v1/model").json()["service"]["keeps_corrections"] is True


def test_a_picture_in_which_no_digit_was_found_is_kept_as_a_whole(
    client_of: ClientOf, picture: Picture, tmp_path: Path
) -> None:
    client = client_of(keep=tmp_path)
    cross = np.maximum(np.eye(28), np.eye(28)[::-1]) * 255
    body = picture(cross.astype(np.uint8))
    assert client.post("/v1/read", content=body).json()["text"] == ""
    answer = client.post("/v1/corrections", params={"label": 4, "whole": True}, content=body)
    (kept,) = tmp_path.rglob("*.png")

    assert answer.status_code == 201
    assert kept.parent.name == "4"
    blank = client.post(
        "/v1/corrections", params={"label": 4, "whole": True}, content=picture(0 * cross.astype(np.uint8))
    )
    assert (blank.status_code, "without ink" in blank.json()["error"]) == (400, True)


def test_the_network_sees_a_kept_digit_as_it_saw_it_in_the_picture(
    client_of: ClientOf, mnist: Dataset, picture: Picture, tmp_path: Path
) -> None:
    client = client_of(keep=tmp_path)
    reader = Reader()
    alike = []
    for image in mnist.x_test[:20]:
        body = picture(image)
        client.post("/v1/corrections", params={"label": 0}, content=body)
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
    client_of: ClientOf,
    mnist: Dataset,
    picture: Picture,
    tmp_path: Path,
    parameters: dict[str, Any],
    status: int,
) -> None:
    client = client_of(keep=tmp_path / "kept")
    answer = client.post("/v1/corrections", params=parameters, content=picture(*mnist.x_test[:3]))
    assert answer.status_code == status
    assert answer.json()["error"]
    assert list((tmp_path / "kept").iterdir()) == []


def test_without_a_folder_nothing_is_kept(client: TestClient, mnist: Dataset, picture: Picture) -> None:
    kept = client.post("/v1/corrections", params={"label": 7}, content=picture(mnist.x_test[0]))
    taken_back = client.delete(f"/v1/corrections/7/{'0' * 32}")

    for answer in (kept, taken_back):
        assert answer.status_code == 409
        assert "--keep" in answer.json()["error"]


def test_the_same_digit_is_kept_once_for_each_value_and_taken_back(
    client_of: ClientOf, mnist: Dataset, picture: Picture, tmp_path: Path
) -> None:
    client = client_of(keep=tmp_path)
    body = picture(*mnist.x_test[:2])

    def keep(label: int) -> Any:
        return client.post("/v1/corrections", params={"label": label}, content=body)

    first, again, other = keep(7), keep(7), keep(3)
    assert [answer.status_code for answer in (first, again, other)] == [201, 200, 201]
    assert first.json() == again.json()
    assert kept_in(tmp_path) == [f"{answer.json()['id']}.png" for answer in (other, first)]

    path = f"/v1/corrections/{first.json()['id']}"
    assert client.delete(path).json() == {"kept": False}
    assert kept_in(tmp_path) == [f"{other.json()['id']}.png"]
    assert client.delete(path).status_code == 404
    assert keep(7).status_code == 201


def kept_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.png"))


def test_only_corrections_can_be_taken_back(client_of: ClientOf, tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    for path in (tmp_path / "secret.png", tmp_path / "7" / "secret.png"):
        path.touch()
    client = client_of(keep=tmp_path)
    for name in ("7/..", "7/%2e%2e%2fsecret", "7/secret", "..%2f7/secret", "7", "10/" + "0" * 32):
        assert client.delete(f"/v1/corrections/{name}").status_code in (404, 405, 422)

    assert kept_in(tmp_path) == ["7/secret.png", "secret.png"]


@pytest.mark.parametrize(
    ("folder", "blamed"), [("file", "file"), ("file/inside", "file/inside"), ("kept", "kept/7")]
)
def test_a_file_in_the_way_is_named_at_once(
    client_of: ClientOf, tmp_path: Path, folder: str, blamed: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "7").touch()
    with pytest.raises(InputError, match=f"cannot keep corrections in {tmp_path / blamed}: "):
        client_of(keep=tmp_path / folder)


def test_several_workers_name_a_file_in_the_way_once(refusal: Refusal, tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    said = refusal("--keep", str(tmp_path / "kept"), "--workers", "2")

    assert said.startswith(f"tenfold: cannot keep corrections in {tmp_path / 'kept'}: ")


@pytest.mark.skipif(not Path("/sys").is_dir(), reason="needs a folder that even root cannot write")
def test_a_folder_that_cannot_be_written_is_named_at_once(client_of: ClientOf) -> None:
    with pytest.raises(InputError, match="cannot keep corrections in /sys: "):
        client_of(keep=Path("/sys"))


def test_links_are_not_followed(
    client_of: ClientOf, mnist: Dataset, picture: Picture, tmp_path: Path
) -> None:
    kept, elsewhere = tmp_path / "kept", tmp_path / "elsewhere"
    elsewhere.mkdir()
    client = client_of(keep=kept)
    body = picture(mnist.x_test[0])
    name = client.post("/v1/corrections", params={"label": 3}, content=body).json()["id"].partition("/")[2]
    (elsewhere / "target").write_text("mine")
    # A folder, and a file where the picture would come to lie.
    (kept / "7").symlink_to(elsewhere)
    (kept / "1").mkdir()
    (kept / "1" / f"{name}.png").symlink_to(elsewhere / "target")
    through_folder = client.post("/v1/corrections", params={"label": 7}, content=body)
    in_place_of_file = client.post("/v1/corrections", params={"label": 1}, content=body)

    assert through_folder.status_code == client.delete(f"/v1/corrections/7/{name}").status_code == 507
    assert "link" in through_folder.json()["error"]
    assert in_place_of_file.status_code == 201
    assert not (kept / "1" / f"{name}.png").is_symlink()
    assert [(path.name, path.read_text()) for path in elsewhere.iterdir()] == [("target", "mine")]
    with pytest.raises(InputError, match="it is a link"):
        client_of(keep=kept)


@pytest.mark.parametrize("fill", [lambda folder: [(folder / str(number)).touch() for number in range(10_000)],
                                  lambda folder: os.truncate(new(folder / "large"), 256 * 2**20)],
                         ids=["files", "bytes"])  # fmt: skip
def test_a_full_folder_takes_no_more(
    client_of: ClientOf, mnist: Dataset, picture: Picture, tmp_path: Path, fill: Callable[[Path], object]
) -> None:
    client = client_of(keep=tmp_path)
    kept = client.post("/v1/corrections", params={"label": 2}, content=picture(mnist.x_test[1]))
    (tmp_path / "5").mkdir()
    fill(tmp_path / "5")
    answer = client.post("/v1/corrections", params={"label": 7}, content=picture(mnist.x_test[0]))

    assert answer.status_code == 507
    assert "10,000" in answer.json()["error"]
    assert not (tmp_path / "7").exists()
    assert client.delete(f"/v1/corrections/{kept.json()['id']}").status_code == 200


def new(path: Path) -> Path:
    path.touch()
    return path


def test_a_folder_that_goes_away_comes_back(
    client_of: ClientOf, mnist: Dataset, picture: Picture, tmp_path: Path
) -> None:
    client = client_of(keep=tmp_path / "kept")
    (tmp_path / "kept").rmdir()
    (tmp_path / "kept").touch()
    in_the_way = client.post("/v1/corrections", params={"label": 7}, content=picture(mnist.x_test[0]))
    (tmp_path / "kept").unlink()
    again = client.post("/v1/corrections", params={"label": 7}, content=picture(mnist.x_test[0]))

    assert (in_the_way.status_code, again.status_code) == (507, 201)
    assert "cannot be kept" in in_the_way.json()["error"]
