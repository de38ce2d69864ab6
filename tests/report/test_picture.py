"""Plots as files of their own."""

from xml.etree import ElementTree

from tenfold.report import plot
from tenfold.report.picture import Panel, render_picture

SVG = "{http://www.w3.org/2000/svg}"


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
