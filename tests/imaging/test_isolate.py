import cv2
import numpy as np
import pytest

from tenfold.imaging.isolate import isolate


def digit(with_bar: bool = False) -> np.ndarray:
    """The hook of a 5 in the middle of a picture (100, 100); with its bar, which does not touch it."""
    ink = np.zeros((100, 100), dtype=np.float32)
    hook = np.array([(40, 30), (40, 50), (58, 52), (60, 68), (38, 72)])
    cv2.polylines(ink, [hook], isClosed=False, color=1, thickness=5)
    if with_bar:
        cv2.line(ink, (44, 20), (64, 20), 1, 5)
    return ink


def test_a_digit_alone_stays_as_it_is() -> None:
    assert np.array_equal(isolate(digit()), digit())


def test_the_detached_bar_of_a_5_belongs_to_it() -> None:
    assert np.array_equal(isolate(digit(with_bar=True)), digit(with_bar=True))


@pytest.mark.parametrize(
    "clutter",
    [
        pytest.param(np.s_[90:92, 10:12], id="a speck"),
        pytest.param(np.s_[84:90, 74:80], id="a dot"),
        pytest.param(np.s_[0:100, 97:100], id="the edge of a page"),
        pytest.param(np.s_[30:60, 0:9], id="a sliver of a neighbour"),
    ],
)
def test_what_is_no_part_of_the_digit_is_left_out(clutter: tuple[slice, slice]) -> None:
    ink = digit()
    ink[clutter] = 1
    assert np.array_equal(isolate(ink), digit())


def test_a_frame_around_the_digit_is_left_out() -> None:
    ink = digit()
    cv2.rectangle(ink, (0, 0), (99, 99), 1, 3)
    assert np.array_equal(isolate(ink), digit())


def test_blank_stays_blank() -> None:
    assert not isolate(np.zeros((5, 5), dtype=np.float32)).any()


def test_the_ink_given_is_not_changed() -> None:
    ink = digit()
    ink[90:92, 10:12] = 1
    before = ink.copy()
    isolate(ink)
    assert np.array_equal(ink, before)
