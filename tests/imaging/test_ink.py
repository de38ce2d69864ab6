import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tenfold.data import Dataset
from tenfold.imaging.decode import decode
from tenfold.imaging.ink import find_ink


def page(paper: int, pen: int) -> np.ndarray:
    """A stroke on a page."""
    grey = np.full((20, 20), paper, dtype=np.uint8)
    grey[5:15, 9:11] = pen
    return grey


@pytest.mark.parametrize(("paper", "pen"), [(255, 0), (0, 255), (200, 120), (40, 90)])
def test_ink_is_what_differs_from_the_border(paper: int, pen: int) -> None:
    ink = find_ink(page(paper, pen))
    assert ink.dtype == np.float32
    assert np.array_equal(ink, page(0, 1))


def test_grey_ink_keeps_its_share() -> None:
    grey = page(255, 0)
    grey[2, 2] = 153
    assert find_ink(grey)[2, 2] == pytest.approx(0.4)


@given(st.integers(0, 255), st.integers(0, 23), st.sampled_from([(1, 1), (1, 7), (2, 2), (20, 20)]))
def test_paper_without_contrast_is_blank(level: int, contrast: int, shape: tuple[int, int]) -> None:
    grey = np.full(shape, level, dtype=np.uint8)
    grey[0, 0] = min(level + contrast, 255)
    assert not find_ink(grey).any()


def test_noise_on_the_paper_is_suppressed() -> None:
    noise = np.random.default_rng(0).normal(0, 4, (20, 20))
    noisy = np.clip(page(220, 30) + noise, 0, 255).astype(np.uint8)
    ink = find_ink(noisy)
    assert np.array_equal(ink > 0, page(0, 1) > 0)


def test_the_ripples_of_jpeg_are_suppressed() -> None:
    stroke = np.full((64, 64), 255, dtype=np.uint8)
    stroke[16:48, 28:36] = 0
    stream = io.BytesIO()
    Image.fromarray(stroke).save(stream, format="JPEG", quality=85)
    ink = find_ink(decode(stream.getvalue()))
    assert np.array_equal(ink > 0, stroke == 0)


@given(st.integers(0, 2**32 - 1))
def test_ink_is_always_from_0_to_1_and_does_not_mind_inversion(seed: int) -> None:
    rng = np.random.default_rng(seed)
    grey = rng.integers(0, 256, tuple(rng.integers(1, 12, 2)), dtype=np.uint8)
    ink = find_ink(grey)
    assert ink.shape == grey.shape
    assert np.all((ink >= 0) & (ink <= 1))
    border = np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]]).astype(float)
    paper = np.median(border)
    if paper - grey.min() != grey.max() - paper:  # on a tie nobody can say which is ink
        assert np.array_equal(find_ink(255 - grey), ink)


def test_an_image_of_mnist_is_its_own_ink_in_either_polarity(mnist: Dataset) -> None:
    for image in mnist.x_test[:100]:
        ink = find_ink(image)
        assert np.abs(ink * 255 - image).max() < 0.04 * 255 + 1
        assert np.array_equal(ink, find_ink(255 - image))
