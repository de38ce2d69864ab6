"""Lines packed side by side into rows of one width: fixed shapes without padding."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthesis.strokes import indices_by_value, trace
from tenfold.data.synthesis.world import NO_DIGIT
from tenfold.imaging.strip import HEIGHT_PX

WIDTH_PX = 256  # of a row of strips
MAX_LABELS = 40  # of a row
_IMAGES_PER_ROW = 7
_OPEN = 8  # rows to choose from: a line goes where it fits most tightly

Row = tuple[list[NDArray[np.uint8]], list[int]]  # strips and their labels


class Rows(ABC):
    """Rows of lines written with the digits of MNIST images, uint8 (N, 28, 28) with labels (N,).

    An epoch has one row for every seven images: lines, as `imaging.strip` makes them, side by side until they
    fill 256 columns. Drawing them is slow, so rows may be used in several epochs.
    """

    image_shape: tuple[int, ...] = (HEIGHT_PX, WIDTH_PX)
    label_shape: tuple[int, ...] = (MAX_LABELS,)
    uses: int  # epochs that share the same rows

    def __init__(self, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
        self.strokes = trace(images)
        self.of_value = indices_by_value(self.strokes, labels)
        self._n_rows = max(len(labels) // _IMAGES_PER_ROW, 1)
        self._drawn: tuple[tuple[int, int], tuple[NDArray[np.uint8], NDArray[np.int64]]] | None = None

    def __len__(self) -> int:
        """The number of rows in an epoch."""
        return self._n_rows

    def draw(self, seed: int, epoch: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The rows of one epoch, uint8 (N, 36, 256), and their labels, int64 (N, 40), padded with 10.

        They depend only on `seed` and `epoch`. The latest ones are cached; do not modify them.
        """
        which = seed, epoch // self.uses
        if self._drawn is None or self._drawn[0] != which:
            rng = np.random.default_rng([*which, 2])
            self._drawn = which, fill_rows(partial(self.write, rng), self._n_rows)
        return self._drawn[1]

    @abstractmethod
    def write(self, rng: np.random.Generator) -> tuple[NDArray[np.uint8], list[int]]:
        """A line as a strip, uint8 (36, w), and its labels."""


def fill_rows(
    write: Callable[[], tuple[NDArray[np.uint8], list[int]]], n_rows: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """`n_rows` rows, uint8 (N, 36, 256), of strips from `write`, and the labels of each row, int64 (N, 40),
    padded with 10. Strips that are too wide are discarded."""
    images = np.zeros((n_rows, HEIGHT_PX, WIDTH_PX), dtype=np.uint8)
    labels = np.full((n_rows, MAX_LABELS), NO_DIGIT, dtype=np.int64)
    open_rows: list[Row] = []
    filled = 0
    while filled < n_rows:
        strip, values = write()
        if strip.shape[1] > WIDTH_PX or len(values) > MAX_LABELS:
            continue
        row = _best_fit(open_rows, strip, values)
        if row is None:
            if len(open_rows) == _OPEN:
                strips, values_of_row = open_rows.pop(int(np.argmax([_width(row) for row in open_rows])))
                whole = np.concatenate(strips, axis=1)
                images[filled, :, : whole.shape[1]] = whole
                labels[filled, : len(values_of_row)] = values_of_row
                filled += 1
            row = ([], [])
            open_rows.append(row)
        row[0].append(strip)
        row[1].extend(values)
    return images, labels


def _best_fit(rows: list[Row], strip: NDArray[np.uint8], values: list[int]) -> Row | None:
    """The fullest row that still has room."""
    with_room = [
        row
        for row in rows
        if _width(row) + strip.shape[1] <= WIDTH_PX and len(row[1]) + len(values) <= MAX_LABELS
    ]
    return max(with_room, key=_width, default=None)


def _width(row: Row) -> int:
    return sum(strip.shape[1] for strip in row[0])
