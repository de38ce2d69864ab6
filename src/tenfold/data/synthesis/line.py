"""A line of writing: digits side by side, touching or overlapping, degraded and photographed."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthesis import wear
from tenfold.data.synthesis.pen import CANVAS, HEIGHT, Ink
from tenfold.imaging.grouping import typical_height
from tenfold.imaging.strip import HEIGHT_PX, STEP_PX, to_strip

_ROOM = 24  # pixels above and below the digits' canvas, for lines that rise or sink
_ROWS = CANVAS + 2 * _ROOM
_FOOT = _ROOM + (CANVAS + HEIGHT) / 2  # the baseline's row
_INKED = 0.3
_NEAR = 3  # rows up and down within which digits keep their distance
_NARROWEST = 40
_FAINTEST = 0.08  # of the strongest ink; the reader takes anything fainter for paper
_NOTHING = np.zeros((HEIGHT_PX, 6 * STEP_PX), dtype=np.uint8)

Rng = np.random.Generator


class Line:
    """Paper on which one hand writes from left to right, with its own spacing."""

    def __init__(self, rng: Rng) -> None:
        self._rng = rng
        self._paper = np.zeros((_ROWS, 256), dtype=np.float32)
        self._edge = np.full(_ROWS, -1, dtype=np.int64)  # the last inked column of each row, or -1
        self._tops: list[int] = []
        self._bottoms: list[int] = []
        self._gap = _choose_gap(rng)
        self._gap_before = 0.0  # in addition to the usual one
        self._spaces = 0.12 if rng.random() < 0.3 else 0.0
        self._level, self._drift = 0.0, rng.normal(0, 1.2)
        self._unsteady = rng.uniform(0, 3)
        self._on_foot = rng.random() < 0.7
        self._joins = rng.uniform(0.2, 0.9) if rng.random() < 0.18 else 0.0
        self._pen_left: tuple[int, int] | None = None

    def append(self, ink: Ink, *, is_digit: bool) -> None:
        """Write `ink` (h, w) to the right of the previous character."""
        x, y, width, height = cv2.boundingRect((ink > _INKED).view(np.uint8))
        if not width or height > _ROWS:
            return
        ink = ink[y : y + height, x : x + width]
        inked = ink > _INKED
        top = self._top(y, height, is_digit)
        start = max(self._start(inked, top, is_digit), 2)
        self._make_room(start + width)
        place = self._paper[top : top + height, start : start + width]
        np.maximum(place, ink, out=place)
        lasts = np.where(inked.any(axis=1), start + width - 1 - inked[:, ::-1].argmax(axis=1), -1)
        edge = self._edge[top : top + height]
        np.maximum(edge, lasts, out=edge)
        self._level += self._drift
        if is_digit:
            self._join(inked, top, start)
            self._tops.append(top)
            self._bottoms.append(top + height)
            row = self._joint(height)
            self._pen_left = (int(lasts[row]), top + row) if lasts[row] >= 0 else None

    def leave_space(self) -> None:
        """Leave a gap wide enough to separate numbers."""
        self._gap_before = float(self._rng.uniform(16, 60))

    def cross(self, other: "Line") -> None:
        """Let `other`, the line above or below, reach into this line's strip."""
        rise = round(HEIGHT * float(self._rng.uniform(1.1, 1.6))) * (1 if self._rng.random() < 0.5 else -1)
        start = int(self._rng.integers(0, 80))
        width = other._paper.shape[1]
        self._make_room(start + width)
        rows = slice(max(rise, 0), _ROWS + min(rise, 0))
        source = other._paper[max(-rise, 0) : _ROWS + min(-rise, 0)]
        place = self._paper[rows, start : start + width]
        np.maximum(place, source, out=place)

    def picture(self, surround: Callable[[Ink, float, float, Rng], Ink] | None = None) -> NDArray[np.uint8]:
        """The line, degraded and photographed, as a strip uint8 (36, w).

        `surround` receives the ink and the rows of the digits' tops and feet, and adds what a form has
        printed around them.
        """
        rng = self._rng
        width = max(int(self._edge.max()) + 12, _NARROWEST)
        self._make_room(width)
        tops = np.array(self._tops or [round(_FOOT - HEIGHT)])
        bottoms = np.array(self._bottoms or [round(_FOOT)])
        ink = _slant(_rule(self._paper[:, :width], float(np.median(bottoms)), rng), rng)
        if surround is not None:
            ink = surround(ink, float(np.median(tops)), float(np.median(bottoms)), rng)
        for harm, share in _HARMS:
            if rng.random() < share:
                ink = harm(ink, rng)
        factor = ink.shape[0] / _ROWS  # scans may have a lower resolution
        strongest = float(ink.max())
        if strongest <= 0.05:
            return _NOTHING
        ink = ink / strongest
        if rng.random() < 0.5:  # another contrast
            ink = np.clip((ink - rng.uniform(0, 0.25)) / rng.uniform(0.45, 0.9), 0, 1)
        ink[ink < _FAINTEST] = 0
        columns = np.flatnonzero(ink.any(axis=0))
        if not columns.size:
            return _NOTHING
        ink = np.ascontiguousarray(ink[:, columns[0] : columns[-1] + 1], dtype=np.float32)
        # The reader only estimates the height and the middle of the digits.
        height = (
            factor
            * typical_height(bottoms - tops)
            * float(np.exp(rng.normal(0, 0.15 if self._tops else 0.6)))
        )
        middle = factor * float(np.mean(tops + bottoms)) / 2 + rng.normal(0, 0.08) * height
        return to_strip(ink, middle, height).image

    def _top(self, above: int, height: int, is_digit: bool) -> int:
        """The row where ink of a `height`, with `above` blank rows on its canvas, begins."""
        top = _ROOM + above + self._rng.normal(0, 2)
        if is_digit:
            top = (_FOOT - height if self._on_foot else (_ROWS - height) / 2) + self._rng.normal(
                0, self._unsteady
            )
        return int(min(max(round(top + self._level), 0), _ROWS - height))

    def _start(self, inked: NDArray[np.bool_], top: int, is_digit: bool) -> int:
        """The column where ink begins, given this hand's spacing.

        Signs do not overlap the previous character.
        """
        end = int(self._edge.max())
        if end < 0:
            return 0
        gap = self._gap + self._gap_before + float(self._rng.normal(0, 1.5))
        self._gap_before = 0.0
        if self._rng.random() < self._spaces:
            gap += float(self._rng.uniform(10, 45))
        if not is_digit:
            gap = max(gap, 1.0)
        height, width = inked.shape
        firsts = np.where(inked.any(axis=1), inked.argmax(axis=1), width)
        reach = np.ones((2 * _NEAR + 1, 1), np.uint8)
        edge = cv2.dilate(self._edge[:, None].astype(np.float32), reach)[top : top + height, 0]
        adjacent = (edge >= 0) & (firsts < width)
        if not adjacent.any():
            return int(np.rint(end + max(gap, 0) - 0.3 * width * self._rng.random()))
        start = float((edge - firsts)[adjacent].max()) + 1 + gap
        return int(np.rint(max(start, end - (0.6 if is_digit else 0.2) * width)))

    def _join(self, inked: NDArray[np.bool_], top: int, start: int) -> None:
        """Sometimes keep the pen on the paper between two digits."""
        if self._pen_left is None or self._rng.random() >= self._joins:
            return
        row = self._joint(len(inked))
        if inked[row].any():
            begin = start + int(inked[row].argmax()), top + row
            cv2.line(self._paper, self._pen_left, begin, 1.0, int(self._rng.integers(1, 4)), cv2.LINE_AA)

    def _joint(self, height: int) -> int:
        """The row where a joining stroke leaves or meets a digit: often near the top."""
        return int(height * self._rng.random() * (0.25 if self._rng.random() < 0.5 else 1))

    def _make_room(self, width: int) -> None:
        if width > self._paper.shape[1]:
            self._paper = np.pad(self._paper, ((0, 0), (0, width)))


def _choose_gap(rng: Rng) -> float:
    """Pixels between neighbours: far apart, apart, close, or overlapping."""
    rhythm = rng.random()
    low, high = (
        (16, 60) if rhythm < 0.13 else (2, 16) if rhythm < 0.5 else (-1, 5) if rhythm < 0.78 else (-7, 2)
    )
    return float(rng.uniform(low, high))


def _rule(ink: Ink, foot: float, rng: Rng) -> Ink:
    """Sometimes add the remains of a ruling below the digits, or through them."""
    if rng.random() >= 0.28:
        return ink
    ink = ink.copy()
    at, tilt = foot + rng.uniform(-8, 16), rng.normal(0, 0.01)
    strength, thickness = float(rng.uniform(0.3, 1)), int(rng.integers(1, 4))
    whole, x = rng.random() < 0.5, 0.0
    while x < ink.shape[1]:
        length = ink.shape[1] if whole else rng.uniform(3, 30)
        ends = [(round(column), round(at + tilt * column)) for column in (x, x + length)]
        cv2.line(ink, ends[0], ends[1], strength, thickness)
        x += length + rng.uniform(2, 40)
    return ink


def _slant(ink: Ink, rng: Rng) -> Ink:
    """Slant, stretch and rotate the whole line slightly."""
    slant, turn, stretch = rng.normal(-0.12, 0.22), rng.normal(0, 0.012), float(np.exp(rng.normal(0, 0.14)))
    height, width = ink.shape
    aside = abs(slant) * height / 2
    matrix = np.array(
        [
            [stretch, slant, aside - slant * height / 2 + 2],
            [turn * stretch, 1, -turn * stretch * width / 2],
        ]
    )
    size = round(stretch * width + 2 * aside + 4), height
    return np.asarray(cv2.warpAffine(ink, matrix, size, flags=cv2.INTER_LINEAR), dtype=np.float32)


def _break(ink: Ink, rng: Rng) -> Ink:
    """Break strokes along the line."""
    for _ in range(1 + ink.shape[1] // 120):
        ink = wear.break_stroke(ink, rng)
    return ink


_HARMS: tuple[tuple[Callable[[Ink, Rng], Ink], float], ...] = (
    # In the order in which they happen, with their probabilities.
    (wear.dry_out, 0.10),
    (_break, 0.06),
    (wear.rule, 0.04),
    (wear.speckle, 0.10),
    (wear.blur, 0.35),
    (wear.sample, 0.30),
    (wear.add_noise, 0.15),
)
