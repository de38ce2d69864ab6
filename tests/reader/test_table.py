"""Rows and columns of readings built by hand."""

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.imaging.segment import Box
from tenfold.reader.reading import Digit, Line, Reading, Sign
from tenfold.reader.table import Table
from tenfold.reader.tabulate import tabulate


def line(text: str, x: int, y: int) -> Line:
    """Digits 20 pixels wide and 30 high from (x, y) on; a `?` is a 7 in doubt, spaces are gaps."""
    digits: list[Digit] = []
    signs: list[Sign] = []
    for character in text:
        box = Box(x, y, 20, 30)
        if character.isdigit() or character == "?":
            value = 7 if character == "?" else int(character)
            confidence = 0.5 if character == "?" else 0.99
            probabilities = tuple(confidence if i == value else 0.0 for i in range(10))
            digits.append(Digit(value, confidence, character != "?", box, probabilities))
        elif character != " ":
            signs.append(Sign(character, 0.9, Box(x, y + 10, 8, 8), len(digits)))
        x += 24
    return Line(tuple(digits), tuple(signs))


def table_of(reading: Reading, boxes: list[Box]) -> Table:
    return Table(tabulate(reading.lines, boxes), reading)


def cells(rows: int, columns: int, width: int = 100, height: int = 50) -> list[Box]:
    return [
        Box(width * column, height * row, width - 4, height - 4)
        for row in range(rows)
        for column in range(columns)
    ]


def test_digits_go_into_their_cells_and_other_cells_are_empty() -> None:
    reading = Reading((line("12", 10, 8), line("5", 120, 60), line("-3.5", 5, 106)))

    table = table_of(reading, cells(3, 2))

    assert [[cell.text for cell in row] for row in table] == [["12", ""], ["", "5"], ["-3.5", ""]]
    assert table.shape == (3, 2)
    assert table.rows[0][1].box == Box(100, 0, 96, 46)
    assert table.rows[0][1].accepted


def test_a_line_across_several_cells_is_split_between_them() -> None:
    (row,) = table_of(Reading((line("12  34", 10, 8),)), [Box(0, 0, 70, 50), Box(70, 0, 90, 50)])

    assert [cell.text for cell in row] == ["12", "34"]


def test_two_lines_in_a_cell_are_joined_by_a_space() -> None:
    reading = Reading((line("1.2", 5, 5), line("34", 5, 50)))

    table = table_of(reading, [Box(0, 0, 96, 96), Box(100, 0, 96, 96)])

    assert table.rows[0][0].text == "1.2 34"
    assert [len(part) for part in table.rows[0][0].lines] == [2, 2]


def test_a_row_of_narrow_cells_with_one_digit_each_is_one_number() -> None:
    comb = [Box(30 * n, 0, 28, 44) for n in range(4)]

    table = table_of(Reading((line("4", 4, 6), line("0", 34, 6), line("7", 64, 6))), comb)

    assert table.shape == (1, 1)
    assert table.rows[0][0].text == "407"
    assert table.rows[0][0].box == Box(0, 0, 118, 44)


def test_without_cells_numbers_above_each_other_form_a_column() -> None:
    reading = Reading((line("12    3", 0, 0), line("405", 0, 50), line("      9", 0, 100)))

    table = table_of(reading, [])

    assert [[cell.text for cell in row] for row in table] == [["12", "3"], ["405", ""], ["", "9"]]


def test_single_digits_far_apart_are_columns() -> None:
    reading = Reading((line("6   54", 0, 0), line("8   4", 0, 50), line("9", 0, 100)))

    assert [[cell.text for cell in row] for row in table_of(reading, [])] == [
        ["6", "54"],
        ["8", "4"],
        ["9", ""],
    ]


def test_cells_apart_from_the_table_are_left_out_if_nothing_is_in_them() -> None:
    apart = [Box(400, 300, 50, 40), Box(454, 300, 50, 40)]

    table = table_of(Reading((line("12", 10, 8),)), [*cells(1, 2), *apart])

    assert [[cell.text for cell in row] for row in table] == [["12", ""]]


def test_an_empty_reading_is_a_table_without_rows() -> None:
    table = table_of(Reading(()), [])

    assert table.shape == (0, 0)
    assert table.to_csv() == ""
    assert table.to_numpy().shape == (0, 0)
    assert str(table) == ""


def test_doubtful_cells_are_listed_least_confident_first() -> None:
    reading = Reading((line("1?", 10, 8), line("2", 110, 8), line("??", 110, 60)))

    table = table_of(reading, cells(2, 2))

    assert table.doubtful == [(1, 1), (0, 0)]
    assert table.rows[1][1].confidence == pytest.approx(0.25)


def test_numbers_become_floats_and_everything_else_becomes_nan() -> None:
    table = table_of(Reading((line("12,50", 0, 0), line("-3", 140, 0), line("1?", 280, 0))), cells(1, 3, 136))

    assert np.array_equal(table.to_numpy(), [[12.5, -3.0, np.nan]], equal_nan=True)


@given(
    st.lists(
        st.lists(st.from_regex(r"-?[0-9]{1,3}([.,][0-9]{1,2})?|", fullmatch=True), min_size=2, max_size=2),
        max_size=4,
    )
)
def test_csv_agrees_with_the_cells(texts: list[list[str]]) -> None:
    lines = tuple(
        line(text, 200 * column + 10, 60 * row + 8)
        for row, cells_of_row in enumerate(texts)
        for column, text in enumerate(cells_of_row)
        if text
    )

    table = table_of(Reading(lines), cells(len(texts), 2, 200, 60))

    if lines:
        assert list(csv.reader(io.StringIO(table.to_csv()))) == texts


def test_json_contains_the_cells_and_the_reading() -> None:
    reading = Reading((line("1?", 10, 8),))

    content = json.loads(json.dumps(table_of(reading, cells(1, 2)).to_dict()))

    assert content["rows"][0][0] == {
        "text": "1?",
        "guess": "17",
        "confidence": 0.495,
        "accepted": False,
        "box": {"x": 0, "y": 0, "width": 96, "height": 46},
    }
    assert content["rows"][0][1]["text"] == ""
    assert Reading.from_dict(content["reading"]) == reading


def test_a_table_has_representations_for_notebook_and_terminal() -> None:
    table = table_of(Reading((line("1?", 10, 8), line("405", 110, 8))), cells(1, 2))

    assert repr(table) == "<Table: 1 rows, 2 columns, 1 cells in doubt>"
    assert str(table) == "1?  405"
    assert "<td>405</td>" in table._repr_html_()


def test_separate_combs_are_one_number_each_and_adjacent_rows_are_a_table() -> None:
    boxes = [Box(30 * column, 100 * row, 28, 44) for row in range(2) for column in range(3)]
    reading = Reading((line("4", 4, 6), line("0", 34, 6), line("7", 64, 6), line("5", 4, 106)))

    combs = table_of(reading, boxes)
    touching = table_of(reading, [Box(box.x, box.y and box.y - 53, box.width, box.height) for box in boxes])

    assert [[cell.text for cell in row] for row in combs] == [["407"], ["5"]]
    assert touching.shape == (2, 3)
