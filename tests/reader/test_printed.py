"""Printed numbers, told from handwritten ones by how evenly their digits are set."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import tenfold
from tenfold.reader.printed import mark_print

JITTER = [0, 5, -4, 7, -6, 3]


def number(tops: list[int], x: int = 10, height: int = 40, pitch: int = 30) -> tenfold.Line:
    """A line with a digit of this height for each of `tops`."""
    boxes = [tenfold.Box(x + pitch * i, 100 + top, 24, height) for i, top in enumerate(tops)]
    return tenfold.Line(tuple(tenfold.Digit(1, 0.9, True, box, (0.0, 0.9, *[0.0] * 8)) for box in boxes))


def marked(line: tenfold.Line) -> list[bool]:
    return [digit.printed for digit in mark_print(line)]


def test_digits_of_equal_height_in_a_row_are_print() -> None:
    assert marked(number([0] * 6)) == [True] * 6
    assert marked(number(JITTER)) == [False] * 6


def test_a_slightly_tilted_number_is_print_all_the_same() -> None:
    assert marked(number([0, 2, 4, 6, 8, 10])) == [True] * 6


def test_one_digit_does_not_tell() -> None:
    assert marked(number([0])) == [False]


def test_the_numbers_of_a_line_are_judged_separately() -> None:
    printed, written = number([0] * 6), number(JITTER, x=400)
    both = tenfold.Line(printed.digits + written.digits)

    assert marked(both) == [True] * 6 + [False] * 6


def test_signs_stay_where_they_are() -> None:
    point = tenfold.Sign(".", 0.9, tenfold.Box(95, 135, 4, 4), after=3)
    line = tenfold.Line(number([0] * 6).digits, (point,))

    assert mark_print(line) == replace(
        line, digits=tuple(replace(digit, printed=True) for digit in line.digits)
    )


@given(st.lists(st.integers(-8, 8), min_size=1, max_size=8), st.integers(2, 9), st.integers(0, 500))
def test_neither_size_nor_place_matters(tops: list[int], factor: int, shift: int) -> None:
    line = number(tops)
    boxes = [
        tenfold.Box(factor * box.x + shift, factor * box.y + shift, factor * box.width, factor * box.height)
        for box in (digit.box for digit in line)
    ]
    larger = tuple(replace(digit, box=box) for digit, box in zip(line, boxes, strict=True))

    assert marked(tenfold.Line(larger)) == marked(line)


def test_print_is_read_and_marked(printed_and_written: NDArray[np.uint8]) -> None:
    for quarter_turns in (0, 2):
        reading = tenfold.Reader().read(np.rot90(printed_and_written, quarter_turns))

        above, below = reading.lines
        assert above.text == "48027"
        assert all(digit.printed for digit in above)
        assert len(below) == 5
        assert not any(digit.printed for digit in below)
