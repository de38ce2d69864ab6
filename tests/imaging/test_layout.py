"""Rulings are removed from the ink where a network finds them; here a perfect one."""

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tenfold.imaging.layout import Region, pad_to_size, region_share, without_rulings

SHAPE = 80, 120


def probabilities(regions: np.ndarray) -> np.ndarray:
    """Certain probabilities, at every second pixel."""
    return np.asarray(np.eye(len(Region), dtype=np.float32)[regions[::2, ::2]])


def test_a_frame_is_removed_and_the_digit_inside_is_kept() -> None:
    frame, digit = np.zeros((2, *SHAPE), dtype=np.float32)
    cv2.rectangle(frame, (20, 10), (100, 70), 1, 2)
    cv2.line(digit, (60, 24), (56, 56), 1, 5)
    regions = np.where(digit > 0, Region.DIGIT, np.where(frame > 0, Region.RULING, Region.PAPER))
    regions = np.maximum(regions, cv2.dilate(regions.astype(np.uint8), np.ones((3, 3), np.uint8)))

    left = without_rulings(
        np.maximum(frame, digit), region_share([Region.RULING], probabilities(regions), SHAPE)
    )

    assert np.array_equal(left, digit)


def test_leftovers_of_a_ruling_are_removed_with_it() -> None:
    ink = np.zeros(SHAPE, dtype=np.float32)
    ink[40:44, 10:110] = 1
    rulings = np.zeros(SHAPE, dtype=np.float32)
    rulings[40:44, 10:110] = 0.9
    rulings[42:44, 50:54] = 0.45  # not quite sure here
    cv2.ellipse(ink, (30, 20), (6, 10), 0, 0, 360, 1, 3)

    assert not without_rulings(ink, rulings)[36:].any()


def test_blank_paper_has_no_rulings() -> None:
    regions = np.full(SHAPE, Region.PAPER)

    assert not (region_share([Region.RULING], probabilities(regions), SHAPE) > 0.5).any()


@given(
    picture=arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20))),
    more=st.tuples(st.integers(0, 9), st.integers(0, 9)),
)
def test_padding_keeps_the_picture(picture: np.ndarray, more: tuple[int, int]) -> None:
    height, width = picture.shape

    filled = pad_to_size(picture, height + more[0], width + more[1], 7)

    assert filled.shape == (height + more[0], width + more[1])
    assert np.array_equal(filled[:height, :width], picture)
    assert {*filled[height:].ravel().tolist(), *filled[:, width:].ravel().tolist()} <= {7}


def test_a_stroke_no_longer_than_the_digits_is_kept_even_if_classified_as_ruling() -> None:
    ink, rulings = np.zeros((2, *SHAPE), dtype=np.float32)
    cv2.ellipse(ink, (30, 40), (8, 16), 0, 0, 360, 1, 4)
    ink[24:57, 60:64] = 1
    ink[20:60, 100:103] = 1
    ink[:, 110:113] = 1
    rulings[:, 50:] = 0.9

    left = without_rulings(ink, rulings)

    assert np.array_equal(left[:, :105], ink[:, :105])
    assert not left[:, 105:].any()
