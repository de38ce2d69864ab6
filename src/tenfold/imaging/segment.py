"""Ink as lines of pieces: each connected, a digit or several, a part of one, or something else.

Connected ink is grouped into lines by its vertical overlap. Where digits begin and end is decided by who can
read them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.box import Box

# Shares of the height of the digits.
_SPECK = 0.18  # smaller both ways: dust and dots
_BODY = 0.6  # lower ink is a dash, a comma, a small 0, or a part of a digit
_FLAT, _BAR = 0.25, 0.5  # lower than the one and wider than the other: a bar
_TOP = 0.35  # a bar in this upper part of a digit may be the top of a 5
_REACH = 0.35  # parts so far above or below still belong to a line
# An edge of a page or a frame is so many times longer than thick, or it fills so little of its box and lies
# mostly in a rim of that share of the picture's shorter side; the rest is at least so much of all ink.
_BORDER, _HOLLOW, _RIM, _REST = 8, 0.15, 0.1, 0.03
_CUT_OFF = 0.3  # of a line's digits in touch with the edge: cut off by it
_SMALL_PRINT = 0.4  # lines this much lower than the highest are no part of what was written


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Connected ink: where it lies, and float32 (box.height, box.width) of it alone."""

    box: Box
    ink: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class TextLine:
    """The pieces of a line, left to right, and the height of its digits in pixels."""

    pieces: tuple[Piece, ...]
    height: float


def segment(ink: NDArray[np.float32]) -> list[TextLine]:
    """The lines in ink float32 (H, W), top to bottom; what is connected is one piece.

    Where some lines are whole and others are cut off by the edge of the picture, or far lower than the rest,
    only the whole and high ones count.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0).view(np.uint8), connectivity=8)
    if count == 1:
        return []
    boxes = stats[1:, :4]
    boxes_of_strokes = _without_borders(boxes, stats[1:, 4], labels)
    tall = typical_height(boxes[boxes_of_strokes, 3])
    kept = boxes_of_strokes[(boxes[boxes_of_strokes, 2:4] > _SPECK * tall).any(axis=1)]
    bodies = kept[boxes[kept, 3] >= _BODY * tall]
    rows = _chain(boxes, bodies)
    rows = _whole_rows(boxes, rows, ink.shape)
    _attach(boxes, rows, np.setdiff1d(kept, bodies), tall)
    lines = []
    for row in rows:
        height = typical_height(boxes[row, 3])
        pieces = [_piece(ink, labels, i + 1, Box(*map(int, boxes[i]))) for i in row]
        pieces.sort(key=_middle)
        middle = float(np.mean(boxes[row, 1] + boxes[row, 3] / 2))
        lines.append((middle, TextLine(tuple(pieces), height)))
    return [line for _, line in sorted(lines, key=lambda entry: entry[0])]


def join(pieces: Sequence[Piece]) -> tuple[Box, NDArray[np.float32]]:
    """The box around the pieces, and their ink in it."""
    left, top = min(p.box.x for p in pieces), min(p.box.y for p in pieces)
    right, bottom = max(p.box.right for p in pieces), max(p.box.bottom for p in pieces)
    ink = np.zeros((bottom - top, right - left), dtype=np.float32)
    for piece in pieces:
        y, x = piece.box.y - top, piece.box.x - left
        view = ink[y : y + piece.box.height, x : x + piece.box.width]
        np.maximum(view, piece.ink, out=view)
    return Box(left, top, right - left, bottom - top), ink


def typical_height(heights: NDArray[Any]) -> float:
    """The median of the heights, each counted as often as it is high, so that many specks weigh little."""
    ordered = np.sort(heights)
    share = np.cumsum(ordered)
    return float(ordered[np.searchsorted(share, share[-1] / 2)])


def _chain(boxes: NDArray[Any], bodies: NDArray[Any]) -> list[list[int]]:
    """Bodies as lines: from left to right, each joins the line whose end it overlaps most in height."""
    rows: list[list[int]] = []
    for index in bodies[np.argsort(boxes[bodies, 0])]:
        top, height = boxes[index, 1], boxes[index, 3]
        best, most = None, 0.4
        for row in rows:
            other = boxes[row[-1]]
            shared = min(top + height, other[1] + other[3]) - max(top, other[1])
            if shared / min(height, other[3]) > most:
                best, most = row, shared / min(height, other[3])
        if best is None:
            rows.append([int(index)])
        else:
            best.append(int(index))
    return rows


def _without_borders(boxes: NDArray[Any], areas: NDArray[Any], labels: NDArray[Any]) -> NDArray[Any]:
    """The components that are no edge of a page: long, thin, and in touch with the picture's edge."""
    shape = labels.shape
    x, y, width, height = boxes.T
    at_edge = (x == 0) | (y == 0) | (x + width == shape[1]) | (y + height == shape[0])
    thin = np.maximum(width, height) > _BORDER * np.minimum(width, height)
    hollow = areas < _HOLLOW * width * height
    long = (width > shape[1] / 2) | (height > shape[0] / 2)
    suspect = at_edge & long & (thin | hollow)
    for index in np.flatnonzero(suspect & ~thin):
        suspect[index] = _lies_along_the_edge(labels == index + 1)
    inside = ~suspect
    if areas[inside].sum() < _REST * areas.sum():
        return np.arange(len(boxes))
    return np.flatnonzero(inside)


def _lies_along_the_edge(inked: NDArray[np.bool_]) -> bool:
    """Whether most of this ink, (H, W), is near the picture's edge, as that of a slash beside it is not."""
    rim = round(_RIM * min(inked.shape))
    inner = inked[rim : inked.shape[0] - rim, rim : inked.shape[1] - rim]
    return bool(np.count_nonzero(inner) < np.count_nonzero(inked) / 2)


def _whole_rows(boxes: NDArray[Any], rows: list[list[int]], shape: tuple[int, ...]) -> list[list[int]]:
    """Leave out rows that the picture's edge cuts off, and small print, as long as others remain."""
    x, y, width, height = boxes.T
    cut_off = (x == 0) | (y == 0) | (x + width == shape[1]) | (y + height == shape[0])
    whole = [row for row in rows if cut_off[row].mean() < _CUT_OFF] or rows
    highest = max((typical_height(height[row]) for row in whole), default=0.0)
    return [row for row in whole if typical_height(height[row]) >= _SMALL_PRINT * highest]


def _attach(boxes: NDArray[Any], rows: list[list[int]], parts: NDArray[Any], tall: float) -> None:
    """Add the small parts to the rows in whose height they lie, but for dashes and underlinings."""
    bodies = [list(row) for row in rows]
    for index in parts:
        x, y, width, height = boxes[index]
        middle, best, nearest = y + height / 2, None, _REACH * tall
        for row, of_row in zip(rows, bodies, strict=True):
            near = of_row[int(np.argmin(np.abs(boxes[of_row, 0] + boxes[of_row, 2] / 2 - x - width / 2)))]
            top, bottom = boxes[near, 1], boxes[near, 1] + boxes[near, 3]
            distance = max(top - middle, middle - bottom, 0)
            is_bar = height < _FLAT * tall and width > _BAR * tall
            if distance < nearest and not (is_bar and middle > top + _TOP * boxes[near, 3]):
                best, nearest = row, distance
        if best is not None:
            best.append(int(index))


def _piece(ink: NDArray[np.float32], labels: NDArray[Any], label: int, box: Box) -> Piece:
    window = np.s_[box.y : box.bottom, box.x : box.right]
    return Piece(box, np.where(labels[window] == label, ink[window], np.float32(0)))


def _middle(piece: Piece) -> float:
    return piece.box.x + piece.box.width / 2
