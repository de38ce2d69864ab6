import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.errors import ImageError
from tenfold.imaging.segment import Box, TextLine, segment


def page(*texts: tuple[str, int, int], height: int = 300) -> np.ndarray:
    """Printed digits 40 pixels high, with their lower left corner at (x, y)."""
    drawn = np.zeros((height, 400), dtype=np.uint8)
    for text, x, y in texts:
        cv2.putText(drawn, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.9, 255, 4)
    return drawn.astype(np.float32) / 255


def ink_of(line: TextLine, shape: tuple[int, int]) -> np.ndarray:
    """The ink of a line, placed back in its picture."""
    ink = np.zeros(shape, dtype=np.float32)
    ink[line.box.y : line.box.bottom, line.box.x : line.box.right] = line.ink
    return ink


def test_blank_ink_has_no_lines() -> None:
    assert segment(np.zeros((20, 30), dtype=np.float32)) == []


def test_lines_come_from_top_to_bottom_and_components_from_left_to_right() -> None:
    ink = page(("52", 40, 280), ("137", 30, 90), ("46", 200, 190))
    lines = segment(ink)
    tops = [min(component.y for component in line.components) for line in lines]
    assert len(lines) == 3
    assert tops == sorted(tops)
    for line in lines:
        middles = [component.x + component.width / 2 for component in line.components]
        assert middles == sorted(middles)


def test_a_line_that_climbs_stays_one_line() -> None:
    ink = page(*[(digit, 20 + 60 * index, 250 - 8 * index) for index, digit in enumerate("314159")])
    assert len(segment(ink)) == 1


def test_a_line_has_only_the_ink_of_its_components() -> None:
    ink = page(("2026", 30, 100), ("17", 30, 180))
    upper, lower = segment(ink)
    assert np.array_equal(ink_of(upper, ink.shape) + ink_of(lower, ink.shape), ink)
    assert not ink_of(upper, ink.shape)[lower.box.y :].any()


def test_distant_specks_and_underlines_are_left_out_but_dots_and_dashes_are_not() -> None:
    ink = page(("137", 30, 100))
    alone = segment(ink)[0].components
    ink[30:33, 300:303] = 1
    ink[110:114, 30:150] = 1
    assert segment(ink)[0].components == alone

    ink[95:99, 160:164] = 1
    ink[78:83, 200:240] = 1
    (line,) = segment(ink)
    assert line.components == (*alone, Box(160, 95, 4, 4), Box(200, 78, 40, 5))


def test_a_frame_around_digits_is_left_out_but_a_slanted_1_at_the_edge_is_not() -> None:
    ink = page(("46", 120, 100), height=130)[:, :260]
    alone = segment(ink)[0].components
    framed, slashed = ink.copy(), ink.copy()
    cv2.rectangle(framed, (0, 0), (259, 129), 1, 3)
    assert segment(framed)[0].components == alone

    cv2.line(slashed, (0, 110), (100, 40), 1, 4)
    assert len(segment(slashed)[0].components) == 3


def test_the_bar_of_a_5_stays_with_its_line() -> None:
    ink = page(("11", 30, 100))
    ink[58:62, 140:160] = 1
    (line,) = segment(ink)
    assert line.components[-1] == Box(140, 58, 20, 4)


def test_a_line_cut_off_by_the_edge_is_dropped_if_another_is_whole() -> None:
    assert len(segment(page(("137", 30, 100), ("246", 30, 318)))) == 1
    assert len(segment(page(("246", 30, 318)))) == 1


def test_small_print_among_writing_is_dropped() -> None:
    ink = page(("137", 30, 100))
    small = cv2.resize(page(("1937", 30, 100)), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    ink[200 : 200 + small.shape[0], 40 : 40 + small.shape[1]] = small
    assert len(segment(ink)) == 1


def test_the_box_of_a_line_bounds_its_components() -> None:
    (line,) = segment(page(("17", 30, 100)))
    assert line.ink.shape == (line.box.height, line.box.width)
    assert line.box.x == min(component.x for component in line.components)
    assert line.box.bottom == max(component.bottom for component in line.components)


@given(st.integers(0, 2**32 - 1))
def test_components_lie_in_the_picture_and_contain_ink(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 80, 2))
    ink = (rng.random(shape) * (rng.random(shape) < rng.random())).astype(np.float32)
    for line in segment(ink):
        assert line.height > 0
        for component in line.components:
            x, y = component.x - line.box.x, component.y - line.box.y
            assert line.ink[y : y + component.height, x : x + component.width].max() > 0
            assert 0 <= component.x < component.right <= shape[1]
            assert 0 <= component.y < component.bottom <= shape[0]


def bars(rows: int, columns: int, pitch: int = 10) -> np.ndarray:
    """Vertical bars of 3 x 12 pixels, in rows 20 pixels apart."""
    ink = np.zeros((20 * rows + 8, pitch * columns + 7), dtype=np.float32)
    for y in range(rows):
        for x in range(columns):
            ink[20 * y + 8 : 20 * y + 20, pitch * x + 7 : pitch * x + 10] = 1
    return ink


def test_the_maximum_number_of_components_is_accepted() -> None:
    assert [len(line.components) for line in segment(bars(25, 160))] == [160] * 25


@pytest.mark.parametrize(
    ("ink", "message"),
    [
        (
            bars(51, 100),
            r"bars\.png has 5,100 separate marks, more than the 5,000 allowed in one picture; crop",
        ),
        (bars(501, 1), "has 501 lines, more than the 500 "),
        (bars(50, 80, pitch=22), "has room for 5,000 digits in its lines, more than the 4,000 "),
    ],
)
def test_more_than_a_limit_is_refused(ink: np.ndarray, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        segment(ink, "bars.png")


def test_lines_that_overlap_many_others_are_refused() -> None:
    """Rows of squares that each descend by half their height: every row's box is the box of all."""
    ink = np.zeros((690, 575), dtype=np.float32)
    for start in range(0, 400, 18):
        for number in range(40):
            y, x = start + 7 * number, 5 + 14 * number
            cv2.rectangle(ink, (x, y), (x + 11, y + 11), 1, 1)
    with pytest.raises(ImageError, match="overlapping lines of ink, more than the 8"):
        segment(ink)


def test_digits_are_found_among_thousands_of_specks() -> None:
    ink = page(("137", 30, 100), ("46", 200, 190))
    expected = [line.components for line in segment(ink)]
    rng = np.random.default_rng(0)
    free = cv2.dilate((ink > 0).astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    ink[(rng.random(ink.shape) < 0.04) & free] = 1
    assert cv2.connectedComponents((ink > 0).astype(np.uint8))[0] > 2000
    assert [line.components for line in segment(ink)] == expected
