"""Lines as people write them: numbers with signs, beside words, in frames."""

from collections import Counter
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tenfold.data import Dataset
from tenfold.data.pens import Characters
from tenfold.data.synthesis import NO_DIGIT, World
from tenfold.data.synthesis.hand import FOOT
from tenfold.data.synthesis.pen import HEIGHT
from tenfold.data.synthesis.penman import Penman
from tenfold.data.synthesis.rows import MAX_LABELS, WIDTH_PX
from tenfold.data.synthesis.segments import write_segments
from tenfold.data.synthesis.strokes import indices_by_value, trace
from tenfold.data.synthesis.surroundings import frame, separate
from tenfold.data.synthesis.texts import choose_text, choose_word
from tenfold.data.synthesis.writing import Writing
from tenfold.data.synthesis.written import Written, hasten
from tenfold.imaging.strip import HEIGHT_PX
from tenfold.symbols import DIGITS, N_SYMBOLS, NONE, OTHER, SIGNS, symbols_of
from writers import FONTS, TEXT, characters_of


@pytest.fixture(scope="module")
def characters() -> Characters:
    return characters_of()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12  7", [1, 2, 7]),
        ("1,50", [1, NONE + 1 + SIGNS.index(","), 5, 0]),
        ("Nr. 5 kg", [OTHER, NONE + 1, 5, OTHER]),
        ("ab cd", [OTHER]),
        ("--", [NONE + 1 + SIGNS.index("-")] * 2),
        ("", []),
    ],
)
def test_a_text_is_digits_signs_and_words(text: str, expected: list[int]) -> None:
    assert symbols_of(text) == expected


def test_all_that_is_answered_is_written() -> None:
    rng = np.random.default_rng(0)
    texts = [choose_text(rng) for _ in range(3000)]

    seen = {symbol for text in texts for symbol in symbols_of(text)}
    assert seen == set(range(N_SYMBOLS)) - {NONE}
    assert all(len(symbols_of(text)) <= MAX_LABELS for text in texts)
    assert 0 < texts.count("") < 150
    digits = Counter(character for text in texts for character in text if character in DIGITS)
    assert min(digits.values()) > 0.5 * max(digits.values()) / 2  # zeros are the most frequent


def test_a_word_has_a_letter_that_looks_like_no_digit() -> None:
    rng = np.random.default_rng(0)
    words = [choose_word(rng) for _ in range(3000)]

    assert all(set(word) - set("IOQZSBDGlioqzsbg") for word in words)
    assert {len(word) for word in words} == set(range(2, 9))


def test_some_lines_say_nothing_and_have_ink(few_digits: Dataset, characters: Characters) -> None:
    writing = Writing(few_digits.x_train[:140], few_digits.y_train[:140], characters)
    rng = np.random.default_rng(0)
    lines = [writing.write(rng) for _ in range(400)]

    inked = [bool((strip > 128).mean() > 0.02) for strip, said in lines if not said]
    assert 10 < sum(inked) < 60


def test_an_epoch_has_rows_of_one_width_and_what_they_say(
    few_digits: Dataset, characters: Characters
) -> None:
    writing = Writing(few_digits.x_train[:140], few_digits.y_train[:140], characters)
    images, labels = writing.draw(seed=0, epoch=2)

    assert len(writing) == len(images) == len(labels) == 20
    assert images.shape[1:] == (HEIGHT_PX, WIDTH_PX) == writing.image_shape
    assert labels.shape[1:] == (MAX_LABELS,) == writing.label_shape
    assert labels.max() < N_SYMBOLS
    again = Writing(few_digits.x_train[:140], few_digits.y_train[:140], characters)
    for epoch, same in ((2, True), (1, False), (3, False)):
        assert np.array_equal(again.draw(seed=0, epoch=epoch)[0], images) == same


def test_signs_stand_where_people_write_them(few_digits: Dataset, characters: Characters) -> None:
    strokes = trace(few_digits.x_train[:200])
    of_value = [np.flatnonzero(few_digits.y_train[:200] == value) for value in range(10)]
    rng = np.random.default_rng(0)

    def rows_of(character: str) -> tuple[float, float]:
        """The first and the last inked row, in digits' heights above the line; the median of several."""
        ends = []
        for _ in range(9):
            ink = Penman(strokes, of_value, Written(characters), rng).write(character)
            assert ink is not None
            rows = np.flatnonzero((ink > 0.3).any(axis=1))
            ends.append((rows[0], rows[-1] + 1))
        top, bottom = np.median(ends, axis=0)
        return (FOOT - top) / HEIGHT, (FOOT - bottom) / HEIGHT

    assert rows_of(".")[0] < 0.35
    assert rows_of(",")[1] < 0
    low, high = rows_of("-")[1], rows_of("-")[0]
    assert 0.2 < low < high < 0.7
    assert rows_of("p")[1] < -0.1 < rows_of("h")[1]
    assert rows_of("'")[1] > 0.4


def test_digits_of_other_writers_fill_the_box_and_letters_are_no_digits_double(
    characters: Characters,
) -> None:
    written, rng = Written(characters), np.random.default_rng(0)
    for value in range(10):
        _, _, width, height = cv2.boundingRect((written.digit(value, rng) == 0).view(np.uint8))
        assert max(width, height) == pytest.approx(40, abs=2)
    assert {label for label in TEXT if written.find(label, 0, rng) is not None} == set(TEXT)
    assert written.find("7", len(FONTS), rng) is None
    seven = written.find("7", 1, rng)
    assert seven is not None
    assert (characters.labels[seven], characters.writers[seven]) == ("7", 1)


def test_fonts_are_a_fifth_of_the_hands_however_many_there_are(characters: Characters) -> None:
    rng = np.random.default_rng(0)
    writers = np.where(characters.writers == 1, -1, characters.writers)
    lone = Written(replace(characters, writers=writers))

    drawn = [lone.any_writer(rng) for _ in range(1000)]
    assert set(drawn) == {0, -1}
    assert np.mean(np.array(drawn) < 0) == pytest.approx(0.2, abs=0.04)


def test_a_hasty_pen_only_lengthens_or_shortens_strokes() -> None:
    rng = np.random.default_rng(0)
    stem = np.array([(0, 0), (0, 50), (0, 100)], dtype=np.int16)
    dot = np.array([(20, 95), (21, 96)], dtype=np.int16)

    assert hasten([stem, dot], 0.0, rng) == [stem, dot]
    lengths = []
    for _ in range(300):
        moved, same = hasten([stem, dot], 0.1, rng)
        assert np.ptp(moved[:, 0]) == 0
        assert np.array_equal(np.diff(same, axis=0), np.diff(dot, axis=0))
        assert min(moved.min(), same.min()) == 0
        lengths.append(np.ptp(moved[:, 1]))
    assert 60 <= min(lengths) < 90
    assert 100 < np.mean(lengths) < 125 < max(lengths)


def bars(n: int) -> np.ndarray:
    """Images of single strokes, from 40 degrees to the left to 40 degrees to the right."""
    images = np.zeros((n, 28, 28), dtype=np.uint8)
    for image, angle in zip(images, np.radians(np.linspace(-40, 40, n)), strict=True):
        dx, dy = round(10 * float(np.sin(angle))), round(10 * float(np.cos(angle)))
        cv2.line(image, (14 - dx, 14 + dy), (14 + dx, 14 - dy), 255, 3)
    return images


def test_digits_are_sorted_by_how_far_they_lean() -> None:
    order = np.random.default_rng(0).permutation(11)
    labels = np.full(11, 1)
    labels[order == 5] = 7

    of_value = indices_by_value(trace(bars(11)[order]), labels)

    assert order[of_value[1]].tolist() == [*range(5), *range(6, 11)]
    assert order[of_value[7]].tolist() == [5]
    assert all(not len(of_value[value]) for value in (0, 2, 3, 4, 5, 6, 8, 9))


def test_the_1s_of_one_hand_lean_alike(characters: Characters) -> None:
    strokes = trace(bars(60))
    of_value = indices_by_value(strokes, np.ones(60, dtype=np.int64))
    rng = np.random.default_rng(0)
    leans: list[list[float]] = []
    while len(leans) < 30:
        penman = Penman(strokes, of_value, Written(characters), rng)
        inks = [ink for _ in range(8) if (ink := penman.write("1")) is not None]
        leans.append([rightward(ink) for ink in inks])

    assert np.median(np.std(leans, axis=1)) < 0.7 * np.std(leans)


def rightward(ink: np.ndarray) -> float:
    """How far ink leans to the right: the shear of its rows against their columns."""
    rows, columns = np.nonzero(ink > 0.5)
    return float(-np.polyfit(rows, columns, 1)[0])


def test_other_writers_change_digits_but_not_what_an_epoch_is_made_of(
    few_digits: Dataset, characters: Characters
) -> None:
    few = few_digits.x_train[:200], few_digits.y_train[:200]
    alone, labels = World(*few).draw(seed=0, epoch=0)
    with_others, same_labels = World(*few, characters).draw(seed=0, epoch=0)

    np.testing.assert_array_equal(labels, same_labels)
    assert (labels == NO_DIGIT).sum() == 50
    assert (alone != with_others).any(axis=(1, 2)).mean() > 0.5


def test_what_a_form_prints_is_no_1() -> None:
    """Its upright lines are much higher or lower than a digit, and none runs through one."""
    ink = np.zeros((120, 200), dtype=np.float32)
    top, foot = 40.0, 84.0
    ink[40:84, 60:80] = ink[40:84, 120:140] = 1
    rng = np.random.default_rng(0)
    for surround in (frame, separate):
        for _ in range(50):
            drawn = surround(ink, top, foot, rng) > 0.3
            shift = (drawn.shape[1] - ink.shape[1]) // 2
            columns = drawn[:, shift + 80 : shift + 120]
            lengths = columns.sum(axis=0)
            assert ((lengths < 0.8 * 44) | (lengths > 1.2 * 44)).all()
            assert (drawn[40:84, shift + 60 : shift + 80]).all()


@pytest.mark.parametrize(("value", "holes"), [*enumerate((1, 0, 0, 0, 0, 0, 1, 0, 2, 1))])
def test_a_digit_of_segments_has_the_loops_of_a_display(value: int, holes: int) -> None:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(20):
        paper = np.full((140, 140), 255, dtype=np.uint8)
        for stroke in write_segments(value, rng):
            cv2.polylines(paper, [stroke.astype(np.int32) + 20], False, 0, 12)
        found.append(cv2.connectedComponents(paper, connectivity=4)[0] - 2)  # ink and what surrounds it

    assert np.median(found) == holes
    assert found.count(holes) >= 15
