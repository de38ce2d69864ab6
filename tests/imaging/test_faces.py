"""Smileys are found; digits, and numbers in rings and frames, are not faces."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tenfold.imaging.faces import find_faces

Ink = NDArray[np.float32]


def blank() -> Ink:
    return np.zeros((200, 200), dtype=np.float32)


def face(*, start: int = 0, end: int = 360) -> Ink:
    ink = blank()
    cv2.ellipse(ink, (100, 100), (70, 75), 0, start, end, 1.0, 6)
    for x in (75, 125):
        cv2.line(ink, (x, 75), (x, 85), 1.0, 6)
    cv2.ellipse(ink, (100, 110), (35, 25), 0, 20, 160, 1.0, 6)
    return ink


@pytest.mark.parametrize("gap", [0, 8])
def test_a_smiley_is_a_face_even_if_its_ring_does_not_quite_close(gap: int) -> None:
    ink = face(start=gap)
    assert (find_faces(ink) == (ink > 0)).all()


def test_ink_outside_the_ring_is_not_part_of_the_face() -> None:
    outside = np.zeros((200, 60), dtype=np.float32)
    cv2.line(outside, (30, 20), (28, 180), 1.0, 6)
    found = find_faces(np.hstack([face(), outside]))
    assert not found[:, 200:].any()
    assert found[:, :200].any()


def number(ink: Ink, text: str, at: tuple[int, int], scale: float) -> None:
    written = np.zeros(ink.shape, dtype=np.uint8)
    cv2.putText(written, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, 1, 4)
    np.maximum(ink, written, out=ink)


def ringed_number() -> Ink:
    ink = blank()
    cv2.ellipse(ink, (100, 100), (80, 75), 0, 0, 360, 1.0, 6)
    number(ink, "123", (48, 120), 1.8)
    return ink


def framed_numbers() -> Ink:
    ink = blank()
    cv2.rectangle(ink, (20, 20), (180, 180), 1.0, 5)
    number(ink, "1  2", (55, 80), 1.2)
    number(ink, "4", (80, 150), 1.2)
    return ink


def tilted_frame() -> Ink:
    ink = blank()
    cv2.polylines(ink, [np.array([(30, 20), (185, 40), (170, 180), (15, 160)])], True, 1.0, 5)
    for x in (70, 130):
        cv2.line(ink, (x, 60), (x - 3, 90), 1.0, 5)
    cv2.line(ink, (60, 130), (130, 135), 1.0, 5)
    return ink


def ring() -> Ink:
    ink = blank()
    cv2.ellipse(ink, (100, 100), (50, 75), 0, 0, 360, 1.0, 6)
    return ink


@pytest.mark.parametrize("make", [blank, ring, ringed_number, framed_numbers, tilted_frame])
def test_other_drawings_are_not_faces(make: Any) -> None:
    assert not find_faces(make()).any()


def test_no_digit_of_mnist_is_a_face(mnist: Any) -> None:
    page = np.concatenate(
        [np.concatenate(list(row), axis=1) for row in mnist.x_test.reshape(100, 100, 28, 28)]
    )
    assert not find_faces((page / 255).astype(np.float32)).any()
