"""Text and JSON of readings built by hand."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tenfold.errors import InputError
from tenfold.imaging.segment import Box
from tenfold.reader.reading import Digit, Line, Reading, Sign

BOX = Box(1, 2, 3, 4)


def digit(value: int, *, accepted: bool = True) -> Digit:
    probabilities = tuple(0.9 if i == value else 0.01 for i in range(10))
    return Digit(value, 0.9, accepted, BOX, probabilities)


def test_text_has_one_line_per_line_and_a_question_mark_per_doubtful_digit() -> None:
    reading = Reading((Line((digit(1), digit(7, accepted=False), digit(0))), Line((digit(4),))))

    assert reading.text == "1?0\n4"
    assert [line.text for line in reading.lines] == ["1?0", "4"]


def test_an_empty_reading_has_empty_text() -> None:
    assert Reading(()).text == ""


def test_json_is_complete() -> None:
    reading = Reading((Line((digit(3),), (Sign("-", 0.8, BOX, 0),)),), passed_over=(Box(5, 6, 7, 8),))

    content = json.loads(json.dumps(reading.to_dict()))

    assert content == {
        "text": "3",
        "lines": [
            {
                "text": "3",
                "written": "-3",
                "numbers": ["-3"],
                "digits": [
                    {
                        "value": 3,
                        "confidence": 0.9,
                        "accepted": True,
                        "box": {"x": 1, "y": 2, "width": 3, "height": 4},
                        "probabilities": [0.01] * 3 + [0.9] + [0.01] * 6,
                        "printed": False,
                    }
                ],
                "signs": [
                    {
                        "text": "-",
                        "confidence": 0.8,
                        "box": {"x": 1, "y": 2, "width": 3, "height": 4},
                        "after": 0,
                    }
                ],
            }
        ],
        "passed_over": [{"x": 5, "y": 6, "width": 7, "height": 8}],
    }


TWO_LINES = Reading(
    (Line((digit(1), digit(7, accepted=False)), (Sign(".", 0.7, BOX, 1),)), Line((digit(4),)))
)


def written(text: str) -> Line:
    """A line of characters 20 pixels wide, 30 high and 5 apart; a space is a gap."""
    digits, signs, x = [], [], 0
    for character in text:
        box = Box(x, 0, 20, 30)
        if character.isdigit() or character == "?":
            digits.append(
                replace(digit(int(character.replace("?", "5")), accepted=character != "?"), box=box)
            )
        elif character != " ":
            signs.append(Sign(character, 0.9, box, len(digits)))
        x += 25
    return Line(tuple(digits), tuple(signs))


@pytest.mark.parametrize(
    ("text", "expected", "numbers"),
    [
        ("12.50", "12.50", ("12.50",)),
        ("-3", "-3", ("-3",)),
        ("14:30", "14:30", ("14:30",)),
        ("3/4", "3/4", ("3/4",)),
        ("12 7", "12 7", ("12", "7")),
        ("1?7", "1?7", ("1?7",)),
        ("7+4=11", "7+4=11", ("7", "4", "11")),
        ("17 + 42", "17 + 42", ("17", "42")),
        ("(20)%", "(20)%", ("20",)),
        ("3,-", "3,-", ("3",)),
        ("--", "--", ()),
        ("", "", ()),
    ],
)
def test_written_has_signs_and_spaces_and_numbers_are_separate(
    text: str, expected: str, numbers: tuple[str, ...]
) -> None:
    line = written(text)

    assert line.written == expected
    assert line.numbers == numbers
    assert line.text == "".join(character for character in text if character in "0123456789?")


def test_evenly_spaced_digits_are_one_number() -> None:
    digits = tuple(replace(digit(value), box=Box(80 * value, 0, 20, 30)) for value in range(1, 6))

    assert Line(digits).numbers == ("12345",)


def test_a_reading_iterates_over_its_lines_and_a_line_over_its_digits() -> None:
    assert len(TWO_LINES) == 2
    assert [[one.value for one in line] for line in TWO_LINES] == [[1, 7], [4]]
    assert [len(line) for line in TWO_LINES] == [2, 1]


def test_confidence_is_the_product_over_all_digits() -> None:
    assert TWO_LINES.confidence == pytest.approx(0.9**3)
    assert Reading(()).confidence == 0


def test_a_reading_survives_a_round_trip_through_its_dictionary() -> None:
    content = json.loads(json.dumps(TWO_LINES.to_dict()))

    assert Reading.from_dict(content) == TWO_LINES
    assert Reading.from_dict({"file": "a.png", **content}) == TWO_LINES
    assert Reading.from_dict(Reading(()).to_dict()) == Reading(())
    assert Reading.from_dict(Reading((), (BOX,)).to_dict()) == Reading((), (BOX,))


def change(place: str, value: object) -> Callable[[dict[str, Any]], object]:
    """A function that changes one value of the reading or its first line, digit, box or sign."""

    def changed(content: dict[str, Any]) -> object:
        digit_content = content["lines"][0]["digits"][0]
        line = content["lines"][0]
        parts = {
            "reading": content,
            "line": line,
            "sign": line["signs"][0],
            "digit": digit_content,
            "box": digit_content["box"],
        }
        parts[place.partition(".")[0]][place.partition(".")[2]] = value
        return content

    return changed


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: None,
        lambda _: [],
        lambda _: {"file": "a.png", "error": "it is damaged"},
        change("reading.lines", None),
        change("reading.lines", [7]),
        change("reading.text", "17\n4"),
        change("reading.passed_over", None),
        change("reading.passed_over", [{"x": 1}]),
        change("line.text", "17"),
        change("line.digits", {}),
        change("line.written", "1?"),
        change("line.numbers", ["1", "?"]),
        change("line.signs", None),
        change("sign.text", "x"),
        change("sign.text", ".,"),
        change("sign.after", 3),
        change("sign.after", True),
        change("sign.confidence", 2),
        change("digit.value", 10),
        change("digit.value", True),
        change("digit.value", 2),
        change("digit.accepted", 1),
        change("digit.confidence", 0.8),
        change("digit.confidence", float("nan")),
        change("digit.probabilities", [0.1] * 9),
        change("digit.probabilities", [0.9] * 10),
        change("digit.probabilities", [-0.1, 0.9, *[0.0] * 8]),
        change("digit.box", None),
        change("box.x", -1),
        change("box.width", 0),
        change("box.height", 1.5),
    ],
)
def test_an_invalid_dictionary_is_refused_in_one_line(spoil: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(InputError, match=r"^expected .* received .*$"):
        Reading.from_dict(spoil(json.loads(json.dumps(TWO_LINES.to_dict()))))
