"""Lines are written from MNIST: legible, in rows of one width, and always the same for the same seed."""

import numpy as np
import pytest

from tenfold.data import Dataset
from tenfold.data.synthesis.hand import Hand
from tenfold.data.synthesis.line import Line
from tenfold.data.synthesis.rows import MAX_LABELS, WIDTH_PX
from tenfold.data.synthesis.strings import Strings, choose_line
from tenfold.data.synthesis.strokes import Strokes, trace
from tenfold.data.synthesis.variants import IN_LINES
from tenfold.imaging.strip import HEIGHT_PX, STEP_PX


@pytest.fixture(scope="module")
def strings(few_digits: Dataset) -> Strings:
    return Strings(few_digits.x_train[:280], few_digits.y_train[:280])


@pytest.fixture(scope="module")
def strokes(few_digits: Dataset) -> Strokes:
    return trace(few_digits.x_train[:100])


def test_an_epoch_has_rows_of_one_width_and_their_digits(strings: Strings) -> None:
    images, labels = strings.draw(seed=0, epoch=0)

    assert len(strings) == len(images) == len(labels) == 40
    assert images.shape[1:] == (HEIGHT_PX, WIDTH_PX) == strings.image_shape
    assert labels.shape[1:] == (MAX_LABELS,) == strings.label_shape
    assert images.dtype == np.uint8
    for row in labels:
        n = int((row != 10).sum())
        assert (row[:n] < 10).all()
        assert (row[n:] == 10).all()
    assert (images.max(axis=1) > 0).mean() > 0.6  # little room is wasted


def test_the_same_seed_draws_the_same_lines_and_every_second_epoch_others(strings: Strings) -> None:
    images, labels = strings.draw(seed=3, epoch=4)

    for epoch, same in ((5, True), (6, False), (4, True)):  # after others, they are drawn again
        again, digits = strings.draw(seed=3, epoch=epoch)
        assert np.array_equal(again, images) == same
        assert np.array_equal(digits, labels) == same
    assert not np.array_equal(strings.draw(seed=4, epoch=4)[0], images)


def test_lines_have_any_digits_and_sometimes_none() -> None:
    rng = np.random.default_rng(0)

    lines = [choose_line(rng) for _ in range(1000)]

    assert {len(line) for line in lines} == set(range(13))
    assert {value for line in lines for value in line} == set(range(10))


def test_the_more_digits_a_line_has_the_longer_it_is(strokes: Strokes) -> None:
    def mean_width(digits: int) -> float:
        rng, widths = np.random.default_rng(1), []
        for _ in range(30):
            line, hand = Line(rng), Hand(strokes, rng)
            for index in range(digits):
                line.append(hand.write(index, 3), is_digit=True)
            strip = line.picture()
            assert strip.shape[0] == HEIGHT_PX
            assert strip.shape[1] % STEP_PX == 0
            widths.append(strip.shape[1])
        return float(np.mean(widths))

    one, four, eight = (mean_width(digits) for digits in (1, 4, 8))

    assert four - one > 20
    assert eight - four > 20


@pytest.mark.parametrize("value", IN_LINES)
def test_the_forms_of_a_digit_in_lines_leave_ink_of_its_size(value: int, few_digits: Dataset) -> None:
    images = few_digits.x_train[:1000][few_digits.y_train[:1000] == value][:30]
    spines = trace(images).spines
    rng = np.random.default_rng(0)
    for vary, _ in IN_LINES[value]:
        changed = 0
        for spine in spines:
            line = (spine == 0).astype(np.uint8)
            before = line.copy()
            vary(line, rng)
            changed += not np.array_equal(line, before)
            assert set(np.unique(line)) == {0, 1}
            assert 0.4 * before.sum() < line.sum() < 3 * before.sum()
        assert changed > 0.8 * len(spines)


def test_dots_and_dashes_are_small_or_flat(strokes: Strokes) -> None:
    rng = np.random.default_rng(0)
    hand = Hand(strokes, rng)
    for _ in range(20):
        rows, columns = np.nonzero(hand.dot() > 0.3)
        assert np.ptp(rows) < 40
        assert rows.mean() > 40  # at the foot
        rows, columns = np.nonzero(hand.dash() > 0.3)
        assert np.ptp(columns) > np.ptp(rows) / 2
