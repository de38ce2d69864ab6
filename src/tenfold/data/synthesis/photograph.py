"""A sheet as cameras and scanners show it: on a desk, tilted, in uneven light, blurred, noisy, compressed."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthesis.sheet import Sheet
from tenfold.imaging.layout import Region

Rng = np.random.Generator
Grey = NDArray[np.float32]  # (h, w), 0 black .. 255 white
Codes = NDArray[np.uint8]  # (h, w)
_STRONGEST_TEXTURE = 30  # grey levels of the paper's texture: as strong as felt or bark


def photograph(sheet: Sheet, side: int, rng: Rng, *, crop: bool = False) -> tuple[NDArray[np.uint8], Codes]:
    """Grey levels uint8 (h, w), both sides at most `side`, and the code of each pixel, as on the sheet.

    A `crop` shows little more than the writing, like a picture of one field or one digit.
    """
    paper = rng.uniform(130, 255)
    depth = rng.uniform(0.4, 0.97)
    grey = (paper * (1 - depth * sheet.ink)).astype(np.float32)
    if rng.random() < 0.35:
        grey += _texture(sheet.shape, rng) * math.exp(rng.uniform(0, math.log(_STRONGEST_TEXTURE)))
    if not crop and rng.random() < 0.35:
        grey, codes = _on_a_desk(grey, sheet.codes, side, paper, rng)
    else:
        grey, codes = _close_up(grey, sheet.codes, side, paper, rng)
    grey = _light(grey, rng)
    if rng.random() < 0.12:
        grey = 255 - grey
    close = not (codes == Region.SURROUNDINGS).any()
    grey = _camera(grey, rng, black_and_white=close and rng.random() < 0.15)
    window = _around_ink(codes, rng) if crop else _anywhere(side, rng) if rng.random() < 0.1 else None
    if window:
        grey, codes = grey[window], codes[window]
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8), codes


def _warp(
    grey: Grey, codes: Codes, corners: NDArray[np.float32], side: int, desk: Grey
) -> tuple[Grey, Codes]:
    """The sheet with its corners, clockwise from the upper left, at `corners` (4, 2) on the `desk`."""
    height, width = grey.shape
    of_sheet = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(of_sheet, corners.astype(np.float32))
    size = side, side
    inside = cv2.warpPerspective(np.ones_like(grey), matrix, size)
    seen = cv2.warpPerspective(grey, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    where = cv2.warpPerspective(codes, matrix, size, flags=cv2.INTER_NEAREST)
    where[inside < 0.5] = Region.SURROUNDINGS
    return np.asarray(seen * inside + desk * (1 - inside), dtype=np.float32), where.astype(np.uint8)


def _on_a_desk(grey: Grey, codes: Codes, side: int, paper: float, rng: Rng) -> tuple[Grey, Codes]:
    height, width = grey.shape
    turn = rng.normal(0, 0.12) if rng.random() < 0.85 else rng.uniform(-math.pi, math.pi)
    room = side * rng.uniform(0.45, 1.15) / max(height, width)
    across = np.array([math.cos(turn), math.sin(turn)]) * width * room / 2
    down = np.array([-math.sin(turn), math.cos(turn)]) * height * room / 2
    middle = side / 2 + rng.normal(0, 0.08 * side, 2)
    corners = np.array(
        [middle - across - down, middle + across - down, middle + across + down, middle - across + down]
    )
    corners += rng.normal(0, 0.03 * side, (4, 2))
    level = rng.uniform(5, 0.85 * paper) if rng.random() < 0.85 else rng.uniform(min(paper + 15, 250), 255)
    desk = np.full((side, side), level, dtype=np.float32)
    for _ in range(int(rng.integers(0, 4))):
        desk += _texture((side, side), rng) * rng.uniform(2, 22)
    if rng.random() < 0.3:  # grain of wood
        rows = np.cumsum(rng.normal(0, 1, side)).astype(np.float32)
        desk += (rows - rows.mean())[:, None] * rng.uniform(0.5, 3)
    for _ in range(int(rng.integers(0, 4)) if rng.random() < 0.5 else 0):  # pens and other things
        ends = rng.uniform(0, side, (2, 2)).round().astype(int).tolist()
        cv2.line(desk, ends[0], ends[1], float(rng.uniform(0, 255)), int(rng.integers(2, 30)), cv2.LINE_AA)
    if rng.random() < 0.5:  # the sheet's shadow
        moved = corners + rng.normal(0, 4, 2)
        shade = np.zeros_like(desk)
        cv2.fillPoly(shade, [np.rint(moved).astype(np.int32)], float(rng.uniform(0.2, 0.6)))
        desk *= 1 - _blurred(shade, float(rng.uniform(1, 8)))
    return _warp(grey, codes, corners.astype(np.float32), side, desk)


def _close_up(grey: Grey, codes: Codes, side: int, paper: float, rng: Rng) -> tuple[Grey, Codes]:
    height, width = grey.shape
    turn = rng.normal(0, 0.03) if rng.random() < 0.9 else rng.choice([-1, 1, 2]) * math.pi / 2
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float64)
    middle = np.array([side / 2, side / 2]) if abs(turn) > 0.5 else np.array([width / 2, height / 2])
    turned = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    corners = (corners - (width / 2, height / 2)) @ turned + middle
    corners += rng.normal(0, 0.008 * side, (4, 2))
    desk = np.full((side, side), paper, dtype=np.float32)
    grey, codes = _warp(grey, codes, corners.astype(np.float32), side, desk)
    codes[codes == Region.SURROUNDINGS] = Region.PAPER
    return grey, codes


def _around_ink(codes: Codes, rng: Rng) -> tuple[slice, slice]:
    """The bounding box of the writing, with a random margin."""
    x, y, width, height = cv2.boundingRect((codes != Region.PAPER).view(np.uint8))
    before, after, left, right = rng.uniform(0, 0.5, 4) * min(width, height) + rng.uniform(0, 4, 4)
    rows = slice(max(round(y - before), 0), round(y + height + after) + 1)
    return rows, slice(max(round(x - left), 0), round(x + width + right) + 1)


def _anywhere(side: int, rng: Rng) -> tuple[slice, slice]:
    height, width = (int(rng.integers(side // 6, side)) for _ in range(2))
    top, left = int(rng.integers(0, side - height)), int(rng.integers(0, side - width))
    return slice(top, top + height), slice(left, left + width)


def _texture(shape: tuple[int, int], rng: Rng) -> Grey:
    grain = int(rng.integers(2, 64)), int(rng.integers(2, 64))
    return np.asarray(
        cv2.resize(rng.normal(0, 1, grain).astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC),
        dtype=np.float32,
    )


def _light(grey: Grey, rng: Rng) -> Grey:
    side = len(grey)
    kind = rng.random()
    if kind < 0.55:
        down, across = rng.normal(0, 0.18, 2)
        ramp = np.linspace(-0.5, 0.5, side)
        grey = grey * (1 + down * ramp[:, None] + across * ramp[None]).astype(np.float32)
    if kind < 0.2:  # the shadow of a hand or a telephone
        shade = np.zeros_like(grey)
        points = rng.uniform(-0.3, 1.3, (int(rng.integers(3, 6)), 2)) * side
        cv2.fillConvexPoly(shade, cv2.convexHull(points.astype(np.int32)), 1.0)
        shade = _blurred(shade, float(rng.uniform(1, 20)))
        grey = grey * (1 - shade * rng.uniform(0.15, 0.5))
    return np.asarray(grey, dtype=np.float32)


def _camera(grey: Grey, rng: Rng, *, black_and_white: bool) -> Grey:
    if rng.random() < 0.5:
        grey = _blurred(grey, float(rng.uniform(0.3, 1.6)))
    if rng.random() < 0.15:
        factor = rng.uniform(0.4, 0.9)
        small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        grey = np.asarray(cv2.resize(small, grey.shape[::-1]), dtype=np.float32)
    if rng.random() < 0.5:
        grey = grey + rng.normal(0, rng.uniform(0.5, 9), grey.shape).astype(np.float32)
    if black_and_white:  # as some scanners and fax machines
        low, high = np.percentile(grey, (1, 90))
        return np.where(grey > low + rng.uniform(0.3, 0.8) * (high - low), 255, 0).astype(np.float32)
    if rng.random() < 0.5:
        quality = int(rng.integers(25, 95))
        _, code = cv2.imencode(
            ".jpg", np.clip(grey, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality]
        )
        grey = np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE), dtype=np.float32)
    return grey


def _blurred(grey: Grey, sigma: float) -> Grey:
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), sigma), dtype=np.float32)
