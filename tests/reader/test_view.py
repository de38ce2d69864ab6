"""How a reading prints and displays."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tenfold
from tenfold.drawing.shapes import Raster, Words, shapes_of
from tenfold.errors import ImageError

EXAMPLE = Path(__file__).parents[2] / "docs" / "reading" / "example.jpg"


def test_a_reading_prints_its_lines() -> None:
    assert repr(tenfold.read(EXAMPLE)).startswith("<Reading: 31415926 | 27182818 (2 lines, confidence 0.")


def test_a_reading_shows_the_picture_and_the_text_of_each_line() -> None:
    drawing = tenfold.read(str(EXAMPLE)).show()

    picture, *words = shapes_of(drawing.svg)[2][1:]
    assert isinstance(picture, Raster)
    assert [shape.text for shape in words if isinstance(shape, Words)] == ["31415926", "27182818"]
    assert drawing.label == "31415926; 27182818"


def test_a_reading_without_its_picture_shows_its_text(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(EXAMPLE.read_bytes())
    with path.open("rb") as file:
        readings = [tenfold.read(path), tenfold.read(file)]
    path.unlink()

    assert [reading.show().label for reading in readings] == ["31415926; 27182818"] * 2


def test_comparing_readings_ignores_their_pictures() -> None:
    with Image.open(EXAMPLE) as image:
        of_array, of_path = tenfold.read(np.asarray(image)), tenfold.read(EXAMPLE)

    assert of_array.text == of_path.text
    assert pickle.loads(pickle.dumps(of_path)) == of_path  # noqa: S301
    assert tenfold.Reading(of_path.lines) == of_path


def test_an_empty_reading_says_that_no_digits_were_found() -> None:
    blank = tenfold.read(np.full((50, 50), 255, np.uint8))

    assert repr(blank) == "<Reading: no digits found (0 lines, confidence 0.000)>"
    assert blank.show().label == "no digits found"


def test_reading_a_missing_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageError):
        tenfold.read(tmp_path / "missing.png")
