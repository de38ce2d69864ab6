"""Boxes on a page map back to the picture, however it was rotated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.imaging.decode import Decoded
from tenfold.imaging.segment import Box
from tenfold.reader.page import Page, Sheet, page_of_digit


@given(
    size=st.tuples(st.integers(20, 90), st.integers(20, 90)),
    box=st.tuples(st.integers(0, 15), st.integers(0, 15), st.integers(1, 5), st.integers(1, 5)),
    quarter_turns=st.integers(1, 3),
)
def test_a_box_on_a_rotated_page_maps_to_its_ink_in_the_picture(
    size: tuple[int, int], box: tuple[int, int, int, int], quarter_turns: int
) -> None:
    width, height = size
    grey = np.zeros((height, width), dtype=np.uint8)
    x, y, box_width, box_height = box
    grey[y : y + box_height, x : x + box_width] = 1
    sheet = Sheet(grey, np.eye(3), size).rotated(quarter_turns)
    ink = sheet.grey.astype(np.float32)
    blank = np.zeros_like(ink)
    rotated = Page(ink, blank, blank, np.ones_like(ink), sheet.homography, sheet.size, sheet.grey)

    rows, columns = np.nonzero(ink)
    found = Box(int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
    assert rotated.in_picture(found) == Box(*box)


def test_boxes_of_a_large_picture_are_in_its_own_pixels() -> None:
    blank = Decoded(np.full((1500, 2000), 255, dtype=np.uint8), (4000, 3000))
    page = page_of_digit(blank)

    assert page.ink.shape == (1500, 2000)
    assert page.in_picture(Box(10, 20, 30, 40)) == Box(20, 40, 60, 80)
    assert page.in_picture(Box(1990, 1490, 30, 40)) == Box(3980, 2980, 20, 20)


def test_a_page_without_rulings_has_no_cells() -> None:
    blank = Decoded(np.full((200, 300), 255, dtype=np.uint8), (300, 200))
    assert page_of_digit(blank).cells == []


def test_words_are_removed_and_the_rest_has_a_number_probability() -> None:
    ink, numbers = np.zeros((40, 80), dtype=np.float32), np.zeros((40, 80), dtype=np.float32)
    ink[10:30, 10:20] = ink[10:30, 40:50] = 1
    numbers[:, :15] = 0.9
    numbers[:, 30:] = 0.2
    size = ink.shape[1], ink.shape[0]
    page = Page(
        ink, np.zeros_like(ink), np.zeros_like(ink), numbers, np.eye(3), size, np.zeros(ink.shape, np.uint8)
    )

    kept = page.without_words(0.3)

    assert np.array_equal(kept.ink > 0, (ink > 0) & (np.arange(80) < 30))
    assert np.array_equal(kept.ink + kept.words, ink)
    box = Box(10, 10, 10, 20)
    assert kept.number_probability(box, ink[10:30, 10:20]) == pytest.approx(0.45)
