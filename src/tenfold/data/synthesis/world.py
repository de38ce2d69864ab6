"""MNIST redrawn for every epoch by other hands, pens and cameras, and non-digits."""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.pens import Characters
from tenfold.data.synthesis import wear
from tenfold.data.synthesis.nondigits import KINDS
from tenfold.data.synthesis.pen import CANVAS, Ink, lean_degrees, write_along, write_within
from tenfold.data.synthesis.strokes import Strokes, spine_of, trace
from tenfold.data.synthesis.variants import VARIANTS
from tenfold.data.synthesis.written import Written
from tenfold.imaging.normalize import SIDE_PX, normalize
from tenfold.imaging.stroke import without_hairlines

NO_DIGIT = 10

_NEARLY_AS_IS = 0.2  # of the digits, so that MNIST itself is still learned
_FAINTEST = 0.08  # of the strongest ink; the reader takes anything fainter for paper
_DIGITS_PER_OTHER = 4
_WITH_ANOTHER_PEN = 0.55
_BY_OTHER_WRITERS = 0.45  # of the digits, if there are other writers
_OTHERS_BY_WRITERS = 0.4  # of the non-digits
_ONE = 1
_BOLDEST_ONE = 17  # pixels of the canvas; any other digit would be a blot
_SLASH_DEGREES = 40  # from the vertical; 2 % of MNIST's 1s lean further
_NOTHING: Ink = np.zeros((CANVAS, CANVAS), dtype=np.float32)


class World:
    """Redraws MNIST images, uint8 (N, 28, 28) with labels (N,), for every epoch.

    An epoch contains each of them once, redrawn and photographed differently, and a quarter as many
    non-digits, labelled 10; all as `normalize` makes them. With `characters`, just under half of the digits
    are by other writers, and two fifths of the non-digits are these writers' letters and signs.
    """

    image_shape: tuple[int, ...] = (SIDE_PX, SIDE_PX)
    label_shape: tuple[int, ...] = ()

    def __init__(
        self, images: NDArray[np.uint8], labels: NDArray[np.int64], characters: Characters | None = None
    ) -> None:
        self._strokes = trace(images)
        self._labels = labels
        self._written = None if characters is None else Written(characters)

    def __len__(self) -> int:
        """The number of images in an epoch."""
        return self.size_of(len(self._labels))

    @staticmethod
    def size_of(n_digits: int) -> int:
        """The number of images in an epoch with `n_digits` digits."""
        return n_digits + n_digits // _DIGITS_PER_OTHER

    def draw(self, seed: int, epoch: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The images and labels of one epoch; they depend only on `seed` and `epoch`."""
        digits = self._draw_digits(np.random.default_rng([seed, epoch, 0]))
        others = self._draw_others(np.random.default_rng([seed, epoch, 1]))
        labels = np.concatenate([self._labels, np.full(len(others), NO_DIGIT, self._labels.dtype)])
        return np.concatenate([digits, others]), labels

    def _draw_digits(self, rng: np.random.Generator) -> NDArray[np.uint8]:
        images = np.empty((len(self._labels), SIDE_PX, SIDE_PX), dtype=np.uint8)
        neighbour = _NOTHING
        for index, label in enumerate(self._labels.tolist()):
            if self._written and rng.random() < _BY_OTHER_WRITERS:
                ink = write_along(self._written.digit(label, rng), rng)
                images[index] = _picture(_wear(ink, neighbour, rng))
                neighbour = ink
                continue
            if rng.random() < _NEARLY_AS_IS:
                images[index] = _picture(write_within(self._strokes.outlines[index], rng, steadiness=3))
                continue
            ink = _write_digit(self._strokes, index, label, rng)
            images[index] = _picture(_wear(ink, neighbour, rng))
            neighbour = ink
        return images

    def _draw_others(self, rng: np.random.Generator) -> NDArray[np.uint8]:
        makers = list(KINDS)
        kinds = rng.choice(len(KINDS), size=len(self._labels) // _DIGITS_PER_OTHER, p=list(KINDS.values()))
        images = np.empty((len(kinds), SIDE_PX, SIDE_PX), dtype=np.uint8)
        for index, kind in enumerate(kinds.tolist()):
            if self._written and rng.random() < _OTHERS_BY_WRITERS:
                spine = self._written.other(rng)
            else:
                spine = makers[kind](self._strokes, rng)
            ink = write_along(spine, rng)
            images[index] = _picture(_wear(ink, _NOTHING, rng))
        return images


def _write_digit(strokes: Strokes, index: int, label: int, rng: np.random.Generator) -> Ink:
    vary, share = VARIANTS.get(label, (None, 0.0))
    if vary is not None and rng.random() < share:
        line = (strokes.spines[index] == 0).astype(np.uint8)
        vary(line, rng)
        return write_along(spine_of(line), rng)
    if label == _ONE:
        return _write_plain_one(strokes, index, rng)
    if rng.random() < _WITH_ANOTHER_PEN:
        return write_along(strokes.spines[index], rng)
    return write_within(strokes.outlines[index], rng)


def _write_plain_one(strokes: Strokes, index: int, rng: np.random.Generator) -> Ink:
    """A 1 of one stroke: bolder than any other digit could be, and more upright than a slash."""
    bold = rng.random() < 0.15
    for steadiness in (1, 2, 4):
        if bold:
            ink = write_along(strokes.spines[index], rng, steadiness, widest=_BOLDEST_ONE)
        elif rng.random() < _WITH_ANOTHER_PEN:
            ink = write_along(strokes.spines[index], rng, steadiness)
        else:
            ink = write_within(strokes.outlines[index], rng, steadiness)
        if lean_degrees(ink) < _SLASH_DEGREES:
            break
    return ink


def _wear(ink: Ink, neighbour: Ink, rng: np.random.Generator) -> Ink:
    harms: tuple[tuple[Callable[[Ink, np.random.Generator], Ink], float], ...] = (
        # In the order in which they happen, with their probabilities.
        (wear.dry_out, 0.10),
        (wear.break_stroke, 0.06),
        (partial(wear.crowd, neighbour), 0.05),
        (wear.rule, 0.04),
        (wear.speckle, 0.04),
        (wear.cut_off, 0.06),
        (wear.blur, 0.35),
        (wear.sample, 0.55),
        (wear.add_noise, 0.15),
    )
    chances = rng.random(len(harms)).tolist()
    for (harm, share), chance in zip(harms, chances, strict=True):
        if chance < share:
            ink = harm(ink, rng)
    return ink


def _picture(ink: Ink) -> NDArray[np.uint8]:
    """The network's input: ink scaled to a maximum of 1, the faintest removed."""
    strongest = float(ink.max(initial=0))
    if strongest <= 0.05:
        return np.zeros((SIDE_PX, SIDE_PX), dtype=np.uint8)
    ink = ink * np.float32(1 / strongest)
    cv2.threshold(ink, _FAINTEST, 0, cv2.THRESH_TOZERO, dst=ink)
    return normalize(without_hairlines(ink))
