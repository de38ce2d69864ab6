import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tenfold.imaging.size import LONGEST_PX, fit


def test_a_small_picture_comes_back_as_it_is() -> None:
    grey = np.zeros((30, LONGEST_PX), dtype=np.uint8)
    fitted, factor = fit(grey)
    assert fitted is grey
    assert factor == 1


@given(st.integers(1, 3000), st.integers(LONGEST_PX + 1, 5000))
def test_a_large_picture_keeps_its_shape_and_its_level(short: int, long: int) -> None:
    fitted, factor = fit(np.full((short, long), 77, dtype=np.uint8))
    assert fitted.shape == (max(1, round(short * factor)), LONGEST_PX) or short > long
    assert max(fitted.shape) == LONGEST_PX
    assert (fitted == 77).all()
