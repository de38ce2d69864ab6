"""Lines cut into digits; a stand-in for the network knows where the digits are."""

from typing import Any, cast

import cv2
import numpy as np
import pytest

from tenfold.imaging.segment import segment
from tenfold.imaging.strip import to_strip
from tenfold.reader.cut import CutLine, cut_line
from tenfold.reader.network import LineNetwork
from tenfold.symbols import N_SYMBOLS, NONE, symbols_of


class KnownText:
    """A network that finds this text, evenly spaced over a strip's inked width, and nothing at a space."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.widths: list[int] = []  # of the strips it received

    def probabilities(self, strip: np.ndarray) -> np.ndarray:
        self.widths.append(strip.shape[1])
        output = np.zeros((strip.shape[1] // 2, N_SYMBOLS), dtype=np.float32)
        output[:, NONE] = 1
        inked = np.flatnonzero(strip.max(axis=0) > 60)
        for number, character in enumerate(self.text):
            if character == " ":
                continue
            (symbol,) = symbols_of(character)
            share = (number + 0.5) / len(self.text)
            column = int((inked[0] + share * (inked[-1] + 1 - inked[0])) / 2)
            output[column] = 0.002
            output[column, symbol] = 0.98
        return output


def write(text: str, step: int = 45) -> np.ndarray:
    ink = np.zeros((80, 60 + step * len(text)), dtype=np.uint8)
    for index, digit in enumerate(text):
        one = np.zeros_like(ink)
        cv2.putText(one, digit, (5 + step * index, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.9, 255, 5)
        np.maximum(ink, one, out=ink)
    return (ink / 255).astype(np.float32)


def read(ink: np.ndarray, network: str | KnownText) -> CutLine:
    (line,) = segment(ink)
    known = KnownText(network) if isinstance(network, str) else network
    return cut_line(line, cast(LineNetwork, known))


def test_separate_digits_are_cut_out_whole() -> None:
    ink = write("7052")

    line = read(ink, "7052")

    assert [int(cut.probabilities.argmax()) for cut in line.cuts] == [7, 0, 5, 2]
    assert sum(cut.ink.sum() for cut in line.cuts) == pytest.approx(ink.sum(), rel=1e-5)
    for cut in line.cuts:
        window = ink[cut.box.y : cut.box.bottom, cut.box.x : cut.box.right]
        assert np.array_equal(window[cut.ink > 0], cut.ink[cut.ink > 0])


@pytest.mark.parametrize("text", ["33", "68", "20", "95", "08"])
def test_touching_digits_are_cut_apart(text: str) -> None:
    pages = (write(text, step) for step in range(45, 15, -1))
    touching = next(ink for ink in pages if cv2.connectedComponents((ink > 0).astype(np.uint8))[0] == 2)

    left, right = read(touching, text).cuts

    for cut, alone in zip((left, right), text, strict=True):
        (expected,) = read(write(alone), alone).cuts
        assert np.corrcoef(cut.image.ravel(), expected.image.ravel())[0, 1] > 0.85
    assert left.box.x < right.box.x


def test_ink_read_as_two_digits_is_cut_at_half_its_width() -> None:
    """Only the network says that a plain bar is two digits: each gets half of it, and no ink is lost."""
    ink = np.zeros((60, 100), dtype=np.float32)
    ink[20:40, 10:90] = 1

    (whole,) = read(ink, "1").cuts
    left, right = read(ink, "11").cuts

    assert (whole.box.x, whole.box.right) == (left.box.x, right.box.right) == (10, 90)
    assert left.box.right == right.box.x == pytest.approx(50, abs=2)
    for cut in (whole, left, right):
        assert (cut.box.y, cut.box.bottom) == (20, 40)
        assert cut.ink.all()


def test_ink_between_digits_is_not_part_of_them() -> None:
    ink = write("4271")
    alone = [cut.box for cut in read(ink, "4271").cuts]
    cv2.circle(ink, (91, 66), 2, 1, -1)

    assert [cut.box for cut in read(ink, "4271").cuts] == alone


@pytest.mark.parametrize("found", ["  1   ", "   1  "])
def test_writing_beside_a_digit_that_the_network_passes_over_is_not_part_of_it(found: str) -> None:
    (alone,) = read(write(found), "1").cuts

    (cut,) = read(write(found.replace(" ", "8")), found).cuts

    assert cut.box == alone.box


def test_signs_are_returned_separately_and_other_writing_is_left_out() -> None:
    line = read(write("12-4x"), "12-4x")

    assert [int(cut.probabilities.argmax()) for cut in line.cuts] == [1, 2, 4]
    (sign,) = line.signs
    assert (sign.text, sign.after) == ("-", 2)
    assert line.cuts[1].box.right <= sign.box.x
    assert sign.box.right <= line.cuts[2].box.x
    assert sign.box.height < line.cuts[0].box.height / 3
    assert 0.9 < sign.confidence <= 1


def test_the_strip_and_all_peaks_are_kept() -> None:
    ink = write("17")
    (line,) = segment(ink)
    top, bottom = np.flatnonzero(ink.any(axis=1))[[0, -1]]
    left, right = np.flatnonzero(ink.any(axis=0))[[0, -1]]
    written = np.ascontiguousarray(ink[top : bottom + 1, left : right + 1])

    received = read(ink, "17").strip

    expected: Any = to_strip(written, len(written) / 2, line.height).image
    assert received is not None
    assert np.abs(received.astype(int) - expected).mean() < 3


def test_a_line_in_which_the_network_finds_nothing_has_no_digits() -> None:
    assert read(write("17"), "").cuts == ()


class Nearsighted(KnownText):
    """Mistakes a 7 for a 9, though not confidently, unless the strip shows the line enlarged."""

    def probabilities(self, strip: np.ndarray) -> np.ndarray:
        output = super().probabilities(strip)
        if strip.shape[1] <= self.widths[0]:
            output[output[:, 7] == np.float32(0.98)] = 0.01
            seven = np.flatnonzero(output[:, NONE] < 1)[self.text.index("7")]
            output[seven, [7, 9]] = 0.42, 0.48
        return output


def test_a_line_in_doubt_is_read_again_enlarged() -> None:
    network = Nearsighted("174")

    line = read(write("174"), network)

    assert [int(cut.probabilities.argmax()) for cut in line.cuts] == [1, 7, 4]
    first, enlarged = network.widths
    assert line.strip is not None
    assert line.strip.shape[1] == enlarged > first  # the strip of the confident reading


def test_a_confident_line_is_read_once() -> None:
    network = KnownText("1")

    read(write("1"), network)

    assert len(network.widths) == 1


class Doubtful(KnownText):
    """Finds its text, but without confidence: in each place, a 7 is nearly as likely."""

    def probabilities(self, strip: np.ndarray) -> np.ndarray:
        output = super().probabilities(strip)
        columns = np.flatnonzero(output[:, NONE] < 0.5)
        columns = columns[output[columns].argmax(axis=1) < NONE]
        output[columns] /= 2
        output[columns, 7] += 0.49
        return output


class DigitsOnly(KnownText):
    """Knows digits only: to it, everything else is none."""

    def probabilities(self, strip: np.ndarray) -> np.ndarray:
        output = super().probabilities(strip)
        output[:, NONE] += output[:, NONE + 1 :].sum(axis=1)
        output[:, NONE + 1 :] = 0
        return output


def test_in_doubt_a_digits_only_network_decides_the_digits_and_not_the_signs() -> None:
    (line,) = segment(write("12-4"))

    alone = cut_line(line, cast(LineNetwork, Doubtful("12-4")))
    with_numbers = cut_line(line, cast(LineNetwork, Doubtful("12-4")), cast(LineNetwork, DigitsOnly("12-4")))

    assert alone.cuts[0].probabilities.max() < 0.6
    assert [int(cut.probabilities.argmax()) for cut in with_numbers.cuts] == [1, 2, 4]
    assert [(sign.text, sign.after) for sign in with_numbers.signs] == [("-", 2)]
    assert all(cut.probabilities.max() > 0.6 for cut in with_numbers.cuts)


def test_a_confident_line_does_not_use_the_digits_only_network() -> None:
    (line,) = segment(write("12"))
    numbers = DigitsOnly("12")

    cut_line(line, cast(LineNetwork, KnownText("12")), cast(LineNetwork, numbers))

    assert numbers.widths == []


def test_scaling_a_cut_multiplies_its_digit_probabilities() -> None:
    (sure,) = read(write("7"), "7").cuts

    doubtful = sure.scaled_by(0.25)

    assert doubtful.probabilities[7] == pytest.approx(0.25 * sure.probabilities[7])
    assert doubtful.probabilities.sum() == pytest.approx(1)
    assert np.array_equal(doubtful.image, sure.image)
