"""The digits and signs of a line, cut out of its ink where the network says that they are."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.digit_image import isolate
from tenfold.imaging.normalize import normalize
from tenfold.imaging.seams import find_seams, parts_between
from tenfold.imaging.segment import Box, TextLine
from tenfold.imaging.strip import HEIGHT_PX, Strip, to_strip
from tenfold.imaging.stroke import prepare
from tenfold.reader.ctc import Spot, find_agreed_spots, find_spots, log_likelihoods
from tenfold.reader.network import LineNetwork
from tenfold.reader.reading import Sign
from tenfold.symbols import DIGITS, N_DIGITS, character_of

_TALL = 0.7  # of the height of the line's digits; what is lower does not say where its middle is
# What a first look at a line leaves in doubt is looked at once more, larger, and by the network of numbers.
_SURE = 0.95  # for each digit
_LARGER = 4 / 3


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A digit of a line: its box in pixels, float32 (box.height, box.width) of its ink, uint8 (28, 28) as
    MNIST's are made, and float32 (11,) of what it may be."""

    box: Box
    ink: NDArray[np.float32]
    image: NDArray[np.uint8]
    probabilities: NDArray[np.float32]

    def given(self, likelihood: float) -> "Cut":
        """The same where a number stands only with a `likelihood`, whatever it looks like."""
        digits = self.probabilities[:N_DIGITS] * np.float32(likelihood)
        return replace(self, probabilities=np.append(digits, max(0, 1 - digits.sum())).astype(np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class CutLine:
    """What the network saw of a line, uint8 (36, w), and the digits and signs in it, left to right.

    `spots` are all that it found in the strip, other writing too. There is neither where a picture was said
    to hold one digit, or a line no number. `box`, that of the line, and those of `signs` and `cuts` are in
    pixels of the ink.
    """

    box: Box
    strip: NDArray[np.uint8] | None
    cuts: tuple[Cut, ...]
    signs: tuple[Sign, ...] = ()
    spots: tuple[Spot, ...] = ()


def cut_line(line: TextLine, network: LineNetwork, numbers: LineNetwork | None = None) -> CutLine:
    """The digits and signs of a line as its `network` reads them; other writing is left out.

    Where that leaves doubt, `numbers` is asked as well, a network that knows digits alone.
    """
    box, ink = line.box, line.ink
    strip = strip_of(line)
    look = network.probabilities(strip.image)
    spots = find_spots(look)
    if _in_doubt(look, spots):
        larger = strip_of(line, larger=_LARGER)
        looks = [look, network.probabilities(larger.image)]
        of_digits = [numbers.probabilities(strip.image)] if numbers else []
        best, spots = find_agreed_spots(looks, of_digits)
        strip = larger if best == 1 else strip
    cuts: list[Cut] = []
    signs: list[Sign] = []
    for part, spot in zip(_parts(ink, strip, spots), spots, strict=True):
        character = character_of(spot.symbol)
        cut = _cut_out(*part, box, spot) if character else None
        if cut is None:
            continue
        if character in DIGITS:
            cuts.append(cut)
        else:
            signs.append(Sign(character, float(spot.probabilities[spot.symbol]), cut.box, len(cuts)))
    return CutLine(box, strip.image, tuple(cuts), tuple(signs), tuple(spots))


def strip_of(line: TextLine, larger: float = 1.0) -> Strip:
    """The strip in which a network sees a line, with its digits so many times `larger` than usual."""
    return to_strip(line.ink, _middle(line) - line.box.y, line.height / larger)


def _in_doubt(look: NDArray[np.float32], spots: list[Spot]) -> bool:
    """Whether what a line seems to say is not almost certainly all that it says."""
    (likelihood,) = log_likelihoods(look, [[spot.symbol for spot in spots]])
    return bool(likelihood < max(len(spots), 1) * np.log(_SURE))


def _middle(line: TextLine) -> float:
    """The row of the line's middle."""
    tall = [box for box in line.pieces if box.height >= _TALL * line.height] or line.pieces
    return float(np.mean([box.y + box.height / 2 for box in tall]))


def _parts(
    ink: NDArray[np.float32], strip: Strip, spots: list[Spot]
) -> Iterator[tuple[NDArray[np.float32], int]]:
    """The ink of a line that may be part of each of its spots, and the column at which it begins."""
    rows, columns = ink.shape
    seams = find_seams(strip.image, np.array([spot.middle_px for spot in spots]))
    in_strip = np.clip(((np.arange(rows) + 0.5 - strip.top) * strip.factor).astype(int), 0, HEIGHT_PX - 1)
    places = np.clip(strip.left + seams[:, in_strip] / strip.factor, 0, columns)
    parts = parts_between(places, columns)
    starts = [0, *np.floor(places.min(axis=1)).astype(int).tolist()]
    ends = [*np.ceil(places.max(axis=1)).astype(int).tolist(), columns]
    for number in range(len(spots)):
        window = np.s_[:, starts[number] : ends[number]]
        yield np.where(parts[window] == number, ink[window], np.float32(0)), starts[number]


def _cut_out(own: NDArray[np.float32], start: int, line: Box, spot: Spot) -> Cut | None:
    """The digit or sign in a part of a line's ink, which begins at column `start`; None where it is blank."""
    x, y, width, height = cv2.boundingRect((own > 0).view(np.uint8)) if own.size else (0, 0, 0, 0)
    if not width:
        return None
    # A frame of paper, since what touches an edge might be a neighbour's.
    digit = isolate(np.pad(own[y : y + height, x : x + width], 1))
    inner_x, inner_y, width, height = cv2.boundingRect((digit > 0).view(np.uint8))
    digit = np.ascontiguousarray(digit[inner_y : inner_y + height, inner_x : inner_x + width])
    box = Box(line.x + start + x + inner_x - 1, line.y + y + inner_y - 1, width, height)
    return Cut(box, digit, normalize(prepare(digit)), spot.of_digits)
