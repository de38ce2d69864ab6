"""Ink of any colour on paper of any colour stands out, and grey keeps its level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from tenfold.imaging import grey as grey_module

Color = tuple[int, int, int]
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def to_grey(colors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    image = Image.fromarray(colors)
    return grey_module.to_grey(*image.size, image.crop)


def stroke(ink: Color, paper: Color, side: int = 60) -> NDArray[np.uint8]:
    """A vertical bar of ink, a tenth of the picture wide, over half of its height."""
    picture = np.empty((side, side, 3), dtype=np.uint8)
    picture[:] = paper
    picture[side // 4 : -side // 4, side // 2 : side // 2 + side // 10] = ink
    return picture


def contrast(picture: NDArray[np.uint8]) -> int:
    """The difference in grey level between the stroke and the paper."""
    grey = to_grey(picture).astype(int)
    side = len(grey)
    return abs(int(grey[side // 2, side // 2 + side // 20]) - int(grey[0, 0]))


@given(arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))))
def test_grey_keeps_its_level(levels: NDArray[np.uint8]) -> None:
    assert np.array_equal(to_grey(np.stack([levels] * 3, axis=2)), levels)


@pytest.mark.parametrize(
    ("ink", "paper", "minimum"),
    [
        (BLACK, WHITE, 255),
        ((255, 240, 60), WHITE, 150),  # a yellow pen, 22 levels of luminance from white
        ((150, 200, 240), WHITE, 60),  # a light blue pen
        ((200, 30, 40), WHITE, 190),  # a red pen
        ((30, 60, 160), WHITE, 180),  # a ballpoint
        ((30, 60, 160), (250, 235, 140), 120),  # on yellow paper
        (WHITE, (30, 70, 50), 180),  # chalk
        ((240, 220, 90), (30, 70, 50), 150),  # yellow chalk
        (WHITE, (0, 0, 255), 250),
        (BLACK, (255, 255, 0), 250),
        ((255, 255, 0), BLACK, 250),
        ((220, 20, 20), (20, 130, 20), 100),  # red on green of the same luminance
    ],
)
@pytest.mark.parametrize("side", [28, 60, 900])
def test_ink_of_any_colour_stands_out(ink: Color, paper: Color, minimum: int, side: int) -> None:
    assert contrast(stroke(ink, paper, side)) >= minimum


def test_a_yellow_pen_stands_out_on_unevenly_lit_noisy_paper() -> None:
    picture = stroke((255, 240, 60), WHITE, 400).astype(float)
    picture *= np.linspace(0.6, 0.95, 400)[:, None, None]
    picture += np.random.default_rng(0).normal(0, 4, picture.shape)
    grey = to_grey(np.clip(picture, 0, 255).astype(np.uint8)).astype(float)

    pen, paper = grey[200, 200:240], grey[200, 100:140]

    assert paper.mean() - pen.mean() > 60
    assert paper.mean() - pen.mean() > 10 * paper.std()


def test_two_pens_on_a_page_both_stand_out() -> None:
    picture = np.hstack([stroke((255, 240, 60), WHITE), stroke((30, 60, 160), WHITE)])
    grey = to_grey(picture).astype(int)

    assert grey[0, 0] - grey[30, 33] > 50
    assert grey[0, 0] - grey[30, 93] > 100


@given(arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 30), st.just(3))))
def test_any_colours_give_a_level_between_their_own(colors: NDArray[np.uint8]) -> None:
    grey = to_grey(colors).astype(int)

    assert (grey >= colors.min(axis=2).astype(int)).all()
    assert (grey <= colors.max(axis=2).astype(int)).all()
