"""Axes, how numbers are printed, and plots as files of their own."""

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tenfold import wording
from tenfold.drawing import plot
from tenfold.drawing.plot import Panel, render_picture
from tenfold.runs.figures import shade_errors

SVG = "{http://www.w3.org/2000/svg}"

fractions = st.floats(0, 1, allow_nan=False)


@given(fractions, fractions)
@example(0.0, 5e-324)
def test_an_axis_holds_its_ends_and_its_ticks(a: float, b: float) -> None:
    axis = plot.linear_axis(min(a, b), max(a, b), scale=100, unit=" %")

    assert axis.low <= min(a, b) + 1e-9
    assert axis.high >= max(a, b) - 1e-9
    assert 2 <= len(axis.ticks) <= 8
    assert len({printed for _, printed in axis.ticks}) == len(axis.ticks)
    assert all(-1e-6 <= axis.at(value) <= 100 + 1e-6 for value, _ in axis.ticks)


@given(st.lists(st.floats(1e-3, 1e10), min_size=1, max_size=8))
def test_a_logarithmic_axis_has_ticks_inside(values: list[float]) -> None:
    axis = plot.log_axis(values)

    assert len(axis.ticks) >= 1
    assert all(0 <= axis.at(value) <= 100 for value, _ in axis.ticks)
    assert all(0 < axis.at(value) < 100 for value in values)


def test_many_epochs_have_few_ticks() -> None:
    assert len(plot.listed_axis([float(n) for n in range(1, 101)]).ticks) == 10


def test_marks_differ_where_colours_come_round_again() -> None:
    assert len({(n % plot.COLOURS, plot.shape_of(n)) for n in range(20)}) == 20


def test_the_diagonal_does_not_outshine_the_errors() -> None:
    shades = shade_errors(np.array([[1000, 4], [1, 1000]]))

    assert shades.tolist() == [[0, 1], [0.5, 0]]
    assert not shade_errors(np.diag([5, 5])).any()


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (wording.percent(0.97834), "97.83 %"),
        (wording.points(-0.0141, sign=True), "−1.41"),
        (wording.points(-0.00001, sign=True), "0.00"),
        (wording.p_value(0.0004), "p < 0.001"),
        (wording.p_bare(0.0321), "0.032"),
        (wording.count(109386), "109,386"),
        (wording.count(97.5), "97.5"),
        (wording.compact(999_960), "1.00M"),
        (wording.compact(109386), "109k"),
        (wording.compact(640), "640"),
        (wording.duration(4.23), "4.2 s"),
        (wording.duration(59.6), "1 min 0 s"),
        (wording.duration(192), "3 min 12 s"),
        (wording.duration(3840), "1 h 4 min"),
        (wording.bytes_(999_600), "1.00 MB"),
        (wording.microseconds(8.412), "8.41 µs"),
        (wording.plural(1, "seed"), "1 seed"),
        (wording.listing(["a", "b", "c"]), "a, b and c"),
        (wording.times(31.2), "31 times"),
    ],
)
def test_numbers_are_printed_for_people(printed: str, expected: str) -> None:
    assert printed.replace("\N{NO-BREAK SPACE}", " ") == expected


def test_a_picture_is_an_svg_that_needs_nothing_else() -> None:
    x = plot.linear_axis(0, 1)
    inside = plot.draw_inside(x, x, [plot.mark(50, 50, 3, "a & b"), plot.line(x, x, [(0, 0), (1, 1)])])

    text = render_picture(
        [Panel("A < B", inside, 50, 40, 200, 100)], label="two & more", width=300, height=180
    )

    picture = ElementTree.fromstring(text)  # noqa: S314 - our own
    assert picture.find(f"{SVG}title").text == "two & more"  # type: ignore[union-attr]
    defined = {element.get("id") for element in picture.iter() if element.get("id")}
    used = {element.get("href", "").lstrip("#") for element in picture.iter(f"{SVG}use")}
    assert used
    assert used <= defined
    assert "prefers-color-scheme: dark" in text
    assert "--s3:" in text
