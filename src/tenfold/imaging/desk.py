"""Find the sheets of paper in a picture, and undo the perspective."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.cells import rows_of
from tenfold.imaging.components import find_components
from tenfold.imaging.segment import Box
from tenfold.imaging.size import LONGEST_PX

Points = NDArray[np.float32]
CutOut = tuple[NDArray[np.uint8], NDArray[np.float64]]

_MIN_SURROUNDINGS = 0.04  # share of the picture; smaller areas may be anything
_MAYBE_DESK = 0.05  # probability of desk; if it is lower, the network's answer stands
_MIN_SHEET = 0.03  # area of a sheet as a share of the picture
_MIN_SHEET_OF_LARGEST = 0.25  # and as a share of the largest sheet
_RIM = 0.012  # of the picture's longer side: a sheet's edge and the shadow along it
_MIN_FILL = 0.94  # share of the quadrilateral of its corners that a sheet fills
_AT_EDGE = 0.015  # of the picture's longer side: a corner this near to its edge may lie outside the picture
_STRAIGHT = 0.02  # of a sheet's longer side: with corners this near to an upright rectangle's, it is straight


def cut_out_sheets(grey: NDArray[np.uint8], surroundings: NDArray[np.float32]) -> list[CutOut]:
    """A picture's sheets of paper in reading order, each with the homography back to the picture.

    `grey` is the picture, uint8 (H, W). `surroundings`, float32 of any size, is the probability that a place
    is not paper. A sheet is uint8 (h, w), and its homography, float64 (3, 3), maps homogeneous columns (x, y,
    1) of the sheet to those of the picture. Sheets that are completely visible are rectified; around others,
    the picture is painted over. Without surroundings, the picture itself is the only sheet.
    """
    scale = np.array(grey.shape[::-1]) / surroundings.shape[::-1]
    outlines = [(outline * scale).astype(np.float32) for outline in _outlines(grey, surroundings)]
    is_alone = len(outlines) == 1
    sheets = {
        _bounding_box(outline): sheet
        for outline in outlines
        if (sheet := _cut_out(grey, outline, is_alone=is_alone))
    }
    return [sheets[box] for row in rows_of(list(sheets)) for box in row] or [(grey, np.eye(3))]


def _outlines(grey: NDArray[np.uint8], surroundings: NDArray[np.float32]) -> list[Points]:
    """The convex outlines of all sheets, float32 (n, 2) in pixels of `surroundings`; none if all is paper."""
    is_desk = surroundings > 0.5
    if is_desk.mean() < _MIN_SURROUNDINGS or is_desk.all():
        return []
    is_desk = _grow_desk(grey, is_desk, surroundings > _MAYBE_DESK)
    labels, stats = find_components(~is_desk, connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA]
    largest = areas[1:].max(initial=0)
    min_area = max(_MIN_SHEET * is_desk.size, _MIN_SHEET_OF_LARGEST * largest)
    outlines = []
    for label in range(1, len(stats)):
        if areas[label] >= min_area:
            contours, _ = cv2.findContours(
                (labels == label).view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
            )
            outlines.append(cv2.convexHull(max(contours, key=len))[:, 0].astype(np.float32) + 0.5)
    return outlines


def _grow_desk(
    grey: NDArray[np.uint8], is_desk: NDArray[np.bool_], may_be_desk: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The desk, and what may be desk, touches it, and is closer to its level than to the paper's.

    By level alone, paper in a shadow that also falls on the desk would be desk.
    """
    level = cv2.resize(grey, is_desk.shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32)
    of_desk, of_paper = np.median(level[is_desk]), np.median(level[~is_desk])
    is_like_desk = may_be_desk & (np.abs(level - of_desk) < np.abs(level - of_paper))
    _, labels = cv2.connectedComponents((is_desk | is_like_desk).view(np.uint8), connectivity=4)
    return np.isin(labels, np.unique(labels[is_desk]))


def _cut_out(grey: NDArray[np.uint8], outline: Points, *, is_alone: bool) -> CutOut | None:
    """The sheet inside an outline; None if it is narrower than the rim that is left out.

    If the sheet `is_alone`, all of the picture around it is painted over: more of its faint writing is found.
    """
    rim = max(1, round(_RIM * max(grey.shape)))
    box = Box(0, 0, grey.shape[1], grey.shape[0]) if is_alone else _bounding_box(outline)
    left, top = max(box.x - rim, 0), max(box.y - rim, 0)
    window = grey[top : box.bottom + rim, left : box.right + rim]
    mask = np.zeros(window.shape, dtype=np.uint8)
    cv2.fillConvexPoly(mask, np.rint(outline - (left, top)).astype(np.int32), 1)
    # A sheet may go on beyond the edge of the picture, where it has no rim.
    inside = cv2.erode(mask, np.ones((2 * rim + 1, 2 * rim + 1), np.uint8), borderValue=1) > 0
    if not inside.any():
        return None
    cleared = np.where(inside, window, np.uint8(np.median(window[inside])))
    to_picture = np.array([(1, 0, left), (0, 1, top), (0, 0, 1)], dtype=np.float64)
    corners = _corners(outline, grey.shape)
    if corners is None:
        return cleared, to_picture
    rectified, to_window = _rectify(cleared, corners - np.array([left, top], dtype=np.float32))
    return rectified, to_picture @ to_window


def _bounding_box(outline: Points) -> Box:
    left, top = np.floor(outline.min(axis=0)).astype(int).tolist()
    right, bottom = np.ceil(outline.max(axis=0)).astype(int).tolist()
    return Box(left, top, right - left, bottom - top)


def _corners(outline: Points, shape: tuple[int, ...]) -> Points | None:
    """The corners of a completely visible sheet, clockwise from the top left one, float32 (4, 2).

    None if it does not have four corners inside the picture, or is an upright rectangle already.
    """
    length = cv2.arcLength(outline, True)
    polygons = (cv2.approxPolyDP(outline, share * length, True)[:, 0] for share in (0.02, 0.04, 0.06, 0.08))
    corners = next((polygon for polygon in polygons if len(polygon) <= 4), None)
    if corners is None or len(corners) != 4 or not cv2.isContourConvex(corners):
        return None
    if cv2.contourArea(outline) < _MIN_FILL * cv2.contourArea(corners):
        return None
    height, width = shape
    at_edge = _AT_EDGE * max(shape)
    x, y = corners.T
    if np.any((x < at_edge) | (y < at_edge) | (x > width - at_edge) | (y > height - at_edge)):
        return None
    by_sum, by_difference = corners.sum(axis=1), corners[:, 0] - corners[:, 1]
    order = [by_sum.argmin(), by_difference.argmax(), by_sum.argmax(), by_difference.argmin()]
    if len(set(map(int, order))) != len(order):
        return None
    ordered: Points = corners[order].astype(np.float32)
    (left, top), (right, bottom) = ordered.min(axis=0), ordered.max(axis=0)
    upright = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=np.float32)
    if np.abs(ordered - upright).max() < _STRAIGHT * max(right - left, bottom - top):
        return None
    return ordered


def _rectify(grey: NDArray[np.uint8], corners: Points) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The quadrilateral between `corners` as a rectangle, and the homography back."""
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    width, height = max(sides[0], sides[2]), max(sides[1], sides[3])
    factor = min(1.0, LONGEST_PX / max(width, height))
    width, height = (max(1, round(float(side) * factor)) for side in (width, height))
    rectangle = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    homography = cv2.getPerspectiveTransform(corners, rectangle)
    rectified = cv2.warpPerspective(
        grey, of_centres(homography), (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(rectified, dtype=np.uint8), np.asarray(np.linalg.inv(homography), dtype=np.float64)


def of_centres(homography: NDArray[Any]) -> NDArray[np.float64]:
    """A homography, (3, 3), as OpenCV needs it.

    OpenCV's coordinates start at the centre of the first pixel, ours at its corner.
    """
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    return np.asarray(np.linalg.inv(half) @ homography @ half, dtype=np.float64)
