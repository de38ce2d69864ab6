import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tenfold.imaging.cells import divide_joined, find_cells, rows_of
from tenfold.imaging.segment import Box


def grid(x_edges: list[int], y_edges: list[int], thickness: int = 2) -> NDArray[np.uint8]:
    """The rulings of a table with columns and rows between these edges, and room around it."""
    rulings = np.zeros((y_edges[-1] + 30, x_edges[-1] + 30), dtype=np.uint8)
    for x in x_edges:
        cv2.line(rulings, (x, y_edges[0]), (x, y_edges[-1]), 1, thickness)
    for y in y_edges:
        cv2.line(rulings, (x_edges[0], y), (x_edges[-1], y), 1, thickness)
    return rulings


def find(rulings: NDArray[np.uint8]) -> list[Box]:
    """The cells between rulings that all were found to be ones, for digits of 14 pixels."""
    return find_cells(rulings, rulings, 14)


@given(
    widths=st.lists(st.integers(20, 90), min_size=1, max_size=6),
    heights=st.lists(st.integers(20, 60), min_size=1, max_size=6),
    thickness=st.integers(1, 3),
)
def test_a_table_has_a_cell_for_each_row_and_column_in_reading_order(
    widths: list[int], heights: list[int], thickness: int
) -> None:
    x_edges, y_edges = (np.cumsum([25, *sides]).tolist() for sides in (widths, heights))

    cells = find(grid(x_edges, y_edges, thickness))

    assert len(cells) == len(widths) * len(heights)
    expected = [(x, y) for y in y_edges[:-1] for x in x_edges[:-1]]
    for cell, (x, y) in zip(cells, expected, strict=True):
        assert abs(cell.x - x) <= 4
        assert abs(cell.y - y) <= 4


def test_a_small_gap_where_a_digit_crosses_does_not_open_a_cell() -> None:
    rulings = grid([30, 300, 600], [30, 200, 400])
    rulings[198:203, 100:106] = 0

    assert len(find(rulings)) == 4


def test_a_long_straight_line_is_a_ruling_even_if_it_was_not_found_to_be_one() -> None:
    found, ink = grid([30, 300, 600], [30, 400]), grid([30, 300, 600], [30, 200, 400])

    assert len(find_cells(found, found, 14)) == 2
    assert len(find_cells(found, ink, 14)) == 4


def test_writing_and_blots_divide_no_cell() -> None:
    rulings = grid([30, 300, 600], [30, 200, 400])
    cv2.circle(rulings, (150, 100), 25, 1, 2)
    cv2.line(rulings, (400, 90), (400, 110), 1, 2)
    cv2.circle(rulings, (450, 300), 40, 1, -1)

    assert len(find_cells(grid([30, 300, 600], [30, 200, 400]), rulings, 14)) == 4


def test_a_region_open_to_the_edge_is_not_a_cell() -> None:
    rulings = np.zeros((100, 200), dtype=np.uint8)
    rulings[50] = 1

    assert find(rulings) == []


def test_the_region_around_a_table_is_not_a_cell() -> None:
    rulings = np.pad(grid([40, 90, 140], [40, 80]), 20)
    cv2.rectangle(rulings, (5, 5), (rulings.shape[1] - 6, rulings.shape[0] - 6), 1, 2)

    cells = find(rulings)

    assert [(round(cell.width, -1), round(cell.height, -1)) for cell in cells] == [(50, 40), (50, 40)]


def in_the_middle_of(cell: Box) -> Box:
    """Where a digit of 8 x 14 pixels stands."""
    return Box(cell.x + cell.width // 2 - 4, cell.y + cell.height // 2 - 7, 8, 14)


@given(
    widths=st.lists(st.integers(30, 50), min_size=2, max_size=5),
    heights=st.lists(st.integers(30, 50), min_size=2, max_size=5),
    data=st.data(),
)
def test_two_cells_without_the_ruling_between_them_are_divided_where_their_neighbours_are(
    widths: list[int], heights: list[int], data: st.DataObject
) -> None:
    x_edges, y_edges = (np.cumsum([25, *sides]).tolist() for sides in (widths, heights))
    complete = grid(x_edges, y_edges)
    whole = find(complete)
    marks = [in_the_middle_of(cell) for cell in whole]
    if data.draw(st.booleans()):
        column, row = (data.draw(st.integers(0, len(sides) - 1)) for sides in (widths[1:], heights))
        x = x_edges[column + 1]
        complete[y_edges[row] + 3 : y_edges[row + 1] - 2, x - 3 : x + 4] = 0
    else:
        column, row = (data.draw(st.integers(0, len(sides) - 1)) for sides in (widths, heights[1:]))
        y = y_edges[row + 1]
        complete[y - 3 : y + 4, x_edges[column] + 3 : x_edges[column + 1] - 2] = 0
    joined = find(complete)
    assert len(joined) == len(whole) - 1

    divided = [cell for row in rows_of(divide_joined(joined, marks)) for cell in row]
    for cell, expected in zip(divided, whole, strict=True):
        assert max(abs(cell.x - expected.x), abs(cell.y - expected.y)) <= 4


def test_a_cell_that_is_wide_on_purpose_stays_whole() -> None:
    header, left, right = Box(30, 30, 200, 40), Box(30, 72, 99, 40), Box(131, 72, 99, 40)
    number = [Box(105, 40, 12, 20), Box(119, 40, 12, 20), Box(134, 40, 12, 20)]

    assert divide_joined([header, left, right], number) == [header, left, right]
    assert len(divide_joined([header, left, right], [Box(60, 40, 12, 20), Box(170, 40, 12, 20)])) == 4


@pytest.mark.parametrize("n", [0, 1])
def test_at_most_one_box_is_at_most_one_row(n: int) -> None:
    assert rows_of([Box(0, 0, 5, 5)] * n) == [[Box(0, 0, 5, 5)]] * n
