"""The polarity of a picture, and the level of its paper under shadows, margins and writing."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tenfold.data import Dataset
from tenfold.imaging.decode import decode
from tenfold.imaging.paper import is_dark, paper_level, scanner_margin

Grey = NDArray[np.uint8]


def page(paper: int = 230, ink: int = 30, height: int = 120, width: int = 160) -> Grey:
    """A page on which 42 is written."""
    grey = np.full((height, width), paper, dtype=np.uint8)
    cv2.putText(grey, "42", (40, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.6, ink, 4)
    return grey


def shadow(grey: Grey) -> Grey:
    """The page in light that falls off to two fifths from left to right."""
    light = np.linspace(1, 0.4, grey.shape[1])
    return np.rint(grey * light).astype(np.uint8)


@pytest.mark.parametrize(
    ("rows", "dark"),
    [
        (["...", ".#.", "..."], False),
        (["###", "#.#", "###"], True),
        (["..#", "..#", "..#"], False),
        ([".##", ".##", ".##"], True),
    ],
)
def test_paper_is_most_of_a_tiny_picture_and_of_its_border(rows: list[str], dark: bool) -> None:
    grey = np.array([[200 if level == "." else 20 for level in row] for row in rows], dtype=np.uint8)

    assert is_dark(grey) is dark
    assert is_dark(255 - grey) is not dark


def test_a_page_and_its_negative_are_distinguished() -> None:
    assert not is_dark(page())
    assert is_dark(255 - page())
    assert not is_dark(shadow(page()))


def test_a_page_half_in_shadow_is_light() -> None:
    grey = page()
    grey[:, :100] = grey[:, :100] // 4

    assert not is_dark(grey)
    assert is_dark(255 - grey)


@pytest.mark.parametrize("scale", [0.3, 0.6, 1.2])
def test_a_page_full_of_small_digits_is_light(scale: float) -> None:
    grey = np.full((1000, 1400), 230, dtype=np.uint8)
    pitch = round(32 * scale)
    for y in range(pitch, 1000, pitch):
        cv2.putText(
            grey, "2718281828" * 30, (5, y), cv2.FONT_HERSHEY_SIMPLEX, scale, 30, max(1, round(2 * scale))
        )

    assert not is_dark(grey)
    assert is_dark(255 - grey)


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (3, 3), (120, 160), (400, 600)])
def test_blank_paper_has_one_level_everywhere(shape: tuple[int, int], level: int) -> None:
    found = paper_level(np.full(shape, level, dtype=np.uint8))

    assert found.shape == shape
    np.testing.assert_allclose(found, level, atol=0.5)


def test_the_paper_under_writing_is_as_light_as_around_it() -> None:
    np.testing.assert_allclose(paper_level(page(paper=200)), 200, atol=1)


def test_a_gradient_of_light_is_followed_to_the_edges() -> None:
    blank = np.full((120, 160), 230, dtype=np.uint8)

    assert np.abs(paper_level(shadow(page())) - shadow(blank)).max() < 5


def test_only_a_black_margin_is_a_scanner_margin() -> None:
    assert scanner_margin(paper_level(page())) is None
    assert scanner_margin(paper_level(shadow(page()))) is None

    scan = page()
    scan[:, :30] = 0
    margin = scanner_margin(paper_level(scan))

    assert margin is not None
    assert margin.shape == scan.shape
    assert margin[:, :30].all(), "the margin"
    assert not margin[:, 45:].any(), "the page"


def test_the_paper_of_a_photographed_page_is_light(tmp_path: Path) -> None:
    """A simulated photograph: uneven light, blur, noise and JPEG."""
    clean = page(height=480, width=640)
    noise = np.random.default_rng(0).normal(0, 4, clean.shape)
    photograph = cv2.GaussianBlur(shadow(clean), (0, 0), 1.2) + noise
    path = tmp_path / "page.jpg"
    Image.fromarray(np.clip(photograph, 0, 255).astype(np.uint8)).save(path, quality=80)
    grey = decode(path)

    assert not is_dark(grey)
    level = paper_level(grey)
    written = clean < 100
    assert (grey[written] < 0.7 * level[written]).mean() > 0.9
    assert (grey[~written] > 0.7 * level[~written]).mean() > 0.98


def test_the_paper_of_every_mnist_digit_is_dark_and_of_its_negative_light(mnist: Dataset) -> None:
    assert all(is_dark(image) for image in mnist.x_test)
    assert not any(is_dark(np.subtract(255, image)) for image in mnist.x_test)
