"""What a reader found in a picture: digits in lines, from top to bottom."""

from dataclasses import dataclass
from typing import Any

from tenfold.imaging.box import Box

# Of a probability, in JSON: what lies behind is noise of float32.
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit: the most likely value and how sure that is.

    `confidence` in [0, 1] is the calibrated probability that `value` is right. `accepted` is false where the
    reader would rather say that it does not know. `probabilities` are those of 0 to 9; what they lack to 1
    is the probability that this is no digit.
    """

    value: int
    confidence: float
    accepted: bool
    box: Box
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Digits that stand beside each other, from left to right."""

    digits: tuple[Digit, ...]

    @property
    def text(self) -> str:
        """The values, with `?` where a digit is not accepted."""
        return "".join(str(digit.value) if digit.accepted else "?" for digit in self.digits)


@dataclass(frozen=True, slots=True)
class Reading:
    """All lines of digits in a picture, from top to bottom."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """One line of text per line of digits; empty where there is none."""
        return "\n".join(line.text for line in self.lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: text, lines, digits, boxes; probabilities rounded to six decimals."""
        return {
            "text": self.text,
            "lines": [
                {"text": line.text, "digits": [_plain(digit) for digit in line.digits]} for line in self.lines
            ],
        }


def _plain(digit: Digit) -> dict[str, Any]:
    box = digit.box
    return {
        "value": digit.value,
        "confidence": round(digit.confidence, _DECIMALS),
        "accepted": digit.accepted,
        "box": {"x": box.x, "y": box.y, "width": box.width, "height": box.height},
        "probabilities": [round(probability, _DECIMALS) for probability in digit.probabilities],
    }
