"""Digits are as certain as their strokes and the rest of their page let them be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.imaging.segment import Box
from tenfold.reader.confidence import evidence, weigh_by_page
from tenfold.reader.cut import Cut, CutLine
from tenfold.reader.page import Page

Candidate = tuple[float, float]  # the probabilities of a digit, and of being part of a number
SIDE = 10
probability = st.floats(0, 1, width=32)
candidates = st.lists(st.tuples(probability, probability), min_size=1, max_size=8)


def page_of(
    digits: list[Candidate], size: tuple[int, int] = (800, 600), *, has_one_line: bool = False
) -> tuple[Page, list[CutLine]]:
    """A page with a digit per candidate, and its lines of at most three digits."""
    ink = np.ones((SIDE, SIDE * len(digits)), dtype=np.float32)
    numbers = np.repeat(np.array([number for _, number in digits], np.float32), SIDE)
    blank = np.zeros_like(ink)
    grey = blank.astype(np.uint8)
    page = Page(ink, blank, blank, np.broadcast_to(numbers, ink.shape), np.eye(3), size, grey, has_one_line)
    cuts = [
        Cut(
            Box(SIDE * place, 0, SIDE, SIDE),
            ink[:, :SIDE],
            np.array([digit, *[0] * 9, 1 - digit], dtype=np.float32),
        )
        for place, (digit, _) in enumerate(digits)
    ]
    lines = [cuts[start : start + 3] for start in range(0, len(cuts), 3)]
    return page, [CutLine(line[0].box, None, tuple(line)) for line in lines]


def confidences(digits: list[Candidate], *, has_one_line: bool = False) -> list[float]:
    page, lines = page_of(digits, has_one_line=has_one_line)
    return [float(cut.probabilities[0]) for line in weigh_by_page(lines, page) for cut in line.cuts]


def test_a_digit_among_sure_ones_is_surer_than_among_doubtful_ones() -> None:
    digit = (0.9, 0.8)

    among_sure = confidences([digit, *[(0.99, 0.98)] * 6])[0]
    among_doubtful = confidences([digit, *[(0.5, 0.3)] * 6])[0]

    assert among_doubtful < 0.5 < among_sure


def test_a_digit_is_less_certain_where_the_page_shows_no_number() -> None:
    others = [(0.98, 0.95)] * 5

    assert confidences([(0.9, 0.05), *others])[0] < 0.5 < confidences([(0.9, 0.95), *others])[0]


@given(candidates, st.booleans())
def test_no_digit_becomes_more_certain_than_its_own_strokes(
    digits: list[Candidate], has_one_line: bool
) -> None:
    weighed = confidences(digits, has_one_line=has_one_line)

    assert all(0 <= after <= before + 1e-6 for after, (before, _) in zip(weighed, digits, strict=True))


@given(candidates, probability, st.booleans())
def test_a_surer_neighbour_never_makes_a_digit_less_certain(
    digits: list[Candidate], by: float, has_one_line: bool
) -> None:
    before, number = digits[-1]
    raised = [*digits[:-1], (before + (1 - before) * by, number)]

    before_and_after = (confidences(some, has_one_line=has_one_line) for some in (digits, raised))
    pairs = zip(*before_and_after, strict=True)
    assert all(after >= earlier - 1e-6 for earlier, after in pairs)


@given(candidates)
def test_all_probabilities_of_a_weighed_digit_sum_to_1(digits: list[Candidate]) -> None:
    page, lines = page_of(digits)

    for line in weigh_by_page(lines, page):
        for cut in line.cuts:
            assert cut.probabilities.sum() == pytest.approx(1, abs=1e-5)


def test_several_lines_in_a_small_picture_are_not_weighed() -> None:
    page, lines = page_of([(0.6, 0.1), (0.7, 0.2)], size=(250, 90))

    assert weigh_by_page(lines, page) == lines


def test_a_digit_alone_in_a_picture_is_not_weighed() -> None:
    page, lines = page_of([(0.6, 0.1)], has_one_line=True)

    assert weigh_by_page(lines, page) == lines


def test_a_digit_alone_among_other_writing_is_weighed() -> None:
    page, lines = page_of([(0.6, 0.1)])

    (line,) = weigh_by_page(lines, page)
    assert line.cuts[0].probabilities[0] < 0.5


def test_doubt_applies_to_all_digits_of_a_single_line() -> None:
    word = [(0.9, 0.05), (0.6, 0.1), (0.8, 0.02)]
    number = [(0.99, 0.95), (0.9, 0.2), (0.99, 0.9)]

    assert max(confidences(word, has_one_line=True)) < 0.5
    assert min(confidences(number, has_one_line=True)) > 0.5


def test_evidence_is_log_odds_and_the_mean_of_all_others_and_one_without_any() -> None:
    page, lines = page_of([(0.9, 0.8), (0.6, 0.5), (0.5, 0.5)])

    own, others = evidence(lines, page).T

    assert own == pytest.approx(np.log([9 * 4, 1.5, 1]), abs=1e-5)
    assert others == pytest.approx([np.log(1.5) / 3, np.log(36) / 3, np.log(36 * 1.5) / 3], abs=1e-5)


def test_in_a_single_line_the_evidence_is_the_mean_for_all_its_digits() -> None:
    page, lines = page_of([(0.9, 0.8), (0.6, 0.5), (0.5, 0.5)], has_one_line=True)

    assert evidence(lines, page) == pytest.approx(np.full((3, 1), np.log(36 * 1.5) / 3), abs=1e-5)
