"""Faces: rings around two eyes and a mouth, which a digit classifier takes for zeros."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.components import find_components

Boxes = NDArray[np.int32]

_LEFT, _TOP, _WIDTH, _HEIGHT = range(4)  # columns of the statistics of components
# Set by hand so that drawn faces are found, and digits, ringed numbers and frames are not
# (tests/imaging/test_faces.py).
_MAX_RINGS = 100  # only the tallest components are examined as rings, which bounds the time
_MIN_FEATURES, _MAX_FEATURES = 3, 8  # two eyes and a mouth; a nose, brows and hair may be added
_DUST = 0.03  # of the ring's longer side: smaller components, such as specks of noise, are not features
_MAX_FEATURE_HEIGHT = 0.4  # of the ring's height: taller components may be digits of a ringed number
_MIN_MOUTH_WIDTH = 0.25  # of the ring's width: wider than an eye or a nose
_MAX_GAP = 0.1  # of the ring's height: the end of a hand-drawn ring may miss its start by this much
# A ring's area as a share of its minimum-area rectangle: pi / 4 = 0.79 for an ellipse, with some room for
# uneven hands; 1 for a rectangular frame.
_MIN_ROUND, _MAX_ROUND = 0.6, 0.88
_MIN_HOLE = 0.5  # of the ring's area: a ring is mostly hollow, a blob is not


def find_faces(ink: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which pixels belong to faces, bool (H, W), in ink float32 (H, W), 0 paper."""
    labels, stats = find_components(ink)
    boxes = stats[:, :4]
    in_face = np.zeros(len(boxes), dtype=bool)
    tallest = 1 + np.argsort(-boxes[1:, _HEIGHT], kind="stable")[:_MAX_RINGS]
    for ring in tallest:
        inside = _inside(boxes, ring)
        if (
            _MIN_FEATURES <= len(inside) <= _MAX_FEATURES
            and _are_features(boxes[inside], boxes[ring])
            and _is_round(labels == ring, boxes[ring])
        ):
            in_face[[ring, *inside]] = True
    return np.asarray(in_face[labels])


def _inside(boxes: Boxes, ring: int) -> NDArray[np.int64]:
    """The indices of the components whose bounding boxes lie inside that of `ring`."""
    start, size = boxes[:, :_WIDTH], boxes[:, _WIDTH:]
    # Comparing one column first is much faster where a page has a million components.
    left, end = boxes[:, _LEFT], boxes[ring, _LEFT] + boxes[ring, _WIDTH]
    near = np.flatnonzero((left > left[ring]) & (left < end))
    is_within = (start[near] > start[ring]) & (start[near] + size[near] < start[ring] + size[ring])
    is_dust = size[near].max(axis=1) < _DUST * size[ring].max()
    return np.asarray(near[is_within.all(axis=1) & ~is_dust])


def _are_features(features: Boxes, ring: NDArray[np.int32]) -> bool:
    """Whether components include an eye on either side and a mouth below them."""
    if features[:, _HEIGHT].max() > _MAX_FEATURE_HEIGHT * ring[_HEIGHT]:
        return False
    middle_x = features[:, _LEFT] + features[:, _WIDTH] / 2
    middle_y = features[:, _TOP] + features[:, _HEIGHT] / 2
    is_above = middle_y < ring[_TOP] + ring[_HEIGHT] / 2
    is_left = middle_x < ring[_LEFT] + ring[_WIDTH] / 2
    is_mouth = ~is_above & (features[:, _WIDTH] >= _MIN_MOUTH_WIDTH * ring[_WIDTH])
    return bool((is_above & is_left).any() and (is_above & ~is_left).any() and is_mouth.any())


def _is_round(ink: NDArray[np.bool_], ring: NDArray[np.int32]) -> bool:
    """Whether the component `ring`, the True pixels of `ink`, is a closed and roughly elliptical outline."""
    left, top, width, height = ring[:4]
    pad = round(_MAX_GAP * height) + 2
    mask = np.pad(ink[top : top + height, left : left + width].view(np.uint8), pad)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (pad, pad))
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel)
    contours, hierarchy = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    areas = np.array([cv2.contourArea(contour) for contour in contours])
    is_hole = hierarchy[0, :, 3] >= 0
    outer = int(areas.argmax())
    _, (long, short), _ = cv2.minAreaRect(contours[outer])
    share = areas[outer] / (long * short)
    return bool(
        is_hole.any()
        and areas[is_hole].max() > _MIN_HOLE * areas[outer]
        and _MIN_ROUND <= share <= _MAX_ROUND
    )
