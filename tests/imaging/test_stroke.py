import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.data import Dataset
from tenfold.imaging.normalize import normalize
from tenfold.imaging.stroke import stroke_width, without_hairlines


def seven(side: int, pen: int) -> np.ndarray:
    """A 7 that fills its picture, drawn with a pen this many pixels wide."""
    mask = np.zeros((side, side), dtype=np.float32)
    points = np.array([(0.1, 0.1), (0.85, 0.1), (0.35, 0.9)])
    cv2.polylines(mask, [np.rint(points * side).astype(np.int32)], isClosed=False, color=1, thickness=pen)
    return mask


@pytest.mark.parametrize("pen", [3, 5, 9, 15])
def test_the_width_of_a_stroke_is_measured(pen: int) -> None:
    stroke = np.zeros((300, 100), dtype=np.float32)
    stroke[:, 30 : 30 + pen] = 0.8
    assert stroke_width(stroke) == pytest.approx(pen, rel=0.1)


def test_blurring_does_not_change_the_measured_width() -> None:
    sharp = seven(300, 9)
    assert stroke_width(cv2.GaussianBlur(sharp, (0, 0), 1.5)) == pytest.approx(stroke_width(sharp), rel=0.15)


def test_blank_ink_has_no_strokes_and_stays_blank() -> None:
    blank = np.zeros((28, 28), dtype=np.float32)
    assert stroke_width(blank) == 0
    assert not without_hairlines(blank).any()


@pytest.mark.parametrize("side", [28, 100, 300, 1000])
def test_a_normalized_hairline_is_as_strong_as_a_pen_stroke(side: int) -> None:
    image = normalize(without_hairlines(seven(side, 1)))
    assert image.max() > 200
    assert 1.2 <= stroke_width(image.astype(np.float32) / 255) <= 2.6


@pytest.mark.parametrize("side", [100, 300])
def test_a_hairline_keeps_its_shape(side: int) -> None:
    thin, pen = normalize(without_hairlines(seven(side, 1))), normalize(seven(side, side // 13))
    assert np.abs(thin.astype(float) - pen).mean() < 12


@given(st.integers(60, 300), st.floats(0.08, 0.3))
def test_a_stroke_as_wide_as_a_pens_is_unchanged(side: int, share: float) -> None:
    digit = seven(side, max(3, round(share * side)))
    assert without_hairlines(digit) is digit


def test_faint_ink_is_scaled_to_1() -> None:
    assert np.array_equal(without_hairlines(seven(100, 12) * np.float32(0.25)), seven(100, 12))


def test_mnist_digits_are_unchanged(mnist: Dataset) -> None:
    images = mnist.x_test[:200]
    prepared = [normalize(without_hairlines(image.astype(np.float32) / image.max())) for image in images]
    plain = [normalize(image.astype(np.float32) / image.max()) for image in images]
    assert np.mean([np.array_equal(a, b) for a, b in zip(prepared, plain, strict=True)]) > 0.99
