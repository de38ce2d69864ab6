"""Paper on a desk: the desk is painted over, and the homography leads back to the picture."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tenfold.imaging.desk import cut_out_sheets

SHAPE = 300, 400
MARKS = [(60, 50), (180, 50), (120, 110)]  # centres (x, y) of squares on a sheet of 240 x 160


def photograph(corners: list[tuple[float, float]]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A sheet with its marks at `corners` on a dark desk, and the homography from sheet to picture."""
    sheet = np.full((160, 240), 230, dtype=np.uint8)
    for x, y in MARKS:
        sheet[y - 8 : y + 8, x - 8 : x + 8] = 40
    whole = np.array([(0, 0), (240, 0), (240, 160), (0, 160)], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(whole, np.array(corners, dtype=np.float32))
    desk = np.full(SHAPE, 90, dtype=np.uint8)
    picture = cv2.warpPerspective(sheet, matrix, SHAPE[::-1], dst=desk, borderMode=cv2.BORDER_TRANSPARENT)
    return np.asarray(picture, dtype=np.uint8), np.asarray(matrix)


def surroundings_of(corners: list[tuple[float, float]]) -> NDArray[np.float32]:
    """Surroundings at half the resolution, as a network would output them: 1 off the sheet."""
    half = np.ones((SHAPE[0] // 2, SHAPE[1] // 2), dtype=np.float32)
    cv2.fillConvexPoly(half, np.rint(np.array(corners) / 2).astype(np.int32), 0.0)
    return half


def centres(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The centres (x, y) of the dark marks, sorted."""
    _, _, stats, centroids = cv2.connectedComponentsWithStats((grey < 120).view(np.uint8))
    large = stats[1:, cv2.CC_STAT_AREA] > 100
    return np.array(sorted(map(tuple, centroids[1:][large] + 0.5)))


corner = st.tuples(st.floats(-25, 25), st.floats(-25, 25))


@settings(max_examples=40)
@given(moves=st.tuples(corner, corner, corner, corner))
def test_a_sheet_in_perspective_is_rectified_and_its_homography_leads_back(
    moves: tuple[tuple[float, float], ...],
) -> None:
    upright = [(70, 60), (330, 60), (330, 235), (70, 235)]
    corners = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(upright, moves, strict=True)]
    picture, matrix = photograph(corners)

    ((sheet, homography),) = cut_out_sheets(picture, surroundings_of(corners))

    assert sheet.min() < 60
    assert np.percentile(sheet, 5) > 200 or (sheet < 120).mean() < 0.1  # no desk is left
    found = centres(sheet)
    x, y, depth = homography @ np.vstack([found.T, np.ones(len(found))])
    u, v, w = matrix @ np.array([(x, y, 1) for x, y in MARKS], dtype=np.float64).T
    expected = sorted(zip((u / w).tolist(), (v / w).tolist(), strict=True))
    assert np.allclose(sorted(zip((x / depth).tolist(), (y / depth).tolist(), strict=True)), expected, atol=2)


def test_a_tilted_sheet_is_straightened() -> None:
    turned = cv2.boxPoints(((200, 150), (240, 160), 8)).tolist()  # lower left first, clockwise
    corners = [*turned[1:], turned[0]]
    picture, _ = photograph(corners)

    ((sheet, _),) = cut_out_sheets(picture, surroundings_of(corners))

    left, right, below = centres(sheet)[[0, 2, 1]]
    assert abs(left[1] - right[1]) < 3
    assert below[0] == pytest.approx((left[0] + right[0]) / 2, abs=3)
    assert sheet.shape[1] / sheet.shape[0] == pytest.approx(240 / 160, rel=0.05)


def test_a_shadow_across_sheet_and_desk_hides_no_paper() -> None:
    turned = cv2.boxPoints(((200, 150), (240, 160), 8)).tolist()
    corners = [*turned[1:], turned[0]]
    picture, _ = photograph(corners)
    shadow = np.zeros(SHAPE, dtype=np.uint8)
    cv2.fillConvexPoly(shadow, np.array([(400, 90), (0, 120), (400, 200)]), 1)
    dimmed = np.where(shadow, picture // 2, picture)  # the sheet to less than halfway to the desk's level

    ((sheet, _),) = cut_out_sheets(dimmed, surroundings_of(corners))

    assert sheet.shape[1] / sheet.shape[0] == pytest.approx(240 / 160, rel=0.05)
    assert (sheet == 20).sum() > 0.5 * 16**2  # one mark is in the shadow


def test_a_picture_that_is_all_paper_is_unchanged() -> None:
    picture, _ = photograph([(70, 60), (330, 60), (330, 235), (70, 235)])

    ((same, homography),) = cut_out_sheets(picture, np.zeros((150, 200), dtype=np.float32))

    assert same is picture
    assert np.array_equal(homography, np.eye(3))


def test_a_partly_visible_sheet_is_not_rectified_but_its_desk_is_painted_over() -> None:
    corners = [(150.0, 40.0), (460.0, 70.0), (440.0, 260.0), (130.0, 230.0)]
    picture, _ = photograph(corners)

    ((cleared, homography),) = cut_out_sheets(picture, surroundings_of(corners))

    assert np.array_equal(homography, np.eye(3))
    assert cleared.shape == picture.shape
    assert (cleared > 200).sum() + (cleared < 60).sum() > 0.99 * cleared.size  # paper and marks, no desk
    assert len(centres(cleared)) == len(centres(np.where(picture == 90, np.uint8(230), picture)))


def test_each_of_several_sheets_is_straightened_and_they_are_in_reading_order() -> None:
    picture = np.full(SHAPE, 60, dtype=np.uint8)
    surroundings = np.ones((150, 200), dtype=np.float32)
    for x, angle, n_marks in ((300, -9, 2), (100, 7, 1)):
        corners = cv2.boxPoints(((x, 150), (130, 180), angle))
        cv2.fillConvexPoly(picture, np.rint(corners).astype(np.int32), 220)
        cv2.fillConvexPoly(surroundings, np.rint(corners / 2).astype(np.int32), 0.0)
        for number in range(n_marks):
            cv2.circle(picture, (x, 130 + 40 * number), 9, 30, -1)

    (left, to_left), (right, _) = cut_out_sheets(picture, surroundings)

    assert len(centres(left)) == 1
    assert len(centres(right)) == 2
    assert left.shape[0] / left.shape[1] == pytest.approx(180 / 130, rel=0.05)
    x, y, w = to_left @ (*centres(left)[0], 1)
    assert (x / w, y / w) == pytest.approx((100, 130), abs=2)
    for sheet in (left, right):
        assert (sheet > 200).mean() > 0.95  # no desk


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_constant_network_output_changes_nothing(value: float) -> None:
    picture = np.random.default_rng(0).integers(0, 255, SHAPE).astype(np.uint8)

    ((sheet, _),) = cut_out_sheets(picture, np.full((150, 200), value, dtype=np.float32))

    assert sheet is picture
