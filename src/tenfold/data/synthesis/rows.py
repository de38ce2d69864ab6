"""Lines side by side in rows of one width, so that nothing is padded and all shapes are fixed."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthesis.world import NO_DIGIT
from tenfold.imaging.strip import HEIGHT_PX

WIDTH_PX = 256  # of a row of strips
MOST_LABELS = 40  # of a row
_OPEN = 8  # rows to choose from: a line goes where it leaves the least room

Row = tuple[list[NDArray[np.uint8]], list[int]]  # strips, and what they say


def fill_rows(
    write: Callable[[], tuple[NDArray[np.uint8], list[int]]], n_rows: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """So many rows, uint8 (N, 36, 256), of the strips that `write` gives with their labels, and the labels of
    each row, int64 (N, 40), filled with 10. A strip that is too wide is left out."""
    images = np.zeros((n_rows, HEIGHT_PX, WIDTH_PX), dtype=np.uint8)
    labels = np.full((n_rows, MOST_LABELS), NO_DIGIT, dtype=np.int64)
    open_rows: list[Row] = []
    filled = 0
    while filled < n_rows:
        strip, values = write()
        if strip.shape[1] > WIDTH_PX or len(values) > MOST_LABELS:
            continue
        row = _best_fit(open_rows, strip, values)
        if row is None:
            if len(open_rows) == _OPEN:
                strips, said = open_rows.pop(int(np.argmax([_width(row) for row in open_rows])))
                whole = np.concatenate(strips, axis=1)
                images[filled, :, : whole.shape[1]] = whole
                labels[filled, : len(said)] = said
                filled += 1
            row = ([], [])
            open_rows.append(row)
        row[0].append(strip)
        row[1].extend(values)
    return images, labels


def _best_fit(rows: list[Row], strip: NDArray[np.uint8], values: list[int]) -> Row | None:
    """Of the rows that have room, the one with the least."""
    with_room = [
        row
        for row in rows
        if _width(row) + strip.shape[1] <= WIDTH_PX and len(row[1]) + len(values) <= MOST_LABELS
    ]
    return max(with_room, key=_width, default=None)


def _width(row: Row) -> int:
    return sum(strip.shape[1] for strip in row[0])
