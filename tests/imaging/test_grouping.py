import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tenfold.imaging.grouping import (
    attach_dots,
    attach_parts,
    chain_into_rows,
    drop_cut_off_rows,
    typical_height,
)

BOXES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 30), st.integers(1, 30)),
    min_size=1,
    max_size=25,
).map(np.array)


def chain_one_by_one(boxes: np.ndarray) -> list[list[int]]:
    """The oracle: compares each box with each row in turn."""
    rows: list[list[int]] = []
    for index in np.argsort(boxes[:, 0]).tolist():
        best, most = None, 0.4
        for row in rows:
            (_, top, _, height), (_, other_top, _, other_height) = boxes[index], boxes[row[-1]]
            shared = min(top + height, other_top + other_height) - max(top, other_top)
            if shared / min(height, other_height) > most:
                best, most = row, shared / min(height, other_height)
        if best is None:
            rows.append([index])
        else:
            best.append(index)
    return rows


def attach_one_by_one(boxes: np.ndarray, rows: list[list[int]], parts: list[int], typical: float) -> None:
    """The oracle for parts: compares each part with each row in turn."""
    bodies = [list(row) for row in rows]
    for index in parts:
        x, y, width, height = boxes[index]
        middle, best, nearest = y + height / 2, None, 0.35 * typical
        for row, of_row in zip(rows, bodies, strict=True):
            near = min(of_row, key=lambda one: abs(boxes[one, 0] + boxes[one, 2] / 2 - x - width / 2))
            top, bottom = boxes[near, 1], boxes[near, 1] + boxes[near, 3]
            distance = max(top - middle, middle - bottom, 0)
            is_bar = height < 0.25 * typical and width > 0.5 * typical
            if distance < nearest and not (is_bar and middle > bottom):
                best, nearest = row, distance
        if best is not None:
            best.append(index)


@given(BOXES)
def test_rows_equal_those_of_comparing_each_box_with_each_row(boxes: np.ndarray) -> None:
    assert chain_into_rows(boxes, np.arange(len(boxes))) == chain_one_by_one(boxes)


@given(BOXES, st.data())
def test_parts_join_the_same_rows_as_when_compared_one_by_one(boxes: np.ndarray, data: st.DataObject) -> None:
    is_part = np.array(data.draw(st.lists(st.booleans(), min_size=len(boxes), max_size=len(boxes))))
    typical = data.draw(st.floats(1, 60))
    rows = chain_into_rows(boxes, np.flatnonzero(~is_part))
    expected = [list(row) for row in rows]
    parts = np.flatnonzero(is_part)
    attach_one_by_one(boxes, expected, parts.tolist(), typical)

    attach_parts(boxes, rows, parts, typical)

    assert rows == expected


def test_dots_join_the_row_they_lie_in_or_follow() -> None:
    boxes = np.array([(10, 10, 15, 30), (50, 12, 15, 30), (10, 100, 15, 30)])
    dots = np.array(
        [(40, 38, 3, 3), (75, 36, 3, 3), (300, 36, 3, 3), (40, 70, 3, 3), (2, 20, 3, 3), (30, 125, 3, 3)]
    )
    rows = [[0, 1], [2]]

    attach_dots(np.concatenate([boxes, dots]), rows, np.arange(3, 9), typical=30)

    assert rows == [[0, 1, 3, 4], [2, 8]]


def test_rows_cut_off_by_the_edge_are_dropped_if_others_are_whole() -> None:
    boxes = np.array([(5, 10, 8, 20), (20, 10, 8, 20), (5, 40, 3, 6), (5, 90, 8, 10)])
    rows = [[0, 1], [2], [3]]

    assert drop_cut_off_rows(boxes, rows, (100, 50)) == [[0, 1], [2]]
    assert drop_cut_off_rows(boxes, [[3]], (100, 50)) == [[3]]


def test_the_typical_height_is_weighted_by_height() -> None:
    assert typical_height(np.array([1] * 10 + [20, 22, 24])) == 22
