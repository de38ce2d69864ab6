"""Read isolated characters from UNIPEN's files, for the collection `unipen` in `tenfold.data.pens`.

The archive train_r01_v07 (doi 10.5281/zenodo.1195803) has a folder `data` with a folder per category, `1a`
(digits), `1b` (capitals), `1c` (small letters) and `1d` (signs), and in each of them one per institute. Files
there say which parts of the pen's path are a character; the paths themselves are in files that they include,
below `include`.
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

from tenfold.data.pen_arrays import as_arrays, height, in_units
from tenfold.data.unipen_format import PenPath, Recording, read_recording, strokes_of
from tenfold.errors import DataError

CATEGORIES = ("1a", "1b", "1c", "1d")
_TALL = ("1a", "1b")  # digits and capitals: their height is the writer's unit
_SMALL = 0.8  # usual height of all other characters, in that unit
_LARGEST = 8  # units; anything larger is not a single character
_DEEPEST = 3  # levels from the given folder down to the one with `data` and `include`
_INCLUDE = re.compile(r"\.INCLUDE\s+(\S+)")
_SEGMENT = re.compile(r'\.SEGMENT\s+CHARACTER\s+(\S+)\s+(\S+)\s+"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class _Character:
    label: str
    is_tall: bool
    strokes: list[PenPath]


def read_archive(folder: Path) -> dict[str, NDArray[Any]]:
    """The arrays of the collection, from the folder the archive was unpacked into, or any subfolder on the
    way to `data` and `include`.

    Raises DataError if it has no such characters, OSError from the file system.
    """
    by_writer: dict[tuple[str, str], list[_Character]] = defaultdict(list)
    for institute, writer, character in _characters(_find_root(folder)):
        by_writer[institute, writer].append(character)
    found = []
    for number, key in enumerate(sorted(key for key in by_writer if not _is_sealed(*key))):
        unit = _unit(by_writer[key])
        found += [
            (
                character.label,
                number,
                [_without_repeats(line) for line in in_units(character.strokes, unit)],
            )
            for character in by_writer[key]
            if _is_single(character, unit)
        ]
    if not found:
        raise DataError(f"expected UNIPEN's folders data and include in {folder}, found no characters there")
    return as_arrays(found)


def _find_root(folder: Path) -> Path:
    """The folder with `data` and `include` in it, at or below `folder`."""
    for depth in range(_DEEPEST + 1):
        for root in sorted(folder.glob("/".join("*" * depth))) if depth else [folder]:
            if (root / "data").is_dir() and (root / "include").is_dir():
                return root
    return folder


def _is_sealed(institute: str, writer: str) -> bool:
    """Whether this writer is reserved for evaluation: one in five, and all of one institute."""
    digest = hashlib.sha256(repr((institute, writer)).encode()).hexdigest()
    return int(digest, 16) % 5 == 0 or institute == "uqb"


def _unit(characters: Sequence[_Character]) -> float:
    """The writer's usual height of a digit or capital."""
    tall = [height(character.strokes) for character in characters if character.is_tall]
    if tall:
        return float(np.median(tall))
    return float(np.median([height(character.strokes) for character in characters])) / _SMALL


def _is_single(character: _Character, unit: float) -> bool:
    together = np.concatenate(character.strokes)
    return bool(np.isfinite(together).all() and np.ptp(together, axis=0).max() / unit <= _LARGEST)


def _without_repeats(stroke: NDArray[np.int16]) -> NDArray[np.int16]:
    """The stroke without points where the pen rested."""
    moves = (np.diff(stroke, axis=0) != 0).any(axis=1)
    return stroke[np.r_[True, moves]]


def _characters(folder: Path) -> Iterator[tuple[str, str, _Character]]:
    """Every character with its institute and writer, files in sorted order."""
    read = lru_cache(maxsize=1)(_read_included)
    for category in CATEGORIES:
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
                if strokes := strokes_of(pieces, recording.paths):
                    yield (
                        institute,
                        recording.writer or file.name,
                        _Character(label, category in _TALL, strokes),
                    )


def _is_character(institute: str, label: str) -> bool:
    """False for known errors: kai labels whole words @, and the segments of lou do not fit its ink."""
    return len(label) == 1 and institute != "lou" and (institute, label) != ("kai", "@")


def _read_included(files: Sequence[Path]) -> Recording:
    return read_recording((file.read_text(errors="replace") for file in files), str(files[0]))
