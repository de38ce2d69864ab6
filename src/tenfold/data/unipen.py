"""Isolated characters out of UNIPEN's own files, as the collection `unipen` in `tenfold.data.pens` has them.

The archive train_r01_v07 (doi 10.5281/zenodo.1195803) has a folder `data` with a folder per category, `1a`
(digits), `1b` (capitals), `1c` (small letters) and `1d` (signs), and in each of them one per institute. Files
there say which pieces of a pen's ways are a character, e.g. 3:12-4: from point 12 of piece 3 to the end of
piece 4. The ways themselves are in files that they include, below `include` (I. Guyon et al., "UNIPEN 1.0
format definition", 1994).
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import DataError

Way = NDArray[np.float32]  # (n, 2), x to the right and y up, in the digitizer's units

_CATEGORIES = ("1a", "1b", "1c", "1d")
_TALL = ("1a", "1b")  # digits and capitals: their height is the writer's unit
_SMALL = 0.8  # of that unit: the usual height of all else
_HUNDREDTHS = 100
_LARGEST = 8  # units; what is larger is no single character
_INCLUDE = re.compile(r"\.INCLUDE\s+(\S+)")
_SEGMENT = re.compile(r'\.SEGMENT\s+CHARACTER\s+(\S+)\s+(\S+)\s+"((?:[^"\\]|\\.)*)"')
_PIECES = re.compile(r"(\d+)(?::(\d+))?(?:-(\d+)(?::(\d+))?)?")
_WITHIN_A_WAY = (".DT", ".START_BOX", ".COMMENT")  # do not end the list of its points


@dataclass(frozen=True)
class _Recording:
    """What a writer's pen did: its ways, on paper or None for one through the air, as segments count them."""

    ways: list[Way | None]
    writer: str | None


@dataclass(frozen=True)
class _Character:
    label: str
    is_tall: bool
    strokes: list[Way]

    @property
    def height(self) -> float:
        rows = np.concatenate(self.strokes)[:, 1]
        return max(float(rows.max() - rows.min()), 1.0)


def read_archive(folder: Path) -> dict[str, NDArray[Any]]:
    """The arrays of the collection, from the folder that has `data` and `include` in it.

    Raises DataError where it has no such characters, OSError as the file system does.
    """
    by_writer: dict[tuple[str, str], list[_Character]] = defaultdict(list)
    for institute, writer, character in _characters(folder):
        by_writer[institute, writer].append(character)
    points, strokes, starts, labels, writers = [], [0], [0], [], []
    for number, key in enumerate(sorted(key for key in by_writer if not _is_sealed(*key))):
        unit = _unit(by_writer[key])
        for character in by_writer[key]:
            ways = _in_units(character.strokes, unit)
            if ways is None:
                continue
            points += ways
            strokes += (strokes[-1] + np.cumsum([len(way) for way in ways])).tolist()
            starts.append(len(strokes) - 1)
            labels.append(character.label)
            writers.append(number)
    if not labels:
        raise DataError(f"expected UNIPEN's folders data and include in {folder}, found no characters there")
    return {
        "points": np.concatenate(points),
        "strokes": np.array(strokes, np.int32),
        "characters": np.array(starts, np.int32),
        "labels": np.array(labels),
        "writers": np.array(writers, np.uint16),
    }


def _is_sealed(institute: str, writer: str) -> bool:
    """Whether this writer is for measuring: one in five, and all of one institute."""
    digest = hashlib.sha256(repr((institute, writer)).encode()).hexdigest()
    return int(digest, 16) % 5 == 0 or institute == "uqb"


def _unit(characters: Sequence[_Character]) -> float:
    """The writer's usual height of a digit or a capital."""
    tall = [character.height for character in characters if character.is_tall]
    if tall:
        return float(np.median(tall))
    return float(np.median([character.height for character in characters])) / _SMALL


def _in_units(strokes: Sequence[Way], unit: float) -> list[NDArray[np.int16]] | None:
    """The strokes in hundredths of the unit from their upper left corner, y down; None for no character."""
    together = np.concatenate(strokes)
    if not np.isfinite(together).all() or np.ptp(together, axis=0).max() / unit > _LARGEST:
        return None
    left, top = together[:, 0].min(), together[:, 1].max()
    ways = []
    for stroke in strokes:
        moved = np.stack([stroke[:, 0] - left, top - stroke[:, 1]], axis=1)
        way = np.round(moved * (_HUNDREDTHS / unit)).astype(np.int16)
        moves = (np.diff(way, axis=0) != 0).any(axis=1)
        ways.append(way[np.r_[True, moves]])
    return ways


def _characters(folder: Path) -> Iterator[tuple[str, str, _Character]]:
    """Every character with its institute and its writer, files in sorted order."""
    read = lru_cache(maxsize=1)(_read_recording)
    for category in _CATEGORIES:
        of_category = folder / "data" / category
        for file in sorted(path for path in of_category.rglob("*") if path.is_file()):
            text = file.read_text(errors="replace")
            included = [folder / "include" / name for name in _INCLUDE.findall(text)]
            included = [path for path in included if path.exists()]
            if not included:
                continue
            recording = read(tuple(included))
            institute = file.relative_to(of_category).parts[0]
            for pieces, quality, quoted in _SEGMENT.findall(text):
                label = quoted.replace("\\", "")
                if quality.upper() == "BAD" or not _is_character(institute, label):
                    continue
                if strokes := _strokes(pieces, recording.ways):
                    yield (
                        institute,
                        recording.writer or file.name,
                        _Character(label, category in _TALL, strokes),
                    )


def _is_character(institute: str, label: str) -> bool:
    """Not what is known to be wrong: kai writes @ for whole words, the segments of lou do not fit its ink."""
    return len(label) == 1 and institute != "lou" and (institute, label) != ("kai", "@")


def _strokes(pieces: str, ways: Sequence[Way | None]) -> list[Way]:
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


def _read_recording(files: Sequence[Path]) -> _Recording:
    """The pen's ways in `files`, one after another. A way through the air counts where it was recorded."""
    ways: list[tuple[str, list[list[float]]]] = []
    columns, writer = ["X", "Y"], None
    for file in files:
        open_way: list[list[float]] | None = None
        for line in file.read_text(errors="replace").splitlines():
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
        raise DataError(f"expected {files[0]} to have the coordinates X and Y, received {' '.join(columns)}")
    x, y = columns.index("X"), columns.index("Y")
    return _Recording(
        [
            _as_way(points, x, y) if keyword == ".PEN_DOWN" else None
            for keyword, points in ways
            if keyword == ".PEN_DOWN" or points
        ],
        writer,
    )


def _point(words: Sequence[str]) -> list[list[float]]:
    """The point that a line of numbers says, or nothing."""
    try:
        return [[float(word) for word in words]]
    except ValueError:
        return []


def _as_way(points: Sequence[Sequence[float]], x: int, y: int) -> Way:
    whole = [(point[x], point[y]) for point in points if len(point) > max(x, y)]
    return np.array(whole, dtype=np.float32).reshape(-1, 2)
