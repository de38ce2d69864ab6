"""Drawings: shown in a notebook, saved in the format of their names, readable without style sheets."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tenfold.drawing import Drawing, stack
from tenfold.drawing.architecture import draw_network
from tenfold.drawing.digits import place
from tenfold.drawing.plot import Panel, bar, draw_panels, linear_axis, mark
from tenfold.drawing.shapes import Outline, Words, shapes_of
from tenfold.errors import InputError

SQUARE = Drawing(
    '<g class="plot" style="--c:var(--s1)"><rect class="alone" x="10" y="20" width="30" height="40"/></g>',
    100, 100, "a square",
)  # fmt: skip
ORANGE = (0xC6, 0x4F, 0x08)


def test_a_saved_png_has_the_drawing_in_its_colours_twice_as_large(tmp_path: Path) -> None:
    SQUARE.save(tmp_path / "square.png")

    with Image.open(tmp_path / "square.png") as picture:
        assert picture.size == (200, 200)
        assert picture.getpixel((50, 80)) == ORANGE
        assert picture.getpixel((10, 10)) == (0xFD, 0xFC, 0xF9), "paper"


def test_a_saved_svg_needs_no_style_sheet(tmp_path: Path) -> None:
    path = SQUARE.save(str(tmp_path / "square.svg"))

    text = path.read_text()
    assert "#c64f08" in text
    assert not re.search(r"var\(|<style|class=|color-mix", text)
    assert "<title>a square</title>" in text


@pytest.mark.parametrize("name", ["square.gif", "square", "png"])
def test_another_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"expected a name that ends in \.svg or \.png"):
        SQUARE.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_gets_a_picture_that_is_light_or_dark_as_its_theme() -> None:
    html = SQUARE._repr_html_()

    assert 'alt="a square"' in html
    assert "data-jp-theme-light=false" in html


def test_places_in_percent_within_plots_become_pixels() -> None:
    x, y = linear_axis(0, 10), linear_axis(0, 1)
    inside = mark(x.at(5), 100 - y.at(0.5), 0) + bar(0, 50, 100, 6, "alone", colour=2)
    drawing = Drawing(draw_panels([Panel("Title", inside, 40, 20, 200, 100)]), 300, 200, "plot")

    width, height, shapes = shapes_of(drawing.svg)

    assert (width, height) == (300, 200)
    *_, circle, area = [shape for shape in shapes if isinstance(shape, Outline)]
    assert np.mean(circle.lines[0], axis=0) == pytest.approx([140, 70])
    assert area.lines[0][0] == pytest.approx((40, 67))
    assert area.lines[0][2] == pytest.approx((240, 73))
    assert next((shape.text, shape.at) for shape in shapes if isinstance(shape, Words)) == ("Title", (40, 6))


def test_colours_are_mixed_as_a_browser_mixes_them() -> None:
    style = "fill:color-mix(in srgb, #ff0000 25%, #0000ff)"
    half = "fill:color-mix(in srgb, #ff0000 25%, transparent)"
    body = f'<rect width="9" height="9" style="{style}"/><rect width="9" height="9" style="{half}"/>'
    shapes = shapes_of(Drawing(body, 9, 9, "").svg)[2]

    fills = [shape.fill for shape in shapes if isinstance(shape, Outline)]
    assert fills[1:] == [(64, 0, 191, 1), (255, 0, 0, 0.25)]


def test_digits_are_painted_as_ink(tmp_path: Path) -> None:
    image = np.zeros((28, 28), np.uint8)
    image[:, :14] = 255
    Drawing(place(image, 0, 0, 28), 28, 28, "half").save(tmp_path / "half.png")

    with Image.open(tmp_path / "half.png") as picture:
        assert picture.getpixel((14, 28)) == (0, 0, 0)
        assert picture.getpixel((42, 28)) == (0xFD, 0xFC, 0xF9)


def test_a_network_and_what_stands_above_it_are_one_drawing() -> None:
    layers = [
        {"name": "Input", "activation": "", "output_shape": (28, 28, 1), "parameters": 0},
        {"name": "Dense 10", "activation": "softmax", "output_shape": (10,), "parameters": 7850},
    ]
    drawing = stack("mine", ["a fact"], [[draw_network(layers)]])

    words = [shape.text for shape in shapes_of(drawing.svg)[2] if isinstance(shape, Words)]
    assert words[:3] == ["mine", "a fact", "Input"]
    assert "10 · softmax" in words
    assert drawing.label.startswith("mine; a fact; The layers in order: Input")
