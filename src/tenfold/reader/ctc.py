"""From what a network says of a line's columns to its digits and signs, and how likely each of them is.

Each column shows one of S answers: the first 11 of `tenfold.symbols`, or all. The line says what is left when
repetitions are taken once and "none" is left out (A. Graves, S. Fernández, F. Gomez, J. Schmidhuber,
"Connectionist temporal classification", ICML 2006).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tenfold.symbols import N_CLASSES, N_DIGITS, NONE

_COLUMN_PX = 2  # of a strip
_SMALLEST = 1e-12  # probability; one column cannot rule a reading out
_SCALED = 8  # columns: float64 holds what the smallest probabilities of so many make


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """A symbol in a line: the column where it is most certain, and its probabilities, float32 (S,)."""

    column: int
    probabilities: NDArray[np.float32]

    @property
    def middle_px(self) -> float:
        """The middle of the column, in pixels of the strip."""
        return _COLUMN_PX * (self.column + 0.5)

    @property
    def symbol(self) -> int:
        """The most likely one: a digit if all digits together are likelier than any other symbol."""
        others = self.probabilities[N_CLASSES:]
        if others.size and others.max() > self.probabilities[:N_DIGITS].sum():
            return N_CLASSES + int(others.argmax())
        return int(self.probabilities[:N_DIGITS].argmax())

    @property
    def of_digits(self) -> NDArray[np.float32]:
        """Float32 (11,): the probabilities of the ten digits, and of not being a digit."""
        digits = self.probabilities[:N_DIGITS]
        return np.append(digits, max(0, 1 - digits.sum())).astype(np.float32)


def find_spots(probabilities: NDArray[np.float32]) -> list[Spot]:
    """What the most likely answers of the columns, float32 (T, S), spell, left to right."""
    columns = _surest_columns(probabilities)
    if not columns.size:
        return []
    between = _boundaries(probabilities[:, NONE], columns)
    stretches = [probabilities[start:end] for start, end in pairwise(between)]
    return [
        Spot(column, one) for column, one in zip(columns.tolist(), _of_one_symbol(stretches), strict=True)
    ]


def log_likelihoods(
    probabilities: NDArray[np.float32], readings: Sequence[Sequence[int]]
) -> NDArray[np.float64]:
    """The logarithm of how likely each of `readings` is, float64 (n,), where a network says float32 (T, S)
    of a line's columns: the forward algorithm, over all ways in which the columns may spell it."""
    places = np.arange(len(readings))
    lasts = 2 * np.array([len(reading) for reading in readings])
    symbols = np.full((len(readings), lasts.max() + 1), NONE)
    for row, reading in zip(symbols, readings, strict=True):
        row[1 : 2 * len(reading) : 2] = reading
    # Between two answers that differ, "none" may be left out.
    leaps = (symbols[:, 2:] != NONE) & (symbols[:, 2:] != symbols[:, :-2])
    emitted = np.maximum(probabilities, _SMALLEST).astype(np.float64)[:, symbols]
    forward = np.zeros(symbols.shape)
    forward[:, :2] = emitted[0, :, :2]
    reached, leapt = np.empty_like(forward), np.empty_like(leaps, dtype=np.float64)
    logarithms = np.zeros(len(readings))
    for column, emission in enumerate(emitted[1:], start=2):
        np.multiply(forward[:, :-2], leaps, out=leapt)
        reached[:] = forward
        reached[:, 1:] += forward[:, :-1]
        reached[:, 2:] += leapt
        np.multiply(reached, emission, out=forward)
        if column % _SCALED == 0 or column == len(emitted):  # or they would vanish along a line
            total = forward.sum(axis=1, keepdims=True)
            forward /= total
            logarithms += np.log(total[:, 0])
    ends = forward[places, lasts] + np.where(lasts > 0, forward[places, lasts - 1], 0)
    return np.asarray(logarithms + np.log(np.maximum(ends, np.finfo(float).tiny)))


def find_agreed_spots(
    looks: Sequence[NDArray[np.float32]], of_digits: Sequence[NDArray[np.float32]] = ()
) -> tuple[int, list[Spot]]:
    """What several `looks` at one line, each float32 (T, S), say together with those `of_digits` alone, by
    networks that take signs for none: which of all of them says it best, and what that one finds.

    Of the digits that one of them spells, those that all together find most likely. The signs among them, and
    the places of all, are those of the look that finds as many digits and is surest of them, if possible one
    that knows signs. Each digit's probabilities are the mean of those of all looks that find as many.
    """
    together = [*looks, *of_digits]
    found = [find_spots(look) for look in together]
    digits = [[spot for spot in spots if spot.symbol < N_DIGITS] for spots in found]
    candidates = sorted({tuple(spot.symbol for spot in spots) for spots in digits})
    likelihoods = np.array([log_likelihoods(_digits_alone(look), candidates) for look in together])
    agreed = int(likelihoods.sum(axis=0).argmax())
    as_many = [number for number, spots in enumerate(digits) if len(spots) == len(candidates[agreed])]
    best = max(as_many, key=lambda number: (number < len(looks), float(likelihoods[number, agreed])))
    means = iter(
        np.mean([spot.probabilities for spot in spots], axis=0)
        for spots in zip(*(digits[number] for number in as_many), strict=True)
    )
    return best, [Spot(spot.column, next(means)) if spot.symbol < N_DIGITS else spot for spot in found[best]]


def _digits_alone(look: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a look, float32 (T, S), says of digits, float32 (T, 11): all else is none."""
    return np.hstack([look[:, :NONE], look[:, NONE:].sum(axis=1, keepdims=True)])


def _surest_columns(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """For each symbol spelled out, the column in which it is surest."""
    best = probabilities.argmax(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    ends = np.append(starts, len(best))[1:]
    return np.array(
        [
            start + probabilities[start:end, best[start]].argmax()
            for start, end in zip(starts, ends, strict=True)
            if best[start] != NONE
        ],
        dtype=np.int64,
    )


def _boundaries(none: NDArray[np.float32], columns: NDArray[np.int64]) -> list[int]:
    """Where the stretches of neighbouring symbols meet: in the column that is surest to show none."""
    between = [0]
    for left, right in zip(columns[:-1].tolist(), columns[1:].tolist(), strict=True):
        between.append(left + 1 + int(none[left + 1 : right].argmax()) if right > left + 1 else right)
    return [*between, len(none)]


def _of_one_symbol(stretches: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """For each stretch, float32 (t, S), the probabilities of each answer in all of its columns together,
    float32 (n, S), given that it holds one symbol at most."""
    longest = max(map(len, stretches))
    padded = np.zeros((len(stretches), longest, stretches[0].shape[1]))
    padded[:, :, NONE] = 1
    for row, stretch in zip(padded, stretches, strict=True):
        row[: len(stretch)] = stretch
    nothing = padded[:, :, NONE, None].copy()
    padded[:, :, NONE] = 0
    none = np.ones((len(stretches), 1))  # no symbol so far
    # In the columns of the symbol, and beyond it.
    within, after = np.zeros((2, len(stretches), padded.shape[2]))
    for column in range(longest):
        after = (after + within) * nothing[:, column]
        within = (within + none) * padded[:, column]
        none = none * nothing[:, column]
        # All three by their sum, or they would vanish along a long stretch.
        total = (within + after).sum(axis=1, keepdims=True) + none
        within, after, none = within / total, after / total, none / total
    after += within
    after[:, NONE] = none[:, 0]
    return after.astype(np.float32)
