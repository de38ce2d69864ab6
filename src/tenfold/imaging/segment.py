"""Ink as lines of pieces: each connected, a digit or several, a part of one, or something else.

Connected ink is grouped into lines by its vertical overlap. Where digits begin and end is decided by who can
read them.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.bounds import MAX_DIGITS, MAX_LINES, MAX_OVERLAP, MAX_PIECES, check_bound
from tenfold.imaging.grouping import Row, attach, attach_dots, chain, typical_height, whole_rows
from tenfold.imaging.normalize import BOX_PX
from tenfold.imaging.strip import LONGEST_PX

# Among more pieces than the first, those smaller than the second both ways are noise: digits as small as that
# cannot be read.
_CROWD, _DUST_PX = 2_000, 6
# Shares of the height of the digits.
_SPECK = 0.18  # smaller both ways: dust, or the dots of numbers
_BODY = 0.6  # lower ink is a dash, a comma, a small 0, or a part of a digit
# An edge of a page or a frame is so many times longer than thick, or it fills so little of its box and lies
# mostly in a rim of that share of the picture's shorter side; the rest is at least so much of all ink.
_BORDER, _HOLLOW, _RIM, _REST = 8, 0.15, 0.1, 0.03


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels: its left and top edge, its width and height. `x` and `y` count from 0."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column beyond the box."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.y + self.height


@dataclass(frozen=True, slots=True, eq=False)
class TextLine:
    """A line: the boxes of its pieces, left to right, the box around them, its digits' height in pixels."""

    pieces: tuple[Box, ...]
    box: Box
    height: float
    _ink: NDArray[np.float32]  # of the picture, as all lines share it
    _owners: NDArray[np.int32]  # for each pixel the number of its line
    _number: int

    @property
    def ink(self) -> NDArray[np.float32]:
        """Float32 (box.height, box.width): the ink of this line alone, in an array of its own."""
        window = np.s_[self.box.y : self.box.bottom, self.box.x : self.box.right]
        return np.where(self._owners[window] == self._number, self._ink[window], np.float32(0))


def segment(ink: NDArray[np.float32], name: str = "this picture") -> list[TextLine]:
    """The lines in ink float32 (H, W), top to bottom; what is connected is one piece.

    Where some lines are whole and others are cut off by the edge of the picture, or far lower than the rest,
    only the whole and high ones count. Raises ImageError, which calls the picture by its `name`, for more of
    anything than `bounds` says.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0).view(np.uint8), connectivity=8)
    boxes = stats[1:, :4]
    strokes = _without_borders(boxes, stats[1:, 4], labels)
    if len(strokes) > _CROWD:
        strokes = strokes[(boxes[strokes, 2:4] >= _DUST_PX).any(axis=1)]
    if not len(strokes):
        return []
    tall = typical_height(boxes[strokes, 3])
    kept = strokes[(boxes[strokes, 2:4] > _SPECK * tall).any(axis=1)]
    check_bound(len(kept), MAX_PIECES, "{:,} separate marks", name)
    bodies = kept[boxes[kept, 3] >= _BODY * tall]
    rows = whole_rows(boxes, chain(boxes, bodies), ink.shape)
    check_bound(len(rows), MAX_LINES, "{:,} lines", name)
    attach(boxes, rows, np.setdiff1d(kept, bodies), tall)
    if len(strokes) <= _CROWD:
        attach_dots(boxes, rows, np.setdiff1d(strokes, kept), tall)
    lines = _lines(ink, labels, boxes, rows)
    _check_extent(lines, ink.size, name)
    return lines


def _check_extent(lines: list[TextLine], pixels: int, name: str) -> None:
    """A line costs what the digits would that it has room for; one that reaches over others costs more."""
    room = sum(min(line.box.width / line.height, LONGEST_PX / BOX_PX) for line in lines)
    check_bound(round(room), MAX_DIGITS, "room for {:,} digits in its lines", name)
    area = sum(line.box.width * line.box.height for line in lines)
    check_bound(round(area / pixels), MAX_OVERLAP, "{:,} lines of ink upon each other", name)


def _lines(
    ink: NDArray[np.float32], labels: NDArray[Any], boxes: NDArray[Any], rows: list[Row]
) -> list[TextLine]:
    owner = np.full(len(boxes) + 1, -1, dtype=np.int32)  # of each label
    for number, row in enumerate(rows):
        owner[np.array(row) + 1] = number
    owners = owner[labels]
    lines = []
    for number, row in enumerate(rows):
        pieces = sorted((Box(*map(int, boxes[index])) for index in row), key=_middle)
        line = TextLine(
            tuple(pieces), _around(boxes[row]), typical_height(boxes[row, 3]), ink, owners, number
        )
        lines.append((float(np.mean(boxes[row, 1] + boxes[row, 3] / 2)), line))
    return [line for _, line in sorted(lines, key=lambda entry: entry[0])]


def _without_borders(boxes: NDArray[Any], areas: NDArray[Any], labels: NDArray[Any]) -> NDArray[Any]:
    """The components that are no edge of a page: long, thin, and in touch with the picture's edge."""
    shape = labels.shape
    x, y, width, height = boxes.T
    at_edge = (x == 0) | (y == 0) | (x + width == shape[1]) | (y + height == shape[0])
    thin = np.maximum(width, height) > _BORDER * np.minimum(width, height)
    hollow = areas < _HOLLOW * width * height
    long = (width > shape[1] / 2) | (height > shape[0] / 2)
    suspect = at_edge & long & (thin | hollow)
    if (suspect & ~thin).any():
        suspect &= thin | _lie_along_the_edge(labels, areas)
    inside = ~suspect
    if areas[inside].sum() < _REST * areas.sum():
        return np.arange(len(boxes))
    return np.flatnonzero(inside)


def _lie_along_the_edge(labels: NDArray[Any], areas: NDArray[Any]) -> NDArray[np.bool_]:
    """Of which components most is near the picture's edge, as that of a slash beside it is not."""
    rim = round(_RIM * min(labels.shape))
    inner = labels[rim : labels.shape[0] - rim, rim : labels.shape[1] - rim]
    counts = np.bincount(inner.ravel(), minlength=len(areas) + 1)[1:]
    return np.asarray(counts < areas / 2)


def _around(boxes: NDArray[Any]) -> Box:
    """The box around `boxes`."""
    left, top = boxes[:, :2].min(axis=0).tolist()
    right, bottom = (boxes[:, :2] + boxes[:, 2:4]).max(axis=0).tolist()
    return Box(left, top, right - left, bottom - top)


def _middle(box: Box) -> float:
    return box.x + box.width / 2
