import cv2
import numpy as np
import pytest

from tenfold.imaging.rulings import remove_rulings


def writing() -> np.ndarray:
    """A 4 in a picture (120, 200)."""
    ink = np.zeros((120, 200), dtype=np.float32)
    cv2.polylines(ink, [np.array([(85, 20), (70, 65), (110, 65)])], isClosed=False, color=1, thickness=6)
    cv2.line(ink, (98, 40), (95, 95), 1, 6)
    return ink


@pytest.mark.parametrize("drop", [0, 3])
def test_a_line_across_the_picture_is_removed_even_if_slightly_slanted(drop: int) -> None:
    ink = writing()
    cv2.line(ink, (0, 108), (199, 108 + drop), 1, 2)
    assert np.array_equal(remove_rulings(ink), writing())


def test_a_vertical_line_is_removed() -> None:
    ink = writing()
    ink[:, 180:183] = 1
    assert np.array_equal(remove_rulings(ink), writing())


def test_a_stroke_that_crosses_a_line_is_not_cut() -> None:
    ink = writing()
    ink[80:82] = 1
    rest = remove_rulings(ink)
    count, _ = cv2.connectedComponents((rest > 0).astype(np.uint8))
    assert count == 2  # the paper, and the digit as one component
    assert np.abs(rest - writing()).sum() < 30


def test_strokes_are_not_rulings() -> None:
    assert np.array_equal(remove_rulings(writing()), writing())


def test_a_line_that_ends_within_the_picture_is_a_stroke() -> None:
    ink = np.zeros((100, 100), dtype=np.float32)
    ink[10:90, 50:53] = 1
    assert np.array_equal(remove_rulings(ink), ink)


def test_blank_stays_blank() -> None:
    assert not remove_rulings(np.zeros((30, 40), dtype=np.float32)).any()
