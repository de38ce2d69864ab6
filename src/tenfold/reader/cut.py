"""Cut the digits and signs of a line out of its ink, where the line network finds them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.digit_image import image_of_ink, isolate
from tenfold.imaging.seams import find_seams, parts_between
from tenfold.imaging.segment import Box, TextLine
from tenfold.imaging.strip import HEIGHT_PX, Strip, to_strip
from tenfold.reader.ctc import Peak, ensemble_decode, greedy_decode, log_likelihoods
from tenfold.reader.network import LineNetwork
from tenfold.reader.reading import Sign
from tenfold.symbols import DIGITS, N_DIGITS, character_of

_TALL = 0.7  # of the line's typical height; lower components say nothing about its middle
# A line whose first reading is in doubt is read again, enlarged, and by the network that knows digits only.
_SURE = 0.95  # per digit
_ENLARGED = 4 / 3
_NEAR_PX = 2  # of the strip: a peak is at most this far from its digit


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A digit of a line: its bounding box in pixels of the ink, its ink and probabilities.

    `ink` is float32 (box.height, box.width), without specks and parts of neighbours, and `probabilities`
    float32 (11,) those of the ten digits and "no digit".
    """

    box: Box
    ink: NDArray[np.float32]
    probabilities: NDArray[np.float32]

    @property
    def image(self) -> NDArray[np.uint8]:
        """The digit in MNIST's style, uint8 (28, 28)."""
        return image_of_ink(self.ink)

    def scaled_by(self, likelihood: float) -> "Cut":
        """The same digit, with the probabilities of the ten digits multiplied by a `likelihood` in [0, 1]."""
        digits = self.probabilities[:N_DIGITS] * np.float32(likelihood)
        return replace(self, probabilities=np.append(digits, max(0, 1 - digits.sum())).astype(np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class CutLine:
    """A line as the network saw it, uint8 (36, w), and its digits and signs, left to right.

    `peaks` are all symbols found in the strip, other writing included. `strip` is None and `peaks` is empty
    if the picture was read as a single digit. `box`, the line's, and those of `signs` and `cuts` are in
    pixels of the ink.
    """

    box: Box
    strip: NDArray[np.uint8] | None
    cuts: tuple[Cut, ...]
    signs: tuple[Sign, ...] = ()
    peaks: tuple[Peak, ...] = ()


def cut_line(
    line: TextLine, network: LineNetwork, numbers: LineNetwork | None = None, *, look_again: bool = True
) -> CutLine:
    """The digits and signs of a line as its `network` reads them, without other writing.

    If that leaves doubt and it may `look_again`, it reads the line enlarged, and `numbers`, a network that
    knows digits only, reads it as well.
    """
    box, ink = line.box, line.ink
    strip = strip_of(line)
    probabilities = network.probabilities(strip.image)
    peaks = greedy_decode(probabilities)
    if look_again and _in_doubt(probabilities, peaks):
        enlarged = strip_of(line, enlarged=_ENLARGED)
        outputs = [probabilities, network.probabilities(enlarged.image)]
        digit_outputs = [numbers.probabilities(strip.image)] if numbers else []
        best, peaks = ensemble_decode(outputs, digit_outputs)
        strip = enlarged if best == 1 else strip
    cuts: list[Cut] = []
    signs: list[Sign] = []
    for (part, start), peak in zip(_parts(ink, strip, peaks), peaks, strict=True):
        character = character_of(peak.symbol)
        place = strip.left + peak.middle_px / strip.factor
        columns = place - _NEAR_PX / strip.factor, place + _NEAR_PX / strip.factor
        cut = _cut_out(part, start, columns, box, peak) if character else None
        if cut is None:
            continue
        if character in DIGITS:
            cuts.append(cut)
        else:
            signs.append(Sign(character, float(peak.probabilities[peak.symbol]), cut.box, len(cuts)))
    return CutLine(box, strip.image, tuple(cuts), tuple(signs), tuple(peaks))


def strip_of(line: TextLine, enlarged: float = 1.0) -> Strip:
    """The strip of a line as input of a line network, with digits `enlarged` by this factor."""
    return to_strip(line.ink, _middle(line) - line.box.y, line.height / enlarged)


def _in_doubt(probabilities: NDArray[np.float32], peaks: list[Peak]) -> bool:
    """Whether the reading of a line is less than almost certain."""
    (likelihood,) = log_likelihoods(probabilities, [[peak.symbol for peak in peaks]])
    return bool(likelihood < max(len(peaks), 1) * np.log(_SURE))


def _middle(line: TextLine) -> float:
    """The row of the line's middle, in pixels of the ink."""
    tall = [box for box in line.components if box.height >= _TALL * line.height] or line.components
    return float(np.mean([box.y + box.height / 2 for box in tall]))


def _parts(
    ink: NDArray[np.float32], strip: Strip, peaks: list[Peak]
) -> Iterator[tuple[NDArray[np.float32], int]]:
    """The part of a line's ink that belongs to each peak, and the column where it begins."""
    rows, columns = ink.shape
    seams = find_seams(strip.image, np.array([peak.middle_px for peak in peaks]))
    in_strip = np.clip(((np.arange(rows) + 0.5 - strip.top) * strip.factor).astype(int), 0, HEIGHT_PX - 1)
    places = np.clip(strip.left + seams[:, in_strip] / strip.factor, 0, columns)
    parts = parts_between(places, columns)
    starts = [0, *np.floor(places.min(axis=1)).astype(int).tolist()]
    ends = [*np.ceil(places.max(axis=1)).astype(int).tolist(), columns]
    for number in range(len(peaks)):
        window = np.s_[:, starts[number] : ends[number]]
        yield np.where(parts[window] == number, ink[window], np.float32(0)), starts[number]


def _cut_out(
    part: NDArray[np.float32], start: int, columns: tuple[float, float], line: Box, peak: Peak
) -> Cut | None:
    """The digit or sign between two `columns` of a line's ink, in the part of it that begins at column
    `start`; None if that is blank.

    The part may also hold a word that the network passed over.
    """
    x, y, width, height = cv2.boundingRect((part > 0).view(np.uint8)) if part.size else (0, 0, 0, 0)
    if not width:
        return None
    offset = start + x - 1
    inside = columns[0] - offset, columns[1] - offset
    # A border of paper, because `isolate` takes ink at the edge for a neighbour's.
    digit = isolate(np.pad(part[y : y + height, x : x + width], 1), inside)
    inner_x, inner_y, width, height = cv2.boundingRect((digit > 0).view(np.uint8))
    digit = np.ascontiguousarray(digit[inner_y : inner_y + height, inner_x : inner_x + width])
    box = Box(line.x + offset + inner_x, line.y + y + inner_y - 1, width, height)
    return Cut(box, digit, peak.digit_probabilities)
