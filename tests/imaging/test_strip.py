import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.imaging.strip import HEIGHT_PX, MARGIN_PX, STEP_PX, to_strip


def line(height: int, thickness: int) -> np.ndarray:
    """ "705" as ink of about this height, cropped to its bounding box."""
    drawn = np.zeros((3 * height, 6 * height), dtype=np.uint8)
    cv2.putText(drawn, "705", (height, 2 * height), cv2.FONT_HERSHEY_SIMPLEX, height / 22, 255, thickness)
    x, y, width, height = cv2.boundingRect(drawn)
    return (drawn[y : y + height, x : x + width] / 255).astype(np.float32)


@pytest.mark.parametrize("height", [12, 28, 90, 400])
def test_digits_of_any_size_become_20_pixels_high_in_the_middle_of_a_strip(height: int) -> None:
    ink = line(height, thickness=max(1, height // 10))

    strip = to_strip(ink, len(ink) / 2, len(ink)).image

    rows, columns = np.nonzero(strip > 60)
    assert strip.shape[0] == HEIGHT_PX
    assert strip.shape[1] % STEP_PX == 0
    assert strip.dtype == np.uint8
    assert abs(np.ptp(rows) + 1 - 20) <= 1
    assert abs((rows.min() + rows.max()) / 2 - 17.5) <= 1
    assert abs(columns.min() - MARGIN_PX) <= 1


def test_hairlines_on_a_large_canvas_stay_visible() -> None:
    ink = line(500, thickness=1)

    strip = to_strip(ink, len(ink) / 2, len(ink)).image

    assert strip.max() == 255
    assert (strip > 100).sum() > 0.06 * strip.size


def test_one_tall_digit_scales_the_others_down_but_not_too_far() -> None:
    for longest, expected in ((30, 20), (60, 14)):
        ink = np.zeros((longest, 40), dtype=np.float32)
        ink[:, 2:5] = 1  # as high as the line
        ink[5:25, 20:40] = 1  # usual

        strip = to_strip(ink, 15, 20).image

        columns = np.flatnonzero(strip.max(axis=0) > 128)
        usual = np.flatnonzero(strip[:, columns[-1] - 2] > 128)
        assert len(usual) == pytest.approx(expected if longest == 60 else 20, abs=1)


def test_a_strip_gives_its_position_in_the_ink() -> None:
    ink = np.zeros((300, 500), dtype=np.float32)
    cv2.rectangle(ink, (200, 100), (219, 180), 1, -1)

    strip = to_strip(ink, 140, 81)

    rows, columns = np.nonzero(strip.image > 128)
    assert strip.left + columns.min() / strip.factor == pytest.approx(200, abs=4)
    assert strip.left + (columns.max() + 1) / strip.factor == pytest.approx(220, abs=4)
    assert strip.top + rows.min() / strip.factor == pytest.approx(100, abs=4)


@given(st.integers(0, 2**32 - 1))
def test_a_strip_has_bounded_width(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = int(rng.integers(1, 60)), int(rng.integers(1, 300))
    ink = (rng.random(shape) * (rng.random(shape) < rng.random())).astype(np.float32)

    strip = to_strip(ink, float(rng.uniform(0, shape[0])), float(rng.uniform(1, shape[0] + 1))).image

    assert strip.shape[0] == HEIGHT_PX
    assert 2 * MARGIN_PX <= strip.shape[1] <= 3000
