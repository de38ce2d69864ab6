"""Text and JSON of a reading made by hand."""

import json

from tenfold.imaging.box import Box
from tenfold.reader.reading import Digit, Line, Reading

BOX = Box(1, 2, 3, 4)


def digit(value: int, *, accepted: bool = True) -> Digit:
    probabilities = tuple(0.9 if i == value else 0.01 for i in range(10))
    return Digit(value, 0.9, accepted, BOX, probabilities)


def test_a_line_of_text_per_line_and_a_question_mark_where_it_is_not_accepted() -> None:
    reading = Reading((Line((digit(1), digit(7, accepted=False), digit(0))), Line((digit(4),))))

    assert reading.text == "1?0\n4"
    assert [line.text for line in reading.lines] == ["1?0", "4"]


def test_nothing_read_is_empty_text() -> None:
    assert Reading(()).text == ""


def test_json_says_all_there_is() -> None:
    told = json.loads(json.dumps(Reading((Line((digit(3),)),)).to_dict()))

    assert told == {
        "text": "3",
        "lines": [
            {
                "text": "3",
                "digits": [
                    {
                        "value": 3,
                        "confidence": 0.9,
                        "accepted": True,
                        "box": {"x": 1, "y": 2, "width": 3, "height": 4},
                        "probabilities": [0.01] * 3 + [0.9] + [0.01] * 6,
                    }
                ],
            }
        ],
    }
