"""The result of reading a picture: digits and the signs of numbers, in lines from top to bottom."""

import math
import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tenfold.errors import ImageError, InputError
from tenfold.imaging.decode import Picture, decode
from tenfold.imaging.segment import Box
from tenfold.symbols import N_DIGITS, SIGNS

if TYPE_CHECKING:
    from tenfold.drawing import Drawing

DECIMALS = 6  # of probabilities in JSON; further ones are float32 noise
# A gap wider than the line's median gap by this share of a digit's height separates two numbers; chosen on
# lines by held-out writers.
_SPACE = 0.5
_NUMBER = re.compile(r"(?<![\d?])-?[\d?]+(?:[.,:/-][\d?]+)*")


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit: its most likely value and how certain that is.

    `confidence` in [0, 1] is the calibrated probability that `value` is right. `accepted` is false if the
    reader is too uncertain to commit to it. `probabilities` are those of 0 to 9; what they lack to 1 is the
    probability that this is not a digit. `box` is in pixels of the picture. `printed` is true if the digit's
    number is set so evenly that it is probably print; it is false for most numbers of fewer than four digits,
    which say too little.
    """

    value: int
    confidence: float
    accepted: bool
    box: Box
    probabilities: tuple[float, ...]
    printed: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """One of the signs . , - / : + = ( ) % in a line.

    `confidence` in [0, 1] is the calibrated probability that it is this sign; `after` is the number of the
    line's digits before it. `box` is in pixels of the picture.
    """

    text: str
    confidence: float
    box: Box
    after: int


@dataclass(frozen=True, slots=True)
class Line:
    """The digits of one line, from left to right: iterates over them."""

    digits: tuple[Digit, ...]
    signs: tuple[Sign, ...] = ()

    def __iter__(self) -> Iterator[Digit]:
        return iter(self.digits)

    def __len__(self) -> int:
        return len(self.digits)

    @property
    def text(self) -> str:
        """The values, with `?` for each digit that is not accepted."""
        return "".join(map(_text_of, self.digits))

    @property
    def written(self) -> str:
        """`text` with its signs, and a space at each wide gap: "12.50", "-3", "7 + 4 = ?1"."""
        return " ".join("".join(map(_text_of, part.marks)) for part in self.parts)

    @property
    def marks(self) -> tuple[Digit | Sign, ...]:
        """The digits and signs, from left to right."""
        marks: list[Digit | Sign] = list(self.digits)
        for sign in reversed(self.signs):
            marks.insert(sign.after, sign)
        return tuple(marks)

    @property
    def parts(self) -> tuple["Line", ...]:
        """The parts of the line between its wide gaps, each as a line."""
        return self.split(self._widest_gap(self.gaps))

    @property
    def gaps(self) -> list[int]:
        """The distance between each digit or sign and the next, in pixels."""
        return [right.box.x - left.box.right for left, right in pairwise(self.marks)]

    def split(self, widest: float) -> tuple["Line", ...]:
        """The parts of the line between gaps above `widest`, in pixels, each as a line."""
        marks, gaps = self.marks, self.gaps
        starts = [0, *(number for number, gap in enumerate(gaps, start=1) if gap > widest), len(marks)]
        return tuple(line_of(marks[start:end]) for start, end in pairwise(starts) if end > start)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers in the line, each with its own signs: ("12.50", "-3"), or ("12", "7") for "12  7"."""
        return tuple(_NUMBER.findall(self.written))

    def moved(self, place: Callable[[Box], Box]) -> "Line":
        """The line with each box mapped by `place`."""
        return line_of([replace(mark, box=place(mark.box)) for mark in self.marks])

    def _widest_gap(self, gaps: list[int]) -> float:
        """The widest gap within a number, in pixels."""
        if not self.digits:
            return math.inf
        height = statistics.median(digit.box.height for digit in self.digits)
        return statistics.median_low(gaps) + _SPACE * height if gaps else math.inf


def line_of(marks: Sequence[Digit | Sign]) -> Line:
    """The line of these digits and signs, left to right; `after` of each sign is recomputed."""
    digits: list[Digit] = []
    signs: list[Sign] = []
    for mark in marks:
        if isinstance(mark, Digit):
            digits.append(mark)
        else:
            signs.append(replace(mark, after=len(digits)))
    return Line(tuple(digits), tuple(signs))


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """All lines of digits in a picture, from top to bottom: iterates over them.

    `passed_over` are the boxes of lines that were found but probably contain no digits: letters, print,
    doodles. `picture` is the input as it was given to `Reader.read`, otherwise None; comparisons of readings
    ignore it.
    """

    lines: tuple[Line, ...]
    passed_over: tuple[Box, ...] = ()
    picture: Picture | None = field(default=None, compare=False)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def confidence(self) -> float:
        """The probability that all values are right, including those shown as `?`; 0 if there are no digits.

        It is the product of the digits' confidences, which assumes independent errors; it never exceeds the
        lowest of them. It does not account for digits that were missed.
        """
        found = [digit.confidence for line in self.lines for digit in line.digits]
        return math.prod(found) if found else 0.0

    @property
    def text(self) -> str:
        """One line of text per line of digits; empty if there are none."""
        return "\n".join(line.text for line in self.lines)

    def show(self) -> "Drawing":
        """The picture, if still available, with a box around each digit, and the text of each line."""
        from tenfold.reader.view import draw_reading

        try:
            grey = None if self.picture is None else decode(self.picture)
        except ImageError:
            grey = None
        return draw_reading(grey, self)

    def __repr__(self) -> str:
        text = " | ".join(line.written for line in self.lines) or "no digits found"
        return f"<Reading: {text} ({len(self.lines)} lines, confidence {self.confidence:.3f})>"

    def _repr_html_(self) -> str:
        return self.show()._repr_html_()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: text, lines, digits, signs, boxes; probabilities rounded to six decimals."""
        return {
            "text": self.text,
            "lines": [
                {
                    "text": line.text,
                    "written": line.written,
                    "numbers": list(line.numbers),
                    "digits": [_digit_to_dict(digit) for digit in line.digits],
                    "signs": [_sign_to_dict(sign) for sign in line.signs],
                }
                for line in self.lines
            ],
            "passed_over": [box_to_dict(box) for box in self.passed_over],
        }

    @classmethod
    def from_dict(cls, content: object) -> "Reading":
        """The reading from which `to_dict` made `content`, except for rounding.

        Other keys in `content`, such as `file` in the JSON of `tenfold read`, are ignored. Raises InputError
        if it is not a reading: something is missing, has the wrong type, is out of range, or contradicts
        another value.
        """
        reading = cls(
            tuple(_line_from(line) for line in _list(content, "lines")),
            tuple(_box_from(box) for box in _list(content, "passed_over")),
        )
        _check_equal(content, "text", reading.text)
        return reading


def _text_of(mark: Digit | Sign) -> str:
    if isinstance(mark, Sign):
        return mark.text
    return str(mark.value) if mark.accepted else "?"


def _digit_to_dict(digit: Digit) -> dict[str, Any]:
    return {
        "value": digit.value,
        "confidence": round(digit.confidence, DECIMALS),
        "accepted": digit.accepted,
        "box": box_to_dict(digit.box),
        "probabilities": [round(probability, DECIMALS) for probability in digit.probabilities],
        "printed": digit.printed,
    }


def _sign_to_dict(sign: Sign) -> dict[str, Any]:
    return {
        "text": sign.text,
        "confidence": round(sign.confidence, DECIMALS),
        "box": box_to_dict(sign.box),
        "after": sign.after,
    }


def box_to_dict(box: Box) -> dict[str, int]:
    """Plain values for JSON."""
    return {"x": box.x, "y": box.y, "width": box.width, "height": box.height}


def _line_from(content: object) -> Line:
    digits = tuple(_digit_from(digit) for digit in _list(content, "digits"))
    line = Line(digits, tuple(_sign_from(sign, len(digits)) for sign in _list(content, "signs")))
    if [sign.after for sign in line.signs] != sorted(sign.after for sign in line.signs):
        raise InputError("expected the signs of a line from left to right, received another order")
    _check_equal(content, "text", line.text)
    _check_equal(content, "written", line.written)
    _check_equal(content, "numbers", list(line.numbers))
    return line


def _sign_from(content: object, n_digits: int) -> Sign:
    text, after = _value(content, "text"), _value(content, "after")
    if not isinstance(text, str) or len(text) != 1 or text not in SIGNS:
        raise InputError(f"expected one of the signs {' '.join(SIGNS)}, received {text!r}")
    if type(after) is not int or not 0 <= after <= n_digits:
        raise InputError(f"expected a sign after 0 to {n_digits} digits, received {after!r}")
    confidence = _fraction(_value(content, "confidence"), "a confidence")
    return Sign(text, confidence, _box_from(_value(content, "box")), after)


def _digit_from(content: object) -> Digit:
    probabilities = tuple(_fraction(value, "a probability") for value in _list(content, "probabilities"))
    confidence = _fraction(_value(content, "confidence"), "a confidence")
    accepted, value, printed = (_value(content, name) for name in ("accepted", "value", "printed"))
    if len(probabilities) != N_DIGITS or sum(probabilities) > 1 + N_DIGITS * 10**-DECIMALS:
        raise InputError(f"expected ten probabilities that sum to at most 1, received {list(probabilities)}")
    if type(value) is not int or not 0 <= value < N_DIGITS or {type(accepted), type(printed)} != {bool}:
        raise InputError(
            "expected a value from 0 to 9, and accepted and printed true or false, "
            f"received {value!r}, {accepted!r} and {printed!r}"
        )
    if confidence != max(probabilities) or probabilities[value] != confidence:
        raise InputError(
            f"expected the confidence of {value} to be its probability, the highest, received {confidence}"
        )
    return Digit(value, confidence, accepted, _box_from(_value(content, "box")), probabilities, printed)


def _box_from(content: object) -> Box:
    numbers = [_value(content, name) for name in ("x", "y", "width", "height")]
    if any(type(number) is not int or number < 0 for number in numbers) or 0 in numbers[2:]:
        raise InputError(f"expected a box in pixels with x, y, width and height, received {content!r}")
    return Box(*numbers)


def _fraction(content: Any, name: str) -> float:
    if type(content) not in (int, float) or not 0 <= content <= 1:
        raise InputError(f"expected {name} from 0 to 1, received {content!r}")
    return float(content)


def _list(content: object, name: str) -> list[Any]:
    values = _value(content, name)
    if not isinstance(values, list | tuple):
        raise InputError(f"expected {name} of a reading to be a list, received {type(values).__name__}")
    return list(values)


def _value(content: object, name: str) -> Any:
    if not isinstance(content, dict) or name not in content:
        received = ", ".join(map(str, content)) if isinstance(content, dict) else type(content).__name__
        raise InputError(
            f"expected a reading in the format of to_dict, with {name}, received {received or 'nothing'}"
        )
    return content[name]


def _check_equal(content: object, name: str, expected: object) -> None:
    received = _value(content, name)
    if received != expected:
        raise InputError(f"expected the {name} of these digits to be {expected!r}, received {received!r}")
