"""UNIPEN's file format: the ways of a pen, and which pieces of them belong together.

A file lists ways, on paper (.PEN_DOWN) and through the air (.PEN_UP), and says which pieces of them are a
character, e.g. 3:12-4: from point 12 of way 3 to the end of way 4 (I. Guyon et al., "UNIPEN 1.0 format
definition", 1994).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import DataError

Way = NDArray[np.float32]  # (n, 2), x to the right and y up, in the digitizer's units

_PIECES = re.compile(r"(\d+)(?::(\d+))?(?:-(\d+)(?::(\d+))?)?")
_WITHIN_A_WAY = (".DT", ".START_BOX", ".COMMENT")  # do not end the list of its points


@dataclass(frozen=True)
class Recording:
    """What a writer's pen did: its ways, on paper or None for one through the air, as segments count them."""

    ways: list[Way | None]
    writer: str | None


def read_recording(texts: Iterable[str], origin: str) -> Recording:
    """The pen's ways in `texts`, one after another. A way through the air counts where it was recorded.

    Raises DataError, about `origin`, where the points have no coordinates X and Y.
    """
    ways: list[tuple[str, list[list[float]]]] = []
    columns, writer = ["X", "Y"], None
    for text in texts:
        open_way: list[list[float]] | None = None
        for line in text.splitlines():
            keyword, *values = line.split() or [""]
            if not keyword.startswith("."):
                if open_way is not None and keyword:
                    open_way += _point([keyword, *values])
            elif keyword in (".PEN_DOWN", ".PEN_UP"):
                open_way = _point(values) if values else []
                ways.append((keyword, open_way))
            elif keyword not in _WITHIN_A_WAY:
                open_way = None
                if keyword == ".COORD" and values:
                    columns = values
                elif keyword == ".WRITER_ID" and values:
                    writer = " ".join(values)
    if not {"X", "Y"} <= set(columns):
        raise DataError(f"expected {origin} to have the coordinates X and Y, received {' '.join(columns)}")
    x, y = columns.index("X"), columns.index("Y")
    return Recording(
        [
            _as_way(points, x, y) if keyword == ".PEN_DOWN" else None
            for keyword, points in ways
            if keyword == ".PEN_DOWN" or points
        ],
        writer,
    )


def strokes_of(pieces: str, ways: Sequence[Way | None]) -> list[Way]:
    """The ways on paper that `pieces` names; none where it is malformed, or names some that are not there."""
    strokes = []
    for piece in pieces.split(","):
        match = _PIECES.fullmatch(piece)
        if match is None:
            return []
        first, last = int(match[1]), int(match[3] or match[1])
        for index in range(first, last + 1):
            if index >= len(ways):
                return []
            way = ways[index]
            if way is None:
                continue
            begin = int(match[2] or 0) if index == first else 0
            end = int(match[4]) + 1 if index == last and match[4] else len(way)
            strokes.append(way[begin:end])
    return [stroke for stroke in strokes if len(stroke)]


def _point(words: Sequence[str]) -> list[list[float]]:
    """The point that a line of numbers says, or nothing."""
    try:
        return [[float(word) for word in words]]
    except ValueError:
        return []


def _as_way(points: Sequence[Sequence[float]], x: int, y: int) -> Way:
    whole = [(point[x], point[y]) for point in points if len(point) > max(x, y)]
    return np.array(whole, dtype=np.float32).reshape(-1, 2)
