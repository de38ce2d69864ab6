"""The network is played by a stand-in that knows the digits of the picture by heart."""

import cv2
import numpy as np
import pytest

from tenfold.imaging.normalize import normalize
from tenfold.imaging.segment import segment
from tenfold.imaging.stroke import prepare
from tenfold.reader.cut import cut, split_doubtful


def glyph(digit: int) -> np.ndarray:
    drawn = np.zeros((60, 50), dtype=np.uint8)
    cv2.putText(drawn, str(digit), (5, 50), cv2.FONT_HERSHEY_SIMPLEX, 1.9, 255, 5)
    return drawn.astype(np.float32) / 255


PATTERNS = np.stack([normalize(prepare(glyph(digit))) for digit in range(10)]).astype(np.float32)


def classify(images: np.ndarray) -> np.ndarray:
    """The more an image differs from every digit, the more probably it is none."""
    distances = np.abs(images[:, None].astype(np.float32) - PATTERNS[None]).mean(axis=(2, 3))
    logits = np.concatenate([-distances, np.full((len(images), 1), -18.0)], axis=1)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def write(text: str, step: int = 45, height: int = 80) -> np.ndarray:
    ink = np.zeros((height, 60 + step * len(text)), dtype=np.float32)
    for index, digit in enumerate(text):
        window = ink[10:70, 5 + step * index : 55 + step * index]
        np.maximum(window, glyph(int(digit)), out=window)
    return ink


def read(ink: np.ndarray) -> list[str]:
    lines = split_doubtful(segment(ink), classify)
    return ["".join(str(c.probabilities[:10].argmax()) for c in line) for line in cut(lines, classify)]


def test_digits_apart_are_read_one_by_one() -> None:
    assert read(write("7305926418")) == ["7305926418"]


@pytest.mark.parametrize("text", ["33", "68", "20", "95", "08"])
def test_digits_that_touch_are_cut_apart(text: str) -> None:
    pages = (write(text, step) for step in range(45, 15, -1))
    touching = next(ink for ink in pages if cv2.connectedComponents((ink > 0).astype(np.uint8))[0] == 2)
    assert read(touching) == [text]


def test_a_digit_in_two_parts_is_one() -> None:
    ink = write("157")
    ink[35:37, 50:90] = 0  # cuts the 5 in two
    assert read(ink) == ["157"]


def test_dots_commas_and_dashes_are_passed_over() -> None:
    ink = write("4271")
    cv2.circle(ink, (94, 62), 3, 1, -1)
    cv2.line(ink, (142, 58), (138, 72), 1, 4)
    cv2.line(ink, (205, 40), (225, 40), 1, 4)
    assert read(ink) == ["4271"]


def test_all_lines_of_a_picture_are_classified_at_once() -> None:
    calls = []

    def counted(images: np.ndarray) -> np.ndarray:
        calls.append(len(images))
        return classify(images)

    ink = np.concatenate([write("12"), write("34")])
    lines = cut(segment(ink), counted)
    assert [len(line) for line in lines] == [2, 2]
    assert len(calls) == 1


def test_a_digit_says_where_it_is_and_what_was_seen_of_it() -> None:
    (((first, second)),) = cut(segment(write("17")), classify)
    assert first.box.right <= second.box.x
    assert first.image.shape == (28, 28)
    assert first.image.dtype == np.uint8
    assert first.probabilities.shape == (11,)
    x, y, width, height = cv2.boundingRect((write("17") > 0).astype(np.uint8))
    assert (first.box.x, second.box.right) == (x, x + width)
    assert min(first.box.y, second.box.y) == y
    assert max(first.box.bottom, second.box.bottom) == y + height


def test_without_lines_there_are_no_digits() -> None:
    assert cut([], classify) == []
