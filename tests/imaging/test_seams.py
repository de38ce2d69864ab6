import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.imaging.seams import find_seams, parts_between


def rings(*centres: int) -> np.ndarray:
    """Zeros of radius 9 in a strip 36 high."""
    image = np.zeros((36, max(centres) + 20), dtype=np.uint8)
    for x in centres:
        cv2.circle(image, (x, 18), 9, 255, 3)
    return image


def crossed(image: np.ndarray, seam: np.ndarray) -> int:
    """How many inked pixels lie right of the path in its row."""
    return sum(int(image[row, column] > 0) for row, column in enumerate(seam) if column < image.shape[1])


@pytest.mark.parametrize("apart", [30, 20, 17])  # with room between, touching, overlapping
def test_the_cut_between_two_zeros_crosses_little_ink(apart: int) -> None:
    image = rings(20, 20 + apart)

    (seam,) = find_seams(image, np.array([20.0, 20.0 + apart]))

    assert abs(seam.mean() - (20 + apart / 2)) < 2
    assert crossed(image, seam) < (1 if apart == 30 else 18)  # a ring alone is crossed by 6 at least


def test_a_cut_follows_slanted_writing() -> None:
    image = np.zeros((36, 60), dtype=np.uint8)
    for x in (4, 20):
        cv2.line(image, (x, 34), (x + 24, 2), 255, 3)
    (seam,) = find_seams(image, np.array([16.0, 32.0]))

    assert crossed(image, seam) == 0
    assert seam[3] - seam[32] > 8


def test_fewer_than_two_digits_need_no_cuts() -> None:
    for columns in ([], [20.0]):
        assert find_seams(rings(20), np.array(columns)).shape == (0, 36)


@given(st.integers(0, 2**32 - 1))
def test_cuts_never_cross_and_pass_between_the_digits_at_half_height(seed: int) -> None:
    rng = np.random.default_rng(seed)
    width = int(rng.integers(20, 200))
    image = (255 * (rng.random((36, width)) < rng.random())).astype(np.uint8)
    columns = np.sort(rng.choice(width, size=int(rng.integers(2, 8)), replace=False)).astype(float)

    seams = find_seams(image, columns)

    assert seams.shape == (len(columns) - 1, 36)
    assert seams.dtype == np.int32
    assert ((seams >= 0) & (seams <= width)).all()
    assert (np.diff(seams, axis=0) >= 0).all()
    assert (np.abs(np.diff(seams[0])) <= 1).all()
    assert (columns[:-1] < seams[:, 18]).all()
    assert (seams[:, 18] <= columns[1:]).all()


def test_parts_are_counted_from_the_left() -> None:
    parts = parts_between(np.array([[1.0, 2.0], [3.0, 2.0]]), 4)

    assert parts.tolist() == [[0, 1, 1, 2], [0, 0, 2, 2]]
