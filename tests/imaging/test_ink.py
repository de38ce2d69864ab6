import io

import cv2
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


def test_grey_ink_is_proportional_to_its_darkness() -> None:
    grey = page(255, 0)
    grey[2, 2] = 153
    assert find_ink(grey)[2, 2] == pytest.approx(0.4)


@given(st.integers(0, 255), st.integers(0, 7), st.sampled_from([(1, 1), (1, 7), (2, 2), (20, 20)]))
def test_paper_without_contrast_is_blank(level: int, contrast: int, shape: tuple[int, int]) -> None:
    grey = np.full(shape, level, dtype=np.uint8)
    grey[0, 0] = min(level + contrast, 255)
    assert not find_ink(grey).any()


def test_noise_on_the_paper_is_suppressed() -> None:
    noise = np.random.default_rng(0).normal(0, 4, (20, 20))
    noisy = np.clip(page(220, 30) + noise, 0, 255).astype(np.uint8)
    ink = find_ink(noisy)
    assert np.array_equal(ink > 0, page(0, 1) > 0)


def test_jpeg_ringing_is_suppressed() -> None:
    stroke = np.full((64, 64), 255, dtype=np.uint8)
    stroke[16:48, 28:36] = 0
    stream = io.BytesIO()
    Image.fromarray(stroke).save(stream, format="JPEG", quality=85)
    ink = find_ink(decode(stream.getvalue()))
    assert np.array_equal(ink > 0, stroke == 0)


@given(st.integers(0, 2**32 - 1))
def test_ink_is_always_from_0_to_1(seed: int) -> None:
    rng = np.random.default_rng(seed)
    grey = rng.integers(0, 256, tuple(rng.integers(1, 200, 2)), dtype=np.uint8)
    ink = find_ink(grey)
    assert ink.dtype == np.float32
    assert ink.shape == grey.shape
    assert np.all((ink >= 0) & (ink <= 1))


def five(side: int, pen: int) -> np.ndarray:
    """A 5 of strokes `pen` pixels wide in the middle of a mask (side, side)."""
    mask = np.zeros((side, side), dtype=np.uint8)
    points = np.array(
        [(0.68, 0.22), (0.36, 0.22), (0.34, 0.48), (0.6, 0.46), (0.66, 0.64), (0.5, 0.78), (0.32, 0.72)]
    )
    cv2.polylines(mask, [np.rint(points * side).astype(np.int32)], isClosed=False, color=1, thickness=pen)
    return mask


def written_on(paper: np.ndarray, mask: np.ndarray, contrast: float, noise: float = 0) -> np.ndarray:
    """A picture of ink `contrast` levels darker than the paper, taken by a camera with some noise."""
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.7)
    grain = np.random.default_rng(0).normal(0, noise, mask.shape) if noise else 0
    return np.asarray(np.clip(np.rint(paper - contrast * soft + grain), 0, 255), dtype=np.uint8)


def assert_found(grey: np.ndarray, mask: np.ndarray) -> None:
    """All of the strokes is ink, and nothing more than two pixels away from them."""
    ink = find_ink(grey)
    near = cv2.dilate(mask, np.ones((5, 5), np.uint8))
    assert ink[cv2.erode(mask, np.ones((3, 3), np.uint8)) > 0].min() > 0.3
    assert not ink[near == 0].any()


LIGHT = np.linspace(230, 90, 200)[None, :] * np.ones((200, 1))
SHADOW = np.where(np.arange(200) < 55, 120.0, 210.0)[None, :] * np.ones((200, 1))
SQUARED = np.full((200, 200), 200.0)
SQUARED[::25] = SQUARED[:, ::25] = 175.0


@pytest.mark.parametrize(
    "paper", [LIGHT, LIGHT.T, SQUARED], ids=["light", "light from above", "squared paper"]
)
@pytest.mark.parametrize("pen", [4, 9, 25])
def test_strokes_are_found_on_paper_as_cameras_see_it(paper: np.ndarray, pen: int) -> None:
    mask = five(200, pen)
    assert_found(written_on(paper, mask, 80, noise=2), mask)


def test_the_edge_of_a_shadow_is_not_ink() -> None:
    mask = five(200, 9)
    assert_found(written_on(SHADOW, mask, 80, noise=1), mask)


@pytest.mark.parametrize("depth", [0.2, 0.5])
@pytest.mark.parametrize("polarity", ["dark on light", "light on dark"])
def test_a_hard_shadow_across_a_page_is_not_ink(depth: float, polarity: str) -> None:
    """As of a finger or a telephone: narrower than the page, and as wide as several digits."""
    written = np.full((600, 600), 220, dtype=np.uint8)
    for y in range(80, 600, 80):
        cv2.putText(written, "2 7 1 8 2 8", (60, y), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 90, 4, cv2.LINE_AA)
    corners = np.array([(-50, 300), (650, 150), (650, 420)])
    shade = cv2.fillConvexPoly(np.zeros((600, 600), np.float32), corners, 1.0)
    noise = np.random.default_rng(0).normal(0, 2, (600, 600))
    grey = np.rint(written * (1 - depth * cv2.GaussianBlur(shade, (0, 0), 2)) + noise).astype(np.uint8)
    if polarity == "light on dark":
        grey, written = ~grey, ~written

    inked, expected = (find_ink(picture) > 0.5 for picture in (grey, written))
    assert (inked & expected).sum() > 0.9 * expected.sum()
    assert (inked & ~expected).sum() < 0.15 * expected.sum()


def test_a_solid_mark_among_writing_is_not_ink_but_a_wide_stroke_alone_is() -> None:
    noise = np.random.default_rng(0).normal(0, 2, (400, 400))

    def photograph(drawn: np.ndarray) -> np.ndarray:
        return np.asarray(np.clip(drawn + noise, 0, 255).astype(np.uint8))

    marked = np.full((400, 400), 230, dtype=np.uint8)
    for y in (60, 120, 340):
        cv2.putText(marked, "31415926", (20, y), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 40, 4)
    marked[160:260, 100:300] = 40
    ink = find_ink(photograph(marked))
    assert not ink[180:240, 120:280].any()
    assert (ink[20:130][marked[20:130] == 40] > 0.5).mean() > 0.9

    wide = np.full((400, 400), 230, dtype=np.uint8)
    cv2.polylines(wide, [np.array([(280, 80), (130, 80), (130, 190), (250, 200), (130, 320)])], False, 40, 50)
    assert (find_ink(photograph(wide))[wide == 40] > 0.5).mean() > 0.95


def test_a_pencil_ten_levels_off_the_paper_is_found_in_noise() -> None:
    mask = five(200, 7)
    assert_found(written_on(np.full((200, 200), 190.0), mask, 10, noise=1), mask)


def test_noisy_blank_paper_is_blank() -> None:
    assert not find_ink(written_on(LIGHT, np.zeros((200, 200), np.uint8), 0, noise=2)).any()


def test_chalk_on_a_board_is_found() -> None:
    mask = five(200, 9)
    assert_found(255 - written_on(LIGHT, mask, 80, noise=2), mask)


def test_the_black_margin_of_a_scan_is_not_ink() -> None:
    paper = np.full((200, 200), 220.0)
    paper[:, :90] = 10
    mask = np.roll(five(200, 3), 45, axis=1)
    mask[:, :100] = 0
    ink = find_ink(written_on(paper, mask, 150))
    assert not ink[:, :95].any()
    assert ink[mask > 0].min() > 0.3


@pytest.mark.parametrize("polarity", ["dark on light", "light on dark"])
def test_a_crop_without_margin_keeps_its_polarity(polarity: str) -> None:
    ring = np.zeros((20, 16), dtype=np.uint8)
    cv2.ellipse(ring, (8, 10), (7, 9), 0, 0, 360, 255, 4)
    grey = ring if polarity == "light on dark" else 255 - ring
    assert np.array_equal(find_ink(grey) > 0.5, ring > 0)


def test_an_mnist_image_is_its_own_ink_in_either_polarity(mnist: Dataset) -> None:
    for image in mnist.x_test[:100]:
        ink = find_ink(image)
        assert np.abs(ink * 255 - image).max() < 0.04 * 255 + 1
        assert np.array_equal(ink, find_ink(255 - image))


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_scanners_black_margin_next_to_clean_white_paper_is_not_ink(side: str) -> None:
    page = np.full((300, 240), 250, dtype=np.uint8)
    cv2.putText(page, "7", (100, 180), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 20, 6)
    sides = {"left": np.s_[:, :70], "right": np.s_[:, -50:], "top": np.s_[:80, :], "bottom": np.s_[-60:, :]}
    margin = sides[side]
    page[margin] = 8

    ink = find_ink(page)

    assert not ink[margin].any()
    assert ink[130:180, 100:150].max() == 1
