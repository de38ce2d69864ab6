"""Decode the outputs of a line network (CTC): from probabilities per column to digits and signs.

Each column has probabilities for S classes: the first 11 of `tenfold.symbols`, or all of them. A sequence of
classes spells the symbols that remain after merging repetitions and removing "none", the blank (A. Graves, S.
Fernández, F. Gomez, J. Schmidhuber, "Connectionist temporal classification", ICML 2006).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tenfold.symbols import N_CLASSES, N_DIGITS, NONE

_COLUMN_PX = 2  # pixels of the strip per column
_MIN_PROBABILITY = 1e-12  # one column cannot rule out a reading
_RESCALED = 8  # columns: float64 can represent the product of this many minimal probabilities


@dataclass(frozen=True, slots=True, eq=False)
class Peak:
    """A symbol in a line: the column where it is most probable, and its probabilities, float32 (S,)."""

    column: int
    probabilities: NDArray[np.float32]

    @property
    def middle_px(self) -> float:
        """The middle of the column, in pixels of the strip."""
        return _COLUMN_PX * (self.column + 0.5)

    @property
    def symbol(self) -> int:
        """The most likely class: a digit if all digits together are likelier than any other symbol."""
        others = self.probabilities[N_CLASSES:]
        if others.size and others.max() > self.probabilities[:N_DIGITS].sum():
            return N_CLASSES + int(others.argmax())
        return int(self.probabilities[:N_DIGITS].argmax())

    @property
    def digit_probabilities(self) -> NDArray[np.float32]:
        """Float32 (11,): the probabilities of the ten digits, and of not being a digit."""
        digits = self.probabilities[:N_DIGITS]
        return np.append(digits, max(0, 1 - digits.sum())).astype(np.float32)


def greedy_decode(probabilities: NDArray[np.float32]) -> list[Peak]:
    """The symbols that the most likely classes of the columns, float32 (T, S), spell, left to right."""
    columns = _peak_columns(probabilities)
    if not columns.size:
        return []
    boundaries = _boundaries(probabilities[:, NONE], columns)
    spans = [probabilities[start:end] for start, end in pairwise(boundaries)]
    return [
        Peak(column, of_symbol)
        for column, of_symbol in zip(columns.tolist(), _single_symbol_probabilities(spans), strict=True)
    ]


def log_likelihoods(
    probabilities: NDArray[np.float32], readings: Sequence[Sequence[int]]
) -> NDArray[np.float64]:
    """The log-likelihood of each of `readings`, sequences of classes: float64 (n,).

    `probabilities`, float32 (T, S), are a network's for the columns of a line. The forward algorithm sums
    over all alignments of a reading with the columns.
    """
    places = np.arange(len(readings))
    lasts = 2 * np.array([len(reading) for reading in readings])
    symbols = np.full((len(readings), lasts.max() + 1), NONE)
    for row, reading in zip(symbols, readings, strict=True):
        row[1 : 2 * len(reading) : 2] = reading
    # Between two different symbols, the blank may be skipped.
    can_skip = (symbols[:, 2:] != NONE) & (symbols[:, 2:] != symbols[:, :-2])
    emitted = np.maximum(probabilities, _MIN_PROBABILITY).astype(np.float64)[:, symbols]
    forward = np.zeros(symbols.shape)
    forward[:, :2] = emitted[0, :, :2]
    reached, skipped = np.empty_like(forward), np.empty_like(can_skip, dtype=np.float64)
    logarithms = np.zeros(len(readings))
    for column, emission in enumerate(emitted[1:], start=2):
        np.multiply(forward[:, :-2], can_skip, out=skipped)
        reached[:] = forward
        reached[:, 1:] += forward[:, :-1]
        reached[:, 2:] += skipped
        np.multiply(reached, emission, out=forward)
        if column % _RESCALED == 0 or column == len(emitted):  # avoids underflow on long lines
            total = forward.sum(axis=1, keepdims=True)
            forward /= total
            logarithms += np.log(total[:, 0])
    ends = forward[places, lasts] + np.where(lasts > 0, forward[places, lasts - 1], 0)
    return np.asarray(logarithms + np.log(np.maximum(ends, np.finfo(float).tiny)))


def ensemble_decode(
    outputs: Sequence[NDArray[np.float32]], digit_outputs: Sequence[NDArray[np.float32]] = ()
) -> tuple[int, list[Peak]]:
    """Decode several outputs for the same line together: the index of the best one, and its symbols.

    `outputs`, each float32 (T, S), know signs; `digit_outputs` are of networks that know digits only. Of the
    digit strings that any of them spells, the one with the highest product of likelihoods over all of them
    wins. Of the outputs with that many digits, the one that finds the winner likeliest gives the signs and
    all columns, one of `outputs` if possible. The probabilities of each digit are averaged over the outputs
    with that many digits.
    """
    members = [*outputs, *digit_outputs]
    decoded = [greedy_decode(member) for member in members]
    digits = [[peak for peak in peaks if peak.symbol < N_DIGITS] for peaks in decoded]
    candidates = sorted({tuple(peak.symbol for peak in peaks) for peaks in digits})
    likelihoods = np.array([log_likelihoods(_digits_only(member), candidates) for member in members])
    winner = int(likelihoods.sum(axis=0).argmax())
    agreeing = [index for index, peaks in enumerate(digits) if len(peaks) == len(candidates[winner])]
    best = max(agreeing, key=lambda index: (index < len(outputs), float(likelihoods[index, winner])))
    means = iter(
        np.mean([peak.probabilities for peak in peaks], axis=0)
        for peaks in zip(*(digits[index] for index in agreeing), strict=True)
    )
    peaks = [Peak(peak.column, next(means)) if peak.symbol < N_DIGITS else peak for peak in decoded[best]]
    return best, peaks


def _digits_only(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Float32 (T, 11): `probabilities`, float32 (T, S), with everything that is not a digit as "none"."""
    return np.hstack([probabilities[:, :NONE], probabilities[:, NONE:].sum(axis=1, keepdims=True)])


def _peak_columns(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """For each symbol spelled, the column in which it is most probable."""
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
    """The boundaries between neighbouring symbols' columns: where "none" is most probable."""
    boundaries = [0]
    for left, right in zip(columns[:-1].tolist(), columns[1:].tolist(), strict=True):
        boundaries.append(left + 1 + int(none[left + 1 : right].argmax()) if right > left + 1 else right)
    return [*boundaries, len(none)]


def _single_symbol_probabilities(spans: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The probabilities of each class over all columns of each span, given at most one symbol per span.

    `spans` are float32 (t, S); returns float32 (n, S).
    """
    longest = max(map(len, spans))
    padded = np.zeros((len(spans), longest, spans[0].shape[1]))
    padded[:, :, NONE] = 1
    for row, span in zip(padded, spans, strict=True):
        row[: len(span)] = span
    blank = padded[:, :, NONE, None].copy()
    padded[:, :, NONE] = 0
    none = np.ones((len(spans), 1))  # no symbol so far
    # In the columns of the symbol, and after it.
    within, after = np.zeros((2, len(spans), padded.shape[2]))
    for column in range(longest):
        after = (after + within) * blank[:, column]
        within = (within + none) * padded[:, column]
        none = none * blank[:, column]
        # Normalising all three avoids underflow on long spans.
        total = (within + after).sum(axis=1, keepdims=True) + none
        within, after, none = within / total, after / total, none / total
    after += within
    after[:, NONE] = none[:, 0]
    return after.astype(np.float32)
