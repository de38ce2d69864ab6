"""The bundled networks, on digits they were not trained on."""

import re
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import tenfold
from tenfold.data import Dataset
from tenfold.reader.manifest import load_manifest
from tenfold.reader.reader import BUNDLED, BUNDLED_DESK, BUNDLED_LAYOUT, BUNDLED_LINES, BUNDLED_MODEL


@pytest.fixture(scope="module")
def reader() -> tenfold.Reader:
    return tenfold.Reader()


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_each_model_has_a_manifest_with_its_origin(path: Path) -> None:
    manifest = load_manifest(path)

    assert manifest.sha256 == sha256(path.read_bytes()).hexdigest()
    assert re.fullmatch("[0-9a-f]{64}", manifest.data_sha256)
    assert manifest.recipe == path.stem
    assert manifest.figures
    assert f"tenfold train {path.stem}" in manifest.command


def test_all_networks_together_are_small() -> None:
    assert sum(path.stat().st_size for path in BUNDLED) <= 6 * 2**20


@pytest.mark.parametrize(
    "path", [BUNDLED_MODEL, BUNDLED_LINES, BUNDLED_DESK, BUNDLED_LAYOUT], ids=lambda path: path.stem
)
def test_the_manifest_names_the_sources_of_handwriting_and_their_licences(path: Path) -> None:
    data = load_manifest(path).data

    assert "zenodo.1195803 (CC BY 4.0)" in data
    assert "UCI 81 (CC BY 4.0)" in data


def test_mnist_is_read_correctly(reader: tenfold.Reader, mnist: Dataset) -> None:
    right = reader.probabilities(mnist.x_test)[:, :10].argmax(axis=1) == mnist.y_test

    assert right.mean() >= 0.995


def test_the_position_and_size_of_a_digit_do_not_matter(reader: tenfold.Reader, mnist: Dataset) -> None:
    pictures = []
    for index, image in enumerate(mnist.x_test[:200]):
        side = 28 + 3 * (index % 50)
        large = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
        canvas = np.zeros((400, 300), np.uint8)
        top, left = 13 * index % (400 - side), 7 * index % (300 - side)
        canvas[top : top + side, left : left + side] = large
        pictures.append(255 - canvas if index % 2 else canvas)

    values = np.array([digit.value for digit in reader.read_digits(pictures)])

    assert (values == mnist.y_test[:200]).mean() >= 0.98


def test_a_page_is_read_line_by_line(reader: tenfold.Reader, page: NDArray[np.uint8]) -> None:
    reading = reader.read(page)

    values = ["".join(str(digit.value) for digit in line.digits) for line in reading.lines]
    assert values == ["721041", "495906", "901597"]
    for line in reading.lines:
        assert all(a.box.x < b.box.x for a, b in zip(line.digits, line.digits[1:], strict=False))


def test_a_page_reads_the_same_light_on_dark_and_larger(
    reader: tenfold.Reader, page: NDArray[np.uint8]
) -> None:
    text = reader.read(page).text

    assert reader.read(255 - page).text == text
    assert reader.read(cv2.resize(page, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)).text == text


def test_a_yellow_pen_is_read_like_a_black_one(reader: tenfold.Reader, page: NDArray[np.uint8]) -> None:
    paper = page[..., None] / 255
    yellow = (paper * 255 + (1 - paper) * (255, 240, 60)).astype(np.uint8)

    assert reader.read(yellow).text == reader.read(page).text


@pytest.mark.parametrize("level", [0, 255])
def test_a_blank_picture_is_not_a_digit(level: int, reader: tenfold.Reader) -> None:
    (digit,) = reader.read_digits([np.full((100, 100), level, np.uint8)])

    assert not digit.accepted
    assert sum(digit.probabilities) < 0.5


def test_confidence_matches_accuracy(reader: tenfold.Reader, mnist: Dataset) -> None:
    probabilities = reader.probabilities(mnist.x_test)[:, :10]
    right = probabilities.argmax(axis=1) == mnist.y_test
    confidence = probabilities.max(axis=1)

    assert abs(confidence.mean() - right.mean()) < 0.03
    assert right[confidence >= reader.manifest.threshold].mean() > right.mean()


def test_the_command_uses_the_bundled_networks(tmp_path: Path, page: NDArray[np.uint8]) -> None:
    from typer.testing import CliRunner

    from tenfold import cli

    cv2.imwrite(str(tmp_path / "page.png"), page)

    result = CliRunner().invoke(cli.app, ["read", str(tmp_path / "page.png")])

    assert result.exit_code == 0
    assert result.stdout == tenfold.Reader().read(page).text + "\n"


@pytest.mark.parametrize("written", ["12.50", "-35", "14:30", "7+14=21", "45%"])
def test_signs_are_read_and_not_counted_as_digits(reader: tenfold.Reader, written: str) -> None:
    (line,) = reader.read(write(written)).lines

    assert line.written == written
    assert line.text == "".join(character for character in written if character.isdigit())


def test_numbers_with_a_wide_gap_between_them_stay_separate(reader: tenfold.Reader) -> None:
    assert reader.read(write("12   7")).lines[0].numbers == ("12", "7")


def write(text: str) -> NDArray[np.uint8]:
    """A picture of `text`, with a pen of four pixels."""
    paper = np.full((140, 90 + 50 * len(text)), 255, np.uint8)
    cv2.putText(paper, text, (30, 95), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 4, cv2.LINE_AA)
    return paper
