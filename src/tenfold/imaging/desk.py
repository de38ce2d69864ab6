"""The paper in a picture that shows more: what lies around it is painted over, its perspective undone."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.size import LONGEST_PX

Points = NDArray[np.float32]

_LITTLE = 0.04  # of the picture: so small surroundings may be anything
_SMALLEST = 0.03, 0.25  # a sheet covers this share of the picture, and of the largest sheet
_RIM = 0.012  # of the picture's longer side: a sheet's edge and the shadow along it
# Four corners make a sheet that fills this share of them; nearer than this share of the longer side to the
# picture's edge, a corner is where the picture ends; and so far from a rectangle a sheet is not made one.
_FILLED, _AT_EDGE, _STRAIGHT = 0.94, 0.015, 0.02


def clear_desk(
    grey: NDArray[np.uint8], surroundings: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """A picture's sheets of paper alone, uint8 (h, w), and the matrix float64 (3, 3) that leads back.

    `surroundings`, float32 of any size, says of each part of the picture `grey`, uint8 (H, W), how likely it
    lies beside the paper. The matrix takes homogeneous columns (x, y, 1) of what is returned to those of the
    picture. A single sheet that is seen whole is made a rectangle. Where no surroundings are seen, the
    picture comes back as it is.
    """
    outlines = _sheets(grey, surroundings)
    unchanged = np.eye(3)
    if not outlines:
        return grey, unchanged
    height, width = grey.shape
    scale = np.array([width, height]) / surroundings.shape[::-1]
    outlines = [(outline * scale).astype(np.float32) for outline in outlines]
    drawn = np.zeros(grey.shape, dtype=np.uint8)
    for outline in outlines:
        cv2.fillConvexPoly(drawn, np.rint(outline).astype(np.int32), 1)
    rim = 2 * max(1, round(_RIM * max(grey.shape))) + 1
    on_paper = cv2.erode(drawn, np.ones((rim, rim), np.uint8), borderValue=1)
    if not on_paper.any():
        return grey, unchanged
    alone = np.where(on_paper, grey, np.uint8(np.median(grey[on_paper > 0])))
    corners = _corners(outlines[0], grey.shape) if len(outlines) == 1 else None
    return (alone, unchanged) if corners is None else _straighten(alone, corners)


def _sheets(grey: NDArray[np.uint8], surroundings: NDArray[np.float32]) -> list[Points]:
    """The convex outlines, float32 (n, 2) in places of the map, of all sheets; none where all is paper."""
    beside = surroundings > 0.5
    if beside.mean() < _LITTLE or beside.all():
        return []
    beside = _with_all_of_the_desk(grey, beside)
    n, labels, stats, _ = cv2.connectedComponentsWithStats((~beside).view(np.uint8), connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA]
    largest = areas[1:].max(initial=0)
    least = max(_SMALLEST[0] * beside.size, _SMALLEST[1] * largest)
    outlines = []
    for label in range(1, n):
        if areas[label] >= least:
            contours, _ = cv2.findContours(
                (labels == label).view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
            )
            outlines.append(cv2.convexHull(max(contours, key=len))[:, 0].astype(np.float32) + 0.5)
    return outlines


def _with_all_of_the_desk(grey: NDArray[np.uint8], beside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What lies beside the paper, with all that touches it and is rather as light as it than as the paper."""
    level = cv2.resize(grey, beside.shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32)
    of_desk, of_paper = np.median(level[beside]), np.median(level[~beside])
    alike = np.abs(level - of_desk) < np.abs(level - of_paper)
    _, labels = cv2.connectedComponents((beside | alike).view(np.uint8), connectivity=4)
    return np.isin(labels, np.unique(labels[beside]))


def _corners(outline: Points, shape: tuple[int, ...]) -> Points | None:
    """The corners of a sheet that is seen whole, clockwise from the upper left one, float32 (4, 2).

    None where it has no four corners inside of the picture, or is upright and a rectangle already.
    """
    length = cv2.arcLength(outline, True)
    polygons = (cv2.approxPolyDP(outline, share * length, True)[:, 0] for share in (0.02, 0.04, 0.06, 0.08))
    corners = next((polygon for polygon in polygons if len(polygon) <= 4), None)
    if corners is None or len(corners) != 4 or not cv2.isContourConvex(corners):
        return None
    if cv2.contourArea(outline) < _FILLED * cv2.contourArea(corners):
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


def _straighten(grey: NDArray[np.uint8], corners: Points) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """What lies between four `corners` as a rectangle, and the matrix that leads back."""
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    width, height = max(sides[0], sides[2]), max(sides[1], sides[3])
    smaller = min(1.0, LONGEST_PX / max(width, height))
    width, height = (max(1, round(float(side) * smaller)) for side in (width, height))
    whole = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    forth = cv2.getPerspectiveTransform(corners, whole)
    # Places count from the corners of pixels, OpenCV's from their middles.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    of_middles = np.linalg.inv(half) @ forth @ half
    straight = cv2.warpPerspective(grey, of_middles, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(straight, dtype=np.uint8), np.asarray(np.linalg.inv(forth), dtype=np.float64)
