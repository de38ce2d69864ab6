"""Faces: rings with two eyes and a mouth, which to a network for digits look like zeros."""

import cv2
import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.int64]

_LEFT, _TOP, _WIDTH, _HEIGHT = range(4)  # columns of connectedComponentsWithStats
_MOST = 100  # pieces that are looked at
_PARTS = 3, 8  # pieces in a face: eyes and mouth at least, and a nose, ears and the like at most
_DUST = 0.03  # of the ring's longer side: what is smaller is no part of it
_SMALL = 0.4  # of the ring's height: what is higher may be a number with a ring around it
_WIDE = 0.25  # of its width: a mouth
_GAP = 0.1  # of its height, by which a hand may miss the start of its ring
_ROUND = 0.6, 0.88  # the share of the narrowest box around it that a ring encloses; frames enclose more


def find_faces(ink: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where faces are, bool (H, W), in ink of float32 (H, W), 0 paper."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0).view(np.uint8), connectivity=8)
    boxes = stats.astype(np.int64)
    of_faces = np.zeros(count, dtype=bool)
    tallest = 1 + np.argsort(-boxes[1:, _HEIGHT], kind="stable")[:_MOST]
    for ring in tallest:
        inside = _inside(boxes, ring)
        if (
            _PARTS[0] <= len(inside) <= _PARTS[1]
            and _are_features(boxes[inside], boxes[ring])
            and _is_round(labels == ring, boxes[ring])
        ):
            of_faces[[ring, *inside]] = True
    found: NDArray[np.bool_] = of_faces[labels]
    return found


def _inside(boxes: Boxes, ring: int) -> NDArray[np.int64]:
    """The numbers of the pieces whose boxes lie within that of `ring`."""
    start, size = boxes[:, [_LEFT, _TOP]], boxes[:, [_WIDTH, _HEIGHT]]
    within = (start > start[ring]) & (start + size < start[ring] + size[ring])
    is_dust = size.max(axis=1) < _DUST * size[ring].max()
    return np.flatnonzero(within.all(axis=1) & ~is_dust)


def _are_features(parts: Boxes, ring: NDArray[np.int64]) -> bool:
    """Whether pieces are two eyes beside each other and a mouth below them."""
    if parts[:, _HEIGHT].max() > _SMALL * ring[_HEIGHT]:
        return False
    middle_x = parts[:, _LEFT] + parts[:, _WIDTH] / 2
    middle_y = parts[:, _TOP] + parts[:, _HEIGHT] / 2
    is_above = middle_y < ring[_TOP] + ring[_HEIGHT] / 2
    is_left = middle_x < ring[_LEFT] + ring[_WIDTH] / 2
    is_mouth = ~is_above & (parts[:, _WIDTH] >= _WIDE * ring[_WIDTH])
    return bool((is_above & is_left).any() and (is_above & ~is_left).any() and is_mouth.any())


def _is_round(ink: NDArray[np.bool_], ring: NDArray[np.int64]) -> bool:
    """Whether ink, its `ring` in all of the picture, encloses about as much as a circle does."""
    left, top, width, height = ring[:4]
    pad = round(_GAP * height) + 2
    own = np.pad(ink[top : top + height, left : left + width].view(np.uint8), pad)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (pad, pad))
    closed = cv2.morphologyEx(own, cv2.MORPH_CLOSE, kernel)
    contours, hierarchy = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    areas = np.array([cv2.contourArea(contour) for contour in contours])
    is_hole = hierarchy[0, :, 3] >= 0
    outer = int(areas.argmax())
    _, (long, short), _ = cv2.minAreaRect(contours[outer])
    share = areas[outer] / (long * short)
    return bool(
        is_hole.any() and areas[is_hole].max() > 0.5 * areas[outer] and _ROUND[0] <= share <= _ROUND[1]
    )
