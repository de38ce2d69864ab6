"""Pen strokes as the arrays of the collections in `tenfold.data.pens`."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data.unipen_format import PenPath

_HUNDREDTHS = 100


def height(strokes: Sequence[PenPath]) -> float:
    """A character's height in the digitizer's units, at least 1."""
    rows = np.concatenate(strokes)[:, 1]
    return max(float(rows.max() - rows.min()), 1.0)


def in_units(strokes: Sequence[PenPath], unit: float) -> list[NDArray[np.int16]]:
    """A character's strokes in hundredths of `unit` from its upper left corner, y down."""
    together = np.concatenate(strokes)
    left, top = together[:, 0].min(), together[:, 1].max()
    return [
        np.round(np.stack([stroke[:, 0] - left, top - stroke[:, 1]], axis=1) * (_HUNDREDTHS / unit)).astype(
            np.int16
        )
        for stroke in strokes
    ]


def as_arrays(characters: Iterable[tuple[str, int, Sequence[NDArray[np.int16]]]]) -> dict[str, NDArray[Any]]:
    """The arrays of a collection, from at least one (label, writer, strokes `in_units`) per character."""
    points: list[NDArray[np.int16]] = []
    strokes, starts, labels, writers = [0], [0], [], []
    for label, writer, of_one in characters:
        points += of_one
        strokes += (strokes[-1] + np.cumsum([len(stroke) for stroke in of_one])).tolist()
        starts.append(len(strokes) - 1)
        labels.append(label)
        writers.append(writer)
    return {
        "points": np.concatenate(points),
        "strokes": np.array(strokes, np.int32),
        "characters": np.array(starts, np.int32),
        "labels": np.array(labels),
        "writers": np.array(writers, np.uint16),
    }
