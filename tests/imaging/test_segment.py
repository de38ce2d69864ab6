import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tenfold.imaging.box import Box
from tenfold.imaging.segment import TextLine, join, segment


def page(*texts: tuple[str, int, int], height: int = 300) -> np.ndarray:
    """Printed digits 40 pixels high, with their lower left corner at (x, y)."""
    drawn = np.zeros((height, 400), dtype=np.uint8)
    for text, x, y in texts:
        cv2.putText(drawn, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.9, 255, 4)
    return drawn.astype(np.float32) / 255


def ink_of(line: TextLine, shape: tuple[int, int]) -> np.ndarray:
    """All pieces of a line back in a picture."""
    ink = np.zeros(shape, dtype=np.float32)
    for piece in line.pieces:
        ink[piece.box.y : piece.box.bottom, piece.box.x : piece.box.right] += piece.ink
    return ink


def test_blank_has_no_lines() -> None:
    assert segment(np.zeros((20, 30), dtype=np.float32)) == []


def test_lines_come_from_top_to_bottom_and_pieces_from_left_to_right() -> None:
    ink = page(("52", 40, 280), ("137", 30, 90), ("46", 200, 190))
    lines = segment(ink)
    tops = [min(piece.box.y for piece in line.pieces) for line in lines]
    assert len(lines) == 3
    assert tops == sorted(tops)
    for line in lines:
        middles = [piece.box.x + piece.box.width / 2 for piece in line.pieces]
        assert middles == sorted(middles)


def test_a_line_that_climbs_stays_one_line() -> None:
    ink = page(*[(digit, 20 + 60 * index, 250 - 8 * index) for index, digit in enumerate("314159")])
    assert len(segment(ink)) == 1


def test_the_pieces_of_a_line_are_its_ink_cut_up() -> None:
    ink = page(("2026", 30, 100))
    (line,) = segment(ink)
    assert np.array_equal(ink_of(line, ink.shape), ink)
    assert join(line.pieces)[1].sum() == ink.sum()


def test_specks_dashes_and_underlinings_are_left_out() -> None:
    ink = page(("137", 30, 100))
    alone = [piece.box for piece in segment(ink)[0].pieces]
    ink[30:33, 300:303] = 1
    ink[78:83, 200:240] = 1
    ink[110:114, 30:150] = 1
    (line,) = segment(ink)
    assert [piece.box for piece in line.pieces] == alone


def test_a_frame_around_digits_is_left_out_and_an_oblique_1_at_the_edge_is_not() -> None:
    ink = page(("46", 120, 100), height=130)[:, :260]
    alone = [piece.box for piece in segment(ink)[0].pieces]
    framed = cv2.rectangle(ink.copy(), (0, 0), (259, 129), 1, 3)
    assert [piece.box for piece in segment(framed)[0].pieces] == alone

    slashed = cv2.line(ink.copy(), (0, 110), (100, 40), 1, 4)
    assert len(segment(slashed)[0].pieces) == 3


def test_the_bar_of_a_5_stays_with_its_line() -> None:
    ink = page(("11", 30, 100))
    ink[58:62, 140:160] = 1
    (line,) = segment(ink)
    assert line.pieces[-1].box == Box(140, 58, 20, 4)


def test_a_line_the_edge_cuts_off_does_not_count_beside_a_whole_one() -> None:
    assert len(segment(page(("137", 30, 100), ("246", 30, 318)))) == 1
    assert len(segment(page(("246", 30, 318)))) == 1


def test_small_print_does_not_count_beside_writing() -> None:
    ink = page(("137", 30, 100))
    small = cv2.resize(page(("1937", 30, 100)), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    ink[200 : 200 + small.shape[0], 40 : 40 + small.shape[1]] = small
    assert len(segment(ink)) == 1


def test_joined_pieces_lie_in_the_box_around_them() -> None:
    (line,) = segment(page(("17", 30, 100)))
    box, ink = join(line.pieces)
    assert ink.shape == (box.height, box.width)
    assert box.x == min(piece.box.x for piece in line.pieces)
    assert box.bottom == max(piece.box.bottom for piece in line.pieces)


@given(st.integers(0, 2**32 - 1))
def test_whatever_the_ink_pieces_lie_in_the_picture_and_hold_ink(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 80, 2))
    ink = (rng.random(shape) * (rng.random(shape) < rng.random())).astype(np.float32)
    for line in segment(ink):
        assert line.height > 0
        for piece in line.pieces:
            assert piece.ink.shape == (piece.box.height, piece.box.width)
            assert piece.ink.max() > 0
            assert 0 <= piece.box.x < piece.box.right <= shape[1]
            assert 0 <= piece.box.y < piece.box.bottom <= shape[0]
