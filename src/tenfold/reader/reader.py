"""Read the digits in any picture."""

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
from tenfold.imaging.decode import Decoded, Picture, decode_reduced, pictures_of
from tenfold.imaging.digit_image import digit_image, image_of_ink, isolate
from tenfold.imaging.ink import is_crop
from tenfold.imaging.memory import release_memory
from tenfold.imaging.normalize import SIDE_PX
from tenfold.imaging.segment import Box, segment
from tenfold.imaging.size import LONGEST_PX
from tenfold.reader.classifier import open_digits
from tenfold.reader.confidence import weigh_by_page
from tenfold.reader.cut import Cut, CutLine, cut_line
from tenfold.reader.deadline import Deadline
from tenfold.reader.manifest import Manifest
from tenfold.reader.network import LineNetwork, RegionNetwork
from tenfold.reader.orientation import find_rotation
from tenfold.reader.page import Page, Sheet, find_page, find_sheets, page_of_digit
from tenfold.reader.printed import mark_print
from tenfold.reader.reading import Digit, Line, Reading
from tenfold.reader.table import Table
from tenfold.reader.trace import PageTrace, Trace
from tenfold.symbols import N_DIGITS

_BUNDLED = Path(__file__).parent / "bundled"
BUNDLED_MODEL, BUNDLED_LINES = _BUNDLED / "reader.onnx", _BUNDLED / "lines.onnx"
BUNDLED_NUMBERS = _BUNDLED / "numbers.onnx"
BUNDLED_DESK, BUNDLED_LAYOUT = _BUNDLED / "desk.onnx", _BUNDLED / "layout.onnx"
BUNDLED = (BUNDLED_MODEL, BUNDLED_LINES, BUNDLED_NUMBERS, BUNDLED_DESK, BUNDLED_LAYOUT)
_MOST_LINES = 150  # a page with more is probably a pattern; its lines are looked at only once


@dataclass(frozen=True, slots=True, eq=False)
class PreparedDigit:
    """A digit as input of the network, uint8 (28, 28) in MNIST's style, and the box of its picture."""

    image: NDArray[np.uint8]
    box: Box


class Reader:
    """Reads handwritten digits; thread-safe.

    `model`, for single digits, and `lines` are ONNX files with their manifests next to them (reader.onnx,
    reader.json); by default the bundled ones. `model` may also be the folder of a finished run, or an ONNX
    file without a manifest: such a classifier judges every digit, including those in lines, which the line
    network still finds and cuts. If `lines` is given, no other network reads lines in doubt. A picture of
    more than `max_pixels` is refused before it is decompressed. One picture is read on `cores`, all by
    default; give 1 if as many threads as cores read at once. A call may take `timeout_s` seconds, unless it
    passes its own; None means no limit. The time is checked between the steps of reading, none of which takes
    long. A reader can be pickled: its paths and settings are kept, and the models are loaded again. Raises
    ModelError if a model is missing, damaged or has another input or output, InputError for values out of
    range.
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
        max_pixels = _positive_integer("max_pixels", max_pixels)
        cores = None if cores is None else _positive_integer("cores", cores)
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
        return _reopen, (self._settings,)

    @property
    def manifest(self) -> Manifest:
        """The manifest of the network for single digits: its origin, accuracy and threshold."""
        return self._digits.manifest

    def read(self, picture: Picture, *, timeout_s: float | None = None) -> Reading:
        """All lines of digits in a picture: a path, a file or its bytes, a PIL image, or an array.

        Arrays, nested lists and objects with `__array__` are grey (H, W), (H, W, 1) or (1, H, W), RGB (H, W,
        3) or (3, H, W), or RGBA with 4 channels; bool, floats from 0 to 1 or to 255, or integers from 0 to
        255 or to 65535; dark on light or light on dark. Letters and specks are ignored; the signs of numbers
        are in `Line.signs`.

        Raises ImageError, which names the file, for anything that cannot be read as a picture; its subclass
        ReadingTimeoutError after `timeout_s` seconds.
        """
        trace = self.trace(picture, timeout_s=timeout_s)
        reading, n_pixels = trace.reading, trace.picture.grey.size
        del trace
        release_memory(n_pixels)
        return replace(reading, picture=picture)

    def read_table(self, picture: Picture, *, timeout_s: float | None = None) -> Table:
        """The table in a picture as rows of cells; pictures and errors as for `read`.

        Cells are enclosed by rulings; anything outside all cells is only in `Table.reading`. Without rulings,
        lines are rows, and numbers above each other form a column. Narrow cells with one digit each, in a row
        that touches no other, form one number. The rows of several sheets follow one another.
        """
        table = self.trace(picture, timeout_s=timeout_s).table
        return replace(table, reading=replace(table.reading, picture=picture))

    def read_digits(self, pictures: Iterable[Picture], *, timeout_s: float | None = None) -> list[Digit]:
        """The digit in each picture, one per picture; pictures as for `read`.

        A batch, (N, H, W) or (N, H, W, 1, 3 or 4), contains N pictures; the range of its values is determined
        over all of them. Every picture gives one digit, in the same order; without a digit in the picture, it
        is not accepted. A digit's box is the whole picture. Raises ImageError for the first picture that
        cannot be read, and ReadingTimeoutError if all of them together take longer than `timeout_s` seconds.
        """
        deadline = self._deadline(timeout_s)
        return self.classify([self._prepare(picture, deadline) for picture in pictures_of(pictures)])

    def prepare(self, picture: Picture, *, timeout_s: float | None = None) -> PreparedDigit:
        """A picture of one digit as input of `classify`. Raises ImageError as `read_digits`."""
        return self._prepare(picture, self._deadline(timeout_s))

    def classify(self, prepared: Sequence[PreparedDigit]) -> list[Digit]:
        """The digits for `prepared` pictures, in the same order."""
        images = np.zeros((len(prepared), SIDE_PX, SIDE_PX), dtype=np.uint8)
        for image, digit in zip(images, prepared, strict=True):
            image[:] = digit.image
        threshold = self.manifest.threshold
        probabilities = self._digits.probabilities(images)
        return [
            _to_digit(digit.box, row, threshold) for digit, row in zip(prepared, probabilities, strict=True)
        ]

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Calibrated probabilities, float32 (N, 11), of images in MNIST's style, uint8 (N, 28, 28).

        Ink is 255 and paper 0. Columns 0 to 9 are the digits, column 10 is "no digit"; rows sum to 1. Raises
        InputError for images of another shape or dtype.
        """
        return self._digits.probabilities(images)

    def feature_maps(self, image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """The output of each convolution for an image in MNIST's style, uint8 (28, 28): float32 (c, h, w)
        each.

        Empty if the model's file does not name them.
        """
        return self._digits.feature_maps(image)

    def trace(self, picture: Picture, *, timeout_s: float | None = None) -> Trace:
        """As `read`, with all intermediate results."""
        deadline, name = self._deadline(timeout_s), _name(picture)
        decoded = self._decode(picture, deadline)
        pages = [
            self._trace_page(page, lines, name) for page, lines in self._find_pages(decoded, name, deadline)
        ]
        if is_crop(decoded.grey) and not any(page.lines for page in pages):  # noise may hide a crop's line
            trace = self._trace_digit(decoded)
            if trace.pages[0].has_accepted_digits:
                return trace
        if any(page.has_accepted_digits for page in pages):
            pages = [page.without_unlikely_lines() for page in pages]
        return Trace(decoded, tuple(pages))

    def candidates(self, picture: Picture) -> list[tuple[Page, list[CutLine]]]:
        """The pages in a picture, and their lines with all that may be digits, not yet weighed by the page.

        Raises ImageError as `read`.
        """
        deadline, name = self._deadline(None), _name(picture)
        found = self._find_pages(self._decode(picture, deadline), name, deadline)
        return [(page, self._judge(lines)) for page, lines in found]

    def trace_digit(self, picture: Picture, *, timeout_s: float | None = None) -> Trace:
        """As `read_digits` for one picture, with all intermediate results."""
        return self._trace_digit(self._decode(picture, self._deadline(timeout_s)))

    def _trace_digit(self, picture: Decoded) -> Trace:
        page = page_of_digit(picture)
        ink = isolate(page.ink)
        probabilities = self._digits.probabilities(image_of_ink(ink)[None])[0]
        digit = _to_digit(_full_box(picture.size), probabilities, self.manifest.threshold)
        cut = Cut(_full_box(ink.shape[::-1]), ink, probabilities)
        return Trace(picture, (PageTrace(page, (CutLine(cut.box, None, (cut,)),), (Line((digit,)),), ()),))

    def _trace_page(self, page: Page, found: Sequence[CutLine], name: str) -> PageTrace:
        """The lines of a page as they are read; those in doubt as well."""
        passed_over = [line.box for line in found if not line.cuts]
        with suppress(ImageError):  # other words may exceed the limits
            passed_over += [line.box for line in segment(page.words, name)]
        lines = self._judge(found)
        if self._digits.has_no_digit_class:  # a user's own classifier alone decides how certain it is
            lines = weigh_by_page(lines, page)
        return PageTrace(
            page,
            tuple(lines),
            tuple(self._read(line, page) for line in lines),
            tuple(map(page.in_picture, passed_over)),
        )

    def _find_pages(
        self, picture: Decoded, name: str, deadline: Deadline
    ) -> list[tuple[Page, list[CutLine]]]:
        """The page on each sheet in a picture, upright, and its lines."""
        found: list[tuple[Page, list[CutLine]]] = []
        n_digits = 0
        sheets = find_sheets(picture, self._desk)
        is_alone = len(sheets) == 1
        for sheet in sheets:
            page = self._find_page(sheet, name, deadline, is_alone=is_alone)
            lines = self._cut(page, name, deadline)
            if quarter_turns := find_rotation(page.ink, lines, self._lines):
                # Start again: letters and rulings were distinguished from digits lying on their side.
                page = self._find_page(sheet.rotated(quarter_turns), name, deadline, is_alone=is_alone)
                lines = self._cut(page, name, deadline)
            found.append((page, lines))
            n_digits += sum(len(line.cuts) for line in lines)
            check_bound(n_digits, MAX_DIGITS, "{:,} digits", name)
        return found

    def _find_page(self, sheet: Sheet, name: str, deadline: Deadline, *, is_alone: bool) -> Page:
        """The page on a sheet, without faces and words."""
        page = find_page(sheet, self._layout).without_faces()
        deadline.check(f"finding the ink of {name}")
        if is_alone and _has_one_line(page.ink):
            return replace(page, has_one_line=True)
        return page.without_words(self._layout.manifest.threshold)

    def _cut(self, page: Page, name: str, deadline: Deadline) -> list[CutLine]:
        """The lines of a page, cut into digits; some have none."""
        found = segment(page.ink, name)
        deadline.check(f"finding the lines of {name}")
        lines: list[CutLine] = []
        look_again = len(found) <= _MOST_LINES
        for number, line in enumerate(found, start=1):
            lines.append(cut_line(line, self._lines, self._numbers, look_again=look_again))
            deadline.check(f"reading line {number} of {len(found)} of {name}")
            check_bound(sum(len(line.cuts) for line in lines), MAX_DIGITS, "{:,} digits", name)
        return lines

    def _read(self, line: CutLine, page: Page) -> Line:
        threshold = self._lines.manifest.threshold
        digits = tuple(_to_digit(cut.box, cut.probabilities, threshold) for cut in line.cuts)
        return mark_print(Line(digits, line.signs)).moved(page.in_picture)

    def _judge(self, found: Sequence[CutLine]) -> list[CutLine]:
        """The lines with digits; some classified by the network for single digits.

        Isolated ink may be anything, and the bundled network rejects what is not a digit. A user's own
        classifier is meant to judge every digit.
        """
        lines = [line for line in found if line.cuts]
        is_single_digit = [len(line.cuts) + len(line.signs) for line in lines] == [1]
        if not lines or (self._digits.has_no_digit_class and not is_single_digit):
            return lines
        images = [cut.image for line in lines for cut in line.cuts]
        judged = iter(self._digits.probabilities(np.stack(images)))
        return [
            replace(line, cuts=tuple(replace(cut, probabilities=next(judged)) for cut in line.cuts))
            for line in lines
        ]

    def _prepare(self, picture: Picture, deadline: Deadline) -> PreparedDigit:
        grey, size = self._decode(picture, deadline)
        prepared = PreparedDigit(digit_image(grey), _full_box(size))
        deadline.check(f"finding the ink of {_name(picture)}")
        return prepared

    def _decode(self, picture: Picture, deadline: Deadline) -> Decoded:
        """The picture's grey levels, at least as large as it is read."""
        name = _name(picture)
        deadline.check(f"decoding {name}")  # do not start after the deadline
        decoded = decode_reduced(picture, LONGEST_PX, self._max_pixels)
        deadline.check(f"decoding {name}")
        return decoded

    def _deadline(self, timeout_s: float | None) -> Deadline:
        """The deadline of a call, with the reader's own limit if `timeout_s` is None."""
        return Deadline(self._timeout_s if timeout_s is None else timeout_s)


def _has_one_line(ink: NDArray[np.float32]) -> bool:
    """Whether ink has at most one line; false if it exceeds the limits."""
    try:
        return len(segment(ink)) <= 1
    except ImageError:
        return False


def _reopen(settings: dict[str, Any]) -> Reader:
    return Reader(**settings)


def _positive_integer(name: str, value: object) -> int:
    """`value` as an int above 0. Raises InputError, which calls it `name`, for anything else."""
    try:
        number = 0 if isinstance(value, bool) else index(value)  # type: ignore[arg-type]
    except TypeError:
        number = 0
    if number < 1:
        raise InputError(f"expected {name} to be a whole number above 0, received {value!r}")
    return number


def _name(picture: Picture) -> str:
    return str(picture) if isinstance(picture, str | os.PathLike) else "this picture"


def _to_digit(box: Box, probabilities: NDArray[np.float32], threshold: float) -> Digit:
    digit_probabilities = tuple(probabilities[:N_DIGITS].tolist())
    confidence = max(digit_probabilities)
    value = digit_probabilities.index(confidence)
    return Digit(value, confidence, confidence >= threshold, box, digit_probabilities)


def _full_box(size: Sequence[int]) -> Box:
    """The box of all of a picture of this `size` (width, height)."""
    return Box(0, 0, width=size[0], height=size[1])
