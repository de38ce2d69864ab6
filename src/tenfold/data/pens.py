"""Characters as pen strokes: handwritten ones of UNIPEN and Pendigits, and those of fonts.

unipen      92,626 digits, letters and signs of 259 writers, from about 15 countries: the categories 1a to 1d
            of train_r01_v07 (I. Guyon et al., "UNIPEN project of on-line data exchange and recognizer
            benchmarks", ICPR 1994; doi 10.5281/zenodo.1195803; CC BY 4.0)
pendigits   7,494 digits of 30 writers in Turkey: the original strokes of the training part (F. Alimoglu,
            E. Alpaydin, "Methods of combining multiple classifiers based on different representations for
            pen-based handwriting recognition", TAINN 1996; UCI Machine Learning Repository 81; CC BY 4.0)

fonts       23,282 digits, letters and signs of 255 fonts, traced by fonts/trace_fonts.py; part of tenfold

Reserved for evaluation, and not included: one in five writers of UNIPEN, all of its institute uqb, and the
testing part of Pendigits. About two digits in a thousand have a wrong label.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data.cache import cache_folder, not_kept
from tenfold.errors import DataError, InputError
from tenfold.files import write_atomically
from tenfold.npz import read_npz

SHA256 = {  # `fingerprint` each collection's arrays
    "unipen": "6e49c9b9b5ef474a214b9ad434f50573eae7ba2e3f54f8c6dac80a34692443bb",
    "pendigits": "8dd7ca3a52970caea18cd7748aa95b86968ae31e3e24b233891bd735501247cc",
}
USUAL_HEIGHT = 100  # of a digit or a capital of the same writer, in the units of points
_FONTS = Path(__file__).parent / "fonts.npz"
_HELD_OUT = 8  # one writer in eight
_HASTY = 0.4
_DTYPES: dict[str, np.dtype[Any]] = {
    "points": np.dtype("<i2"),
    "strokes": np.dtype("<i4"),
    "characters": np.dtype("<i4"),
    "labels": np.dtype("<U1"),
    "writers": np.dtype("<u2"),
}
_MAX_BYTES = 64_000_000  # of one array


@dataclass(frozen=True, eq=False)
class Characters:
    """C characters by several writers.

    Character c has the strokes from `spans[c, 0]` up to, not including, `spans[c, 1]`; stroke s is
    `points[strokes[s] : strokes[s + 1]]`, from one point (a dot) to hundreds. Points are (x, y), right and
    down from the character's upper left corner, in hundredths of the writer's usual height of a digit or
    capital.
    """

    points: NDArray[np.int16]  # (P, 2)
    strokes: NDArray[np.int64]  # (S + 1,)
    spans: NDArray[np.int64]  # (C, 2)
    labels: NDArray[np.str_]  # (C,), one character each
    writers: NDArray[np.int64]  # (C,); the same number is the same writer, a negative one is a font
    hasty: float = 0.0  # share of the hands to be drawn with hasty strokes, for more variety in training

    def __len__(self) -> int:
        return len(self.labels)

    def strokes_of(self, index: int) -> list[NDArray[np.int16]]:
        """The strokes of one character, each int16 (n, 2)."""
        first, last = self.spans[index].tolist()
        bounds = self.strokes[first : last + 1].tolist()
        return [self.points[start:end] for start, end in pairwise(bounds)]

    def of(self, chosen: NDArray[np.bool_]) -> "Characters":
        """The characters where `chosen`, (C,), is true."""
        return replace(
            self, spans=self.spans[chosen], labels=self.labels[chosen], writers=self.writers[chosen]
        )


def load_characters(*, held_out: bool) -> Characters:
    """The characters of the writers held out of every training, one in eight, or of all others and of fonts.

    Raises InputError, with the command that fetches it, if a collection is not in the cache; DataError if it
    is damaged.
    """
    people = reduce(_concatenate, map(_load, SHA256))
    apart = [number for number in np.unique(people.writers).tolist() if _is_held_out(number)]
    is_apart = np.isin(people.writers, apart)
    if held_out:
        return people.of(is_apart)
    fonts = _fonts()
    learnt = np.concatenate([~is_apart, np.ones(len(fonts), dtype=np.bool_)])
    return replace(_concatenate(people, fonts).of(learnt), hasty=_HASTY)


def _fonts() -> Characters:
    """23,282 characters of 255 fonts (fonts/trace_fonts.py): 177 imitate handwriting, 78 are print."""
    characters = as_characters(read_npz(_FONTS, dict.fromkeys(_DTYPES, _MAX_BYTES)))
    return replace(characters, writers=-1 - characters.writers)


def write(name: str, arrays: Mapping[str, NDArray[Any]]) -> Path:
    """Put the verified arrays of a collection into the cache; return the path. Raises DataError."""
    path = cache_path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lambda file: np.savez_compressed(file, allow_pickle=False, **arrays))
    except OSError as error:
        raise not_kept(name, path, error) from error
    return path


def fingerprint(arrays: Mapping[str, NDArray[Any]]) -> str:
    """SHA-256, in hex, of the arrays of a collection."""
    digest = hashlib.sha256()
    for name, dtype in _DTYPES.items():
        array = arrays[name]
        digest.update(f"{name}{array.shape}".encode())
        digest.update(array.astype(dtype).tobytes())
    return digest.hexdigest()


def _load(name: str) -> Characters:
    """A collection from the cache."""
    path = cache_path(name)
    try:
        arrays = read(name, path)
    except FileNotFoundError:
        raise InputError(
            f"{name}, characters as pen strokes, is not in tenfold's cache; "
            f"download it with tenfold fetch {name}"
        ) from None
    except DataError as error:
        raise DataError(f"{error}; delete it and download it again with tenfold fetch {name}") from error
    return as_characters(arrays)


def as_characters(arrays: Mapping[str, NDArray[Any]]) -> Characters:
    """The characters in a collection's arrays."""
    starts = arrays["characters"].astype(np.int64)
    return Characters(
        points=arrays["points"],
        strokes=arrays["strokes"].astype(np.int64),
        spans=np.stack([starts[:-1], starts[1:]], axis=1),
        labels=arrays["labels"],
        writers=arrays["writers"].astype(np.int64),
    )


def read(name: str, path: Path) -> dict[str, NDArray[Any]]:
    """The verified arrays of a collection. Raises OSError from the file system, DataError."""
    try:
        arrays = read_npz(path, dict.fromkeys(_DTYPES, _MAX_BYTES))
    except ValueError as error:
        raise DataError(f"expected {path} to contain {name} ({error})") from error
    return verify(name, arrays, path)


def verify(name: str, arrays: dict[str, NDArray[Any]], path: Path) -> dict[str, NDArray[Any]]:
    """`arrays`, read from `path`. Raises DataError unless they are the collection's."""
    kinds_match = all(arrays[key].dtype.kind == dtype.kind for key, dtype in _DTYPES.items())
    if not kinds_match or fingerprint(arrays) != SHA256[name]:
        raise DataError(f"expected {path} to contain {name}, received other arrays")
    return arrays


def _concatenate(first: Characters, second: Characters) -> Characters:
    """Both collections as one, with distinct writer numbers; fonts keep theirs."""
    first_number = first.writers.max(initial=-1) + 1
    n_strokes, n_points = len(first.strokes) - 1, len(first.points)
    return Characters(
        points=np.concatenate([first.points, second.points]),
        strokes=np.concatenate([first.strokes[:-1], second.strokes + n_points]),
        spans=np.concatenate([first.spans, second.spans + n_strokes]),
        labels=np.concatenate([first.labels, second.labels]),
        writers=np.concatenate([first.writers, second.writers + first_number * (second.writers >= 0)]),
    )


def _is_held_out(writer: int) -> bool:
    """Depends on this writer alone, so adding writers changes nothing for the others."""
    return int(hashlib.sha256(str(writer).encode()).hexdigest(), 16) % _HELD_OUT == 0


def cache_path(name: str) -> Path:
    """A collection's path in the cache."""
    return cache_folder() / f"{name}.npz"
