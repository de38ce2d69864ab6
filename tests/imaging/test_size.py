import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.imaging.size import LONGEST_PX, fit_working_size


def test_a_small_picture_is_unchanged() -> None:
    grey = np.zeros((30, LONGEST_PX), dtype=np.uint8)
    assert fit_working_size(grey) is grey


@given(st.integers(1, 3000), st.integers(LONGEST_PX + 1, 5000))
def test_a_large_picture_keeps_its_aspect_ratio_and_level(short: int, long: int) -> None:
    fitted = fit_working_size(np.full((short, long), 77, dtype=np.uint8))
    assert fitted.shape == (max(1, round(short * (LONGEST_PX / long))), LONGEST_PX) or short > long
    assert max(fitted.shape) == LONGEST_PX
    assert (fitted == 77).all()


@pytest.mark.parametrize("shape", [(1, 1_000_000), (1_000_000, 3), (10, 300_000)])
def test_a_picture_of_any_length_keeps_its_levels_in_place(shape: tuple[int, int]) -> None:
    longer = int(np.argmax(shape))
    levels = np.repeat(np.array([200, 40], np.uint8), [shape[longer] * 3 // 4, -(-shape[longer] // 4)])
    fitted = fit_working_size(np.broadcast_to(np.expand_dims(levels, 1 - longer), shape))
    assert np.array_equal(fitted.ravel(), np.repeat([200, 40], [LONGEST_PX * 3 // 4, LONGEST_PX // 4]))
