"""UNIPEN's file format: pen paths, and which parts of them form a character.

A file lists paths, on paper (.PEN_DOWN) and in the air (.PEN_UP), and says which parts of them are a
character, e.g. 3:12-4: from point 12 of path 3 to the end of path 4 (I. Guyon et al., "UNIPEN 1.0 format
definition", 1994).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import DataError

PenPath = NDArray[np.float32]  # (n, 2), x to the right and y up, in the digitizer's units

_PIECES = re.compile(r"(\d+)(?::(\d+))?(?:-(\d+)(?::(\d+))?)?")
_WITHIN_A_PATH = (".DT", ".START_BOX", ".COMMENT")  # do not end the list of its points


@dataclass(frozen=True)
class Recording:
    """A writer's pen paths, numbered as segments refer to them; None for a path in the air."""

    paths: list[PenPath | None]
    writer: str | None


def read_recording(texts: Iterable[str], origin: str) -> Recording:
    """The pen paths in `texts`, concatenated. Recorded paths in the air count in the numbering.

    Raises DataError, about `origin`, if the points have no coordinates X and Y.
    """
    paths: list[tuple[str, list[list[float]]]] = []
    columns, writer = ["X", "Y"], None
    for text in texts:
        open_path: list[list[float]] | None = None
        for line in text.splitlines():
            keyword, *values = line.split() or [""]
            if not keyword.startswith("."):
                if open_path is not None and keyword:
                    open_path += _point([keyword, *values])
            elif keyword in (".PEN_DOWN", ".PEN_UP"):
                open_path = _point(values) if values else []
                paths.append((keyword, open_path))
            elif keyword not in _WITHIN_A_PATH:
                open_path = None
                if keyword == ".COORD" and values:
                    columns = values
                elif keyword == ".WRITER_ID" and values:
                    writer = " ".join(values)
    if not {"X", "Y"} <= set(columns):
        raise DataError(f"expected {origin} to have the coordinates X and Y, received {' '.join(columns)}")
    x, y = columns.index("X"), columns.index("Y")
    return Recording(
        [
            _as_path(points, x, y) if keyword == ".PEN_DOWN" else None
            for keyword, points in paths
            if keyword == ".PEN_DOWN" or points
        ],
        writer,
    )


def strokes_of(pieces: str, paths: Sequence[PenPath | None]) -> list[PenPath]:
    """The paths on paper that `pieces` refers to; empty if it is malformed or refers to missing ones."""
    strokes = []
    for piece in pieces.split(","):
        match = _PIECES.fullmatch(piece)
        if match is None:
            return []
        first, last = int(match[1]), int(match[3] or match[1])
        for index in range(first, last + 1):
            if index >= len(paths):
                return []
            path = paths[index]
            if path is None:
                continue
            begin = int(match[2] or 0) if index == first else 0
            end = int(match[4]) + 1 if index == last and match[4] else len(path)
            strokes.append(path[begin:end])
    return [stroke for stroke in strokes if len(stroke)]


def _point(words: Sequence[str]) -> list[list[float]]:
    """The point on a line of numbers, or nothing."""
    try:
        return [[float(word) for word in words]]
    except ValueError:
        return []


def _as_path(points: Sequence[Sequence[float]], x: int, y: int) -> PenPath:
    whole = [(point[x], point[y]) for point in points if len(point) > max(x, y)]
    return np.array(whole, dtype=np.float32).reshape(-1, 2)
