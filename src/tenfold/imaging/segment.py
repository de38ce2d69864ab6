"""Segment ink into lines of connected components: each a digit, several, part of one, or something else.

Components are grouped into lines by vertical overlap. Where digits begin and end is left to the networks.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.bounds import MAX_COMPONENTS, MAX_DIGITS, MAX_LINES, MAX_OVERLAP, check_bound
from tenfold.imaging.components import find_components, touch_edge
from tenfold.imaging.grouping import (
    Row,
    attach_dots,
    attach_parts,
    chain_into_rows,
    drop_cut_off_rows,
    typical_height,
)
from tenfold.imaging.normalize import BOX_PX
from tenfold.imaging.strip import LONGEST_PX

# Among more components than this, those smaller than this many pixels both ways are noise: digits as small as
# that cannot be read.
_CROWD, _DUST_PX = 2_000, 6
# Shares of the typical height of digits.
_SPECK = 0.18  # smaller both ways: dust, or the dots of numbers
_BODY = 0.6  # anything lower is a dash, a comma, a small 0, or part of a digit
# The edge of a page and a frame have sides of this ratio, or fill less than this share of their bounding box
# and lie mostly in a rim this wide, as a share of the picture's shorter side.
_BORDER_ASPECT, _BORDER_FILL, _RIM = 8, 0.15, 0.1
_MIN_REST = 0.03  # share of all ink that remains without them


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels: its left and top edge, counted from 0, its width and height."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column to the right of the box."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.y + self.height


@dataclass(frozen=True, slots=True, eq=False)
class TextLine:
    """A line of writing: the bounding boxes of its components, left to right, and the one around them all.

    `height` is the typical height of its digits in pixels.
    """

    components: tuple[Box, ...]
    box: Box
    height: float
    _ink: NDArray[np.float32]  # of the whole picture, shared by all lines
    _owners: NDArray[np.int32]  # the index of each pixel's line
    _index: int

    @property
    def ink(self) -> NDArray[np.float32]:
        """The ink of this line alone: float32 (box.height, box.width), a copy."""
        window = np.s_[self.box.y : self.box.bottom, self.box.x : self.box.right]
        return np.where(self._owners[window] == self._index, self._ink[window], np.float32(0))


def segment(ink: NDArray[np.float32], name: str = "this picture") -> list[TextLine]:
    """The lines in ink float32 (H, W), top to bottom.

    If some lines are whole and others are cut off by the picture's edge, or far lower than the rest, only the
    whole and high ones are returned. Raises ImageError, which calls the picture `name`, if a limit of
    `bounds` is exceeded.
    """
    labels, stats = find_components(ink)
    boxes = stats[1:, :4]
    strokes = _without_borders(boxes, stats[1:, 4], labels)
    if len(strokes) > _CROWD:
        strokes = strokes[(boxes[strokes, 2:4] >= _DUST_PX).any(axis=1)]
    if not len(strokes):
        return []
    typical = typical_height(boxes[strokes, 3])
    kept = strokes[(boxes[strokes, 2:4] > _SPECK * typical).any(axis=1)]
    check_bound(len(kept), MAX_COMPONENTS, "{:,} separate marks", name)
    bodies = kept[boxes[kept, 3] >= _BODY * typical]
    rows = drop_cut_off_rows(boxes, chain_into_rows(boxes, bodies), ink.shape)
    check_bound(len(rows), MAX_LINES, "{:,} lines", name)
    attach_parts(boxes, rows, np.setdiff1d(kept, bodies), typical)
    if len(strokes) <= _CROWD:
        attach_dots(boxes, rows, np.setdiff1d(strokes, kept), typical)
    lines = _lines(ink, labels, boxes, rows)
    _check_extent(lines, ink.size, name)
    return lines


def _check_extent(lines: list[TextLine], pixels: int, name: str) -> None:
    """A line costs as much as the digits there is room for in it; lines that overlap others cost more."""
    room = sum(min(line.box.width / line.height, LONGEST_PX / BOX_PX) for line in lines)
    check_bound(round(room), MAX_DIGITS, "room for {:,} digits in its lines", name)
    area = sum(line.box.width * line.box.height for line in lines)
    check_bound(round(area / pixels), MAX_OVERLAP, "{:,} overlapping lines of ink", name)


def _lines(
    ink: NDArray[np.float32], labels: NDArray[Any], boxes: NDArray[Any], rows: list[Row]
) -> list[TextLine]:
    owner_of_label = np.full(len(boxes) + 1, -1, dtype=np.int32)
    for index, row in enumerate(rows):
        owner_of_label[np.array(row) + 1] = index
    owners = owner_of_label[labels]
    lines = []
    for index, row in enumerate(rows):
        components = sorted((Box(*map(int, boxes[component])) for component in row), key=_middle)
        height = typical_height(boxes[row, 3])
        line = TextLine(tuple(components), _bounding_box(boxes[row]), height, ink, owners, index)
        lines.append((float(np.mean(boxes[row, 1] + boxes[row, 3] / 2)), line))
    return [line for _, line in sorted(lines, key=lambda entry: entry[0])]


def _without_borders(boxes: NDArray[Any], areas: NDArray[Any], labels: NDArray[Any]) -> NDArray[Any]:
    """The indices of components that are not the edge of a page or a frame along the picture's edge."""
    height, width = labels.shape
    widths, heights = boxes[:, 2], boxes[:, 3]
    thin = np.maximum(widths, heights) > _BORDER_ASPECT * np.minimum(widths, heights)
    hollow = areas < _BORDER_FILL * widths * heights
    long = (widths > width / 2) | (heights > height / 2)
    is_border = touch_edge(boxes, labels.shape) & long & (thin | hollow)
    if (is_border & ~thin).any():
        is_border &= thin | _lie_in_rim(labels, areas)
    rest = ~is_border
    if areas[rest].sum() < _MIN_REST * areas.sum():
        return np.arange(len(boxes))
    return np.flatnonzero(rest)


def _lie_in_rim(labels: NDArray[Any], areas: NDArray[Any]) -> NDArray[np.bool_]:
    """Which components lie mostly near the picture's edge, unlike a slash that merely touches it."""
    rim = round(_RIM * min(labels.shape))
    inner = labels[rim : labels.shape[0] - rim, rim : labels.shape[1] - rim]
    counts = np.bincount(inner.ravel(), minlength=len(areas) + 1)[1:]
    return np.asarray(counts < areas / 2)


def _bounding_box(boxes: NDArray[Any]) -> Box:
    """The bounding box of `boxes`, int (n, 4) x, y, width, height."""
    left, top = boxes[:, :2].min(axis=0).tolist()
    right, bottom = (boxes[:, :2] + boxes[:, 2:4]).max(axis=0).tolist()
    return Box(left, top, right - left, bottom - top)


def _middle(box: Box) -> float:
    return box.x + box.width / 2
