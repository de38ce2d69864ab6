"""From any picture to the digits in it."""

import math
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from operator import index
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import ImageError, InputError
from tenfold.files import expand_home
from tenfold.imaging.bounds import MAX_DIGITS, MAX_PIXELS, check_bound
from tenfold.imaging.decode import Picture, decode, several
from tenfold.imaging.digit_image import digit_image, image_of_ink
from tenfold.imaging.ink import CROP_PX
from tenfold.imaging.memory import give_back
from tenfold.imaging.normalize import SIDE_PX
from tenfold.imaging.segment import Box, segment
from tenfold.reader.classifier import open_digits
from tenfold.reader.cut import Cut, CutLine, cut_line
from tenfold.reader.deadline import Deadline
from tenfold.reader.manifest import Manifest
from tenfold.reader.network import LineNetwork, RegionNetwork
from tenfold.reader.page import Page, back_from_turn, find_page, page_of_digit
from tenfold.reader.reading import Digit, Line, Reading
from tenfold.reader.table import Table
from tenfold.reader.trace import Trace
from tenfold.reader.turning import find_turn
from tenfold.symbols import N_DIGITS

_BUNDLED = Path(__file__).parent / "bundled"
BUNDLED_MODEL, BUNDLED_LINES = _BUNDLED / "reader.onnx", _BUNDLED / "lines.onnx"
BUNDLED_NUMBERS = _BUNDLED / "numbers.onnx"
BUNDLED_DESK, BUNDLED_LAYOUT = _BUNDLED / "desk.onnx", _BUNDLED / "layout.onnx"
BUNDLED = (BUNDLED_MODEL, BUNDLED_LINES, BUNDLED_NUMBERS, BUNDLED_DESK, BUNDLED_LAYOUT)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A digit as the network is shown it, uint8 (28, 28) as MNIST's are made, and the box of its picture."""

    image: NDArray[np.uint8]
    box: Box


class Reader:
    """Reads handwritten digits; any number of threads may use one at once.

    `model`, for single digits, and `lines` are ONNX files with their manifests beside them (reader.onnx,
    reader.json), by default the bundled ones. `model` may also be the folder of a finished run, or an ONNX
    file without a manifest: a classifier of the ten digits judges every digit, also of lines, which the line
    network still finds and cuts. With `lines` of one's own, no other network is asked about lines in doubt. A
    picture of more than `max_pixels` is refused before it is unpacked. That many `cores` share the work on
    one picture, by default all; give 1 where as many threads as cores read at once. A call may take
    `timeout_s` seconds, unless it is given its own; None is no limit. The time is looked at between the steps
    of reading, none of which takes long. A reader can be pickled: what is kept are its paths and settings,
    and the models are opened anew. Raises ModelError where a model is missing, damaged or foreign, InputError
    for numbers out of range.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        lines: str | Path | None = None,
        max_pixels: int = MAX_PIXELS,
        cores: int | None = None,
        timeout_s: float | None = None,
    ) -> None:
        if timeout_s is not None and not timeout_s > 0:
            raise InputError(f"expected timeout_s above 0 seconds, received {timeout_s}")
        max_pixels = _whole_number("max_pixels", max_pixels)
        cores = None if cores is None else _whole_number("cores", cores)
        model, lines = (None if path is None else expand_home(path) for path in (model, lines))
        self._digits = open_digits(model or BUNDLED_MODEL, cores)
        self._lines = LineNetwork(lines or BUNDLED_LINES, cores)
        self._numbers = None if lines else LineNetwork(BUNDLED_NUMBERS, cores)
        self._desk = RegionNetwork(BUNDLED_DESK, cores)
        self._layout = RegionNetwork(BUNDLED_LAYOUT, cores)
        self._max_pixels = max_pixels
        self._timeout_s = timeout_s
        self._settings = {
            "model": None if model is None else model.absolute(),
            "lines": None if lines is None else lines.absolute(),
            "max_pixels": max_pixels,
            "cores": cores,
            "timeout_s": timeout_s,
        }

    def __reduce__(self) -> tuple[Any, ...]:
        return _open_again, (self._settings,)

    @property
    def manifest(self) -> Manifest:
        """Where the network for single digits is from, how good it is, and how sure it must be."""
        return self._digits.manifest

    def read(self, picture: Picture, *, timeout_s: float | None = None) -> Reading:
        """All lines of digits in a picture: a path, a file or its bytes, a PIL image, or an array.

        Arrays, nested lists and what has `__array__` are grey (H, W), (H, W, 1) or (1, H, W), RGB (H, W, 3)
        or (3, H, W), or RGBA with 4; bool, fractions from 0 to 1 or to 255, or whole numbers from 0 to 255 or
        to 65535; dark on light or light on dark. Letters and specks are ignored; the signs of numbers are in
        `Line.signs`.

        Raises ImageError, which names the file, for what cannot be read as a picture; ReadingTimeoutError,
        which is one, after `timeout_s` seconds.
        """
        trace = self.trace(picture, timeout_s=timeout_s)
        reading, n_pixels = trace.reading, trace.grey.size
        del trace
        give_back(n_pixels)
        return replace(reading, picture=picture)

    def read_table(self, picture: Picture, *, timeout_s: float | None = None) -> Table:
        """The table in a picture as rows of cells; pictures and errors as for `read`.

        Cells are what rulings enclose; what stands outside of all is in `Table.reading` alone. Without
        rulings, lines are rows, and numbers above each other are a column. Narrow cells with a digit each, in
        a row that touches no other, are one number.
        """
        table = self.trace(picture, timeout_s=timeout_s).table
        return replace(table, reading=replace(table.reading, picture=picture))

    def read_digits(self, pictures: Iterable[Picture], *, timeout_s: float | None = None) -> list[Digit]:
        """The digit in each picture, of which each holds one; pictures as for `read`.

        A batch, (N, H, W) or (N, H, W, 1, 3 or 4), holds N pictures; its levels are judged together. Every
        picture has its answer, in the same order; one without a digit has one that is not accepted.
        A digit's box is the whole picture. Raises ImageError for the first picture that cannot be read, and
        ReadingTimeoutError where all of them together take longer than `timeout_s` seconds.
        """
        deadline = self._deadline(timeout_s)
        return self.classify([self._prepare(picture, deadline) for picture in several(pictures)])

    def prepare(self, picture: Picture, *, timeout_s: float | None = None) -> Prepared:
        """What `classify` needs of a picture that holds one digit. Raises ImageError as `read_digits`."""
        return self._prepare(picture, self._deadline(timeout_s))

    def classify(self, prepared: Sequence[Prepared]) -> list[Digit]:
        """The digit in each of what was `prepared`, in the same order."""
        images = np.zeros((len(prepared), SIDE_PX, SIDE_PX), dtype=np.uint8)
        for image, one in zip(images, prepared, strict=True):
            image[:] = one.image
        threshold = self.manifest.threshold
        probabilities = self._digits.probabilities(images)
        return [
            _digit(one.box, of_digit, threshold)
            for one, of_digit in zip(prepared, probabilities, strict=True)
        ]

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Calibrated probabilities, float32 (N, 11), of digits that look as MNIST's do, uint8 (N, 28, 28).

        Ink is 255 and paper 0. Columns 0 to 9 are the digits, column 10 is "no digit"; a row sums to 1.
        Raises InputError for images of another form.
        """
        return self._digits.probabilities(images)

    def feature_maps(self, image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """What each convolution finds in an image as for `probabilities`, uint8 (28, 28): float32 (c, h, w).

        Empty where the model's file does not give them.
        """
        return self._digits.feature_maps(image)

    def trace(self, picture: Picture, *, timeout_s: float | None = None) -> Trace:
        """As `read`, with everything on the way."""
        deadline, name = self._deadline(timeout_s), _name(picture)
        grey = self._decode(picture, deadline)
        page = self._find_page(grey, name, deadline)
        seen = self._cut(page, name, deadline)
        if quarters := find_turn(page.ink, seen, self._lines):
            # Letters and rulings were told from digits on their side.
            page = self._find_page(np.ascontiguousarray(np.rot90(grey, quarters)), name, deadline)
            size = grey.shape[1], grey.shape[0]
            page = replace(page, back=back_from_turn(size, quarters) @ page.back, size=size)
            seen = self._cut(page, name, deadline)
        passed_over = [line.box for line in seen if not line.cuts]
        with suppress(ImageError):  # more than can be read may be passed over
            passed_over += [line.box for line in segment(page.words, name)]
        lines = [line for line in seen if line.cuts]
        if not lines and max(grey.shape) <= CROP_PX:  # noise may hide the line in a crop
            of_digit = self._trace_digit(grey)
            if of_digit.reading.lines[0].digits[0].accepted:
                return of_digit
        alone = [len(line.cuts) + len(line.signs) for line in lines] == [1]
        if alone or not self._digits.knows_no_digit:
            lines = self._look_again(lines)
        read = [self._read(line, page) for line in lines]
        kept = _with_digits(read)
        passed_over += [line.box for index, line in enumerate(lines) if index not in kept]
        return Trace(
            grey,
            page,
            tuple(lines[index] for index in kept),
            Reading(tuple(read[index] for index in kept), tuple(map(page.in_picture, passed_over))),
        )

    def trace_digit(self, picture: Picture, *, timeout_s: float | None = None) -> Trace:
        """As `read_digits` of one picture, with everything on the way."""
        return self._trace_digit(self._decode(picture, self._deadline(timeout_s)))

    def _trace_digit(self, grey: NDArray[np.uint8]) -> Trace:
        page = page_of_digit(grey)
        image = image_of_ink(page.ink)
        probabilities = self._digits.probabilities(image[None])[0]
        digit = _digit(_whole(grey), probabilities, self.manifest.threshold)
        cut = Cut(_whole(page.ink), page.ink, image, probabilities)
        return Trace(grey, page, (CutLine(cut.box, None, (cut,)),), Reading((Line((digit,)),)))

    def _find_page(self, grey: NDArray[np.uint8], name: str, deadline: Deadline) -> Page:
        """What is to be read in a picture."""
        page = find_page(grey, self._desk, self._layout).without_faces()
        deadline.check(f"finding the ink of {name}")
        if _is_alone(page.ink):  # it may be anything, and the networks for digits know what is none
            return replace(page, numbers=np.ones_like(page.ink))
        return page.without_words(self._layout.manifest.threshold)

    def _cut(self, page: Page, name: str, deadline: Deadline) -> list[CutLine]:
        """The lines of a page, cut into digits; some have none."""
        found = segment(page.ink, name)
        deadline.check(f"finding the lines of {name}")
        lines: list[CutLine] = []
        for number, line in enumerate(found, start=1):
            lines.append(_weigh(cut_line(line, self._lines, self._numbers), page))
            deadline.check(f"reading line {number} of {len(found)} of {name}")
            check_bound(sum(len(line.cuts) for line in lines), MAX_DIGITS, "{:,} digits", name)
        return lines

    def _read(self, line: CutLine, page: Page) -> Line:
        threshold = self._lines.manifest.threshold
        return Line(
            tuple(_digit(page.in_picture(cut.box), cut.probabilities, threshold) for cut in line.cuts),
            tuple(replace(sign, box=page.in_picture(sign.box)) for sign in line.signs),
        )

    def _look_again(self, lines: Sequence[CutLine]) -> list[CutLine]:
        """The lines, with each digit as the network for single ones sees it.

        What is alone in a picture may be anything, and the reader's own network knows what is no digit. Who
        brings a classifier of digits wants to know what it says.
        """
        images = [cut.image for line in lines for cut in line.cuts]
        if not images:
            return list(lines)
        judged = iter(self._digits.probabilities(np.stack(images)))
        return [
            replace(line, cuts=tuple(replace(cut, probabilities=next(judged)) for cut in line.cuts))
            for line in lines
        ]

    def _prepare(self, picture: Picture, deadline: Deadline) -> Prepared:
        grey = self._decode(picture, deadline)
        prepared = Prepared(digit_image(grey), _whole(grey))
        deadline.check(f"finding the ink of {_name(picture)}")
        return prepared

    def _decode(self, picture: Picture, deadline: Deadline) -> NDArray[np.uint8]:
        """The picture's grey levels."""
        name = _name(picture)
        deadline.check(f"decoding {name}")  # where the time is over already, nothing is begun
        grey = decode(picture, self._max_pixels)
        deadline.check(f"decoding {name}")
        return grey

    def _deadline(self, timeout_s: float | None) -> Deadline:
        """That of a call which may take `timeout_s`, or what every call may take."""
        return Deadline(self._timeout_s if timeout_s is None else timeout_s)


def _is_alone(ink: NDArray[np.float32]) -> bool:
    """Whether there is one line at most; more than can be read are more."""
    try:
        return len(segment(ink)) <= 1
    except ImageError:
        return False


def _weigh(line: CutLine, page: Page) -> CutLine:
    """The line, with the probability of each digit reduced if the page shows no number there.

    The page's likelihood enters as its square root: both networks judge the same strokes, and a plain product
    would count the same doubt twice.
    """
    return replace(
        line, cuts=tuple(cut.given(math.sqrt(page.likelihood(cut.box, cut.ink))) for cut in line.cuts)
    )


def _open_again(settings: dict[str, Any]) -> Reader:
    return Reader(**settings)


def _whole_number(name: str, value: object) -> int:
    """`value` as an int above 0. Raises InputError for anything else, which calls it by its name."""
    try:
        number = 0 if isinstance(value, bool) else index(value)  # type: ignore[arg-type]
    except TypeError:
        number = 0
    if number < 1:
        raise InputError(f"expected {name} to be a whole number above 0, received {value!r}")
    return number


def _name(picture: Picture) -> str:
    return str(picture) if isinstance(picture, str | os.PathLike) else "this picture"


def _with_digits(lines: Sequence[Line]) -> list[int]:
    """Which lines hold digits: check marks, print and the like are lines too, of which nothing is accepted.

    All, where that goes for every line.
    """
    kept = [index for index, line in enumerate(lines) if any(digit.accepted for digit in line.digits)]
    return kept or list(range(len(lines)))


def _digit(box: Box, probabilities: NDArray[np.float32], threshold: float) -> Digit:
    of_digits = probabilities[:N_DIGITS].tolist()
    confidence = max(of_digits)
    return Digit(of_digits.index(confidence), confidence, confidence >= threshold, box, tuple(of_digits))


def _whole(picture: NDArray[Any]) -> Box:
    return Box(0, 0, width=picture.shape[1], height=picture.shape[0])
