import cv2
import numpy as np

from tenfold.imaging.seams import find_seams


def rings(*centres: int) -> np.ndarray:
    """Zeros of radius 18 in a picture 60 high."""
    ink = np.zeros((60, max(centres) + 30), dtype=np.float32)
    for x in centres:
        cv2.circle(ink, (x, 30), 18, 1, 5)
    return ink


def test_two_zeros_that_touch_may_be_cut_where_they_touch() -> None:
    seams, _ = find_seams(rings(25, 65))
    assert np.abs(seams.mean(axis=1) - 45).min() < 4


def test_a_cut_follows_slanted_writing() -> None:
    ink = np.zeros((60, 90), dtype=np.float32)
    for x in (20, 55):
        cv2.line(ink, (x, 55), (x + 15, 5), 1, 5)
    cv2.line(ink, (28, 30), (62, 30), 1, 3)
    crossed = [sum(ink[row, column] > 0 for row, column in enumerate(seam)) for seam in find_seams(ink)[0]]
    assert min(crossed) <= 6


def test_cuts_come_in_order_and_do_not_cross() -> None:
    seams, prices = find_seams(rings(25, 65, 105))
    assert len(seams) == len(prices) >= 2
    assert seams.dtype == np.int32
    assert seams.shape[1] == 60
    assert (np.diff(seams, axis=0) >= 0).all()
    assert seams.min() >= 0
    assert seams.max() <= 135


def test_a_solid_block_is_not_cut() -> None:
    seams, prices = find_seams(np.ones((60, 60), dtype=np.float32))

    assert seams.shape == (0, 60)
    assert prices.shape == (0,)


def test_a_cut_between_zeros_costs_less_than_one_through_a_zero() -> None:
    seams, prices = find_seams(rings(25, 65))

    def price_at(column: int) -> float:
        return float(prices[np.abs(seams.mean(axis=1) - column).argmin()])

    assert price_at(45) < 0.7 * min(price_at(25), price_at(65))
