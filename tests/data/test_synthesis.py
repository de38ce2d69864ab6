"""MNIST is written anew: other images, still the same digits, and always the same for the same seed."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest

from tenfold.data.synthesis import NO_DIGIT, World
from tenfold.data.synthesis.nondigits import KINDS
from tenfold.data.synthesis.pen import lean_degrees, write_along, write_within
from tenfold.data.synthesis.strokes import Strokes, thin, trace
from tenfold.data.synthesis.variants import VARIANTS
from tenfold.data.synthesis.wear import cut_off
from tenfold.imaging.normalize import normalize


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Four digits drawn with OpenCV, ten times each, as normalised images with their labels."""
    images, labels = [], []
    for value in (0, 1, 4, 7):
        ink = np.zeros((80, 80), dtype=np.uint8)
        cv2.putText(ink, str(value), (15, 65), cv2.FONT_HERSHEY_SIMPLEX, 2.2, 255, 7)
        images += [normalize((ink / 255).astype(np.float32))] * 10
        labels += [value] * 10
    return np.stack(images), np.array(labels)


@pytest.fixture(scope="module")
def strokes(digits: tuple[np.ndarray, np.ndarray]) -> Strokes:
    return trace(digits[0])


def test_a_bar_is_thinned_to_its_middle_line() -> None:
    bar = np.zeros((1, 15, 31), dtype=np.uint8)
    bar[0, 5:10, 3:28] = 1

    line = thin(bar)[0]

    assert (line.sum(axis=0)[6:25] == 1).all()
    assert set(np.nonzero(line)[0]) == {7}


def test_thinning_leaves_every_shape_in_one_piece(digits: tuple[np.ndarray, np.ndarray]) -> None:
    masks = (digits[0] > 127).astype(np.uint8)

    for mask, line in zip(masks, thin(masks), strict=True):
        assert cv2.connectedComponents(line)[0] == cv2.connectedComponents(mask)[0]
        assert line.sum() < mask.sum() / 2


def test_an_outline_is_as_far_from_the_ink_as_a_ruler_says() -> None:
    image = np.zeros((1, 28, 28), dtype=np.uint8)
    image[0, :, 10:18] = 255

    outline = trace(image).outlines[0, 28]

    assert outline[20] > 128 > outline[19]  # the ink begins at the grid point 20
    assert outline[0] == 0  # further away than the field reaches
    assert outline[18] - outline[17] == pytest.approx(16, abs=1)


def test_the_same_seed_and_epoch_give_the_same_images_and_others_give_others(
    digits: tuple[np.ndarray, np.ndarray],
) -> None:
    world = World(*digits)

    images, labels = world.draw(seed=3, epoch=5)
    again, _ = World(*digits).draw(seed=3, epoch=5)

    assert (images == again).all()
    assert (images != world.draw(seed=3, epoch=6)[0]).any()
    assert (images != world.draw(seed=4, epoch=5)[0]).any()
    assert len(images) == len(labels) == len(world) == 50


def test_an_epoch_has_every_digit_once_and_a_quarter_as_many_things_that_are_none(
    digits: tuple[np.ndarray, np.ndarray],
) -> None:
    images, labels = World(*digits).draw(seed=0, epoch=0)

    assert images.shape == (50, 28, 28)
    assert images.dtype == np.uint8
    assert labels[:40].tolist() == digits[1].tolist()
    assert (labels[40:] == NO_DIGIT).all()


def test_what_is_drawn_is_normalised(digits: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = World(*digits).draw(seed=0, epoch=0)

    for image in images[labels != NO_DIGIT]:
        rows, columns = np.nonzero(image)
        assert max(np.ptp(rows), np.ptp(columns)) + 1 <= 20


@pytest.mark.parametrize("value", VARIANTS)
def test_a_variant_changes_the_line_and_leaves_a_digit(value: int) -> None:
    vary, _ = VARIANTS[value]
    ink = np.zeros((56, 56), dtype=np.uint8)
    cv2.putText(ink, str(value), (14, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 255, 3)
    ink = thin((ink > 127).astype(np.uint8)[None])[0]
    line = ink.copy()

    vary(line, np.random.default_rng(1))

    assert (line != ink).any()
    assert set(np.unique(line)) == {0, 1}
    assert (line & ink).sum() > 0.4 * ink.sum()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_no_digit_leaves_ink(kind: Callable[..., Any], strokes: Strokes) -> None:
    rng = np.random.default_rng(0)

    inks = [write_along(kind(strokes, rng), rng) for _ in range(20)]

    assert sum(ink.max() > 0.9 for ink in inks) >= 19
    assert len({ink.tobytes() for ink in inks}) == 20


def test_a_wider_pen_leaves_more_ink(strokes: Strokes) -> None:
    def mean_ink(widest: float) -> float:
        rng = np.random.default_rng(0)
        return float(np.mean([write_along(strokes.spines[0], rng, widest=widest).sum() for _ in range(20)]))

    assert mean_ink(3) < mean_ink(9) < mean_ink(17)


def test_a_steady_hand_writes_what_it_is_given(
    strokes: Strokes, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    rng = np.random.default_rng(0)
    given = digits[0][30].astype(float)

    written = [normalize(write_within(strokes.outlines[30], rng, steadiness=100)) for _ in range(5)]

    assert all(np.corrcoef(image.ravel(), given.ravel())[0, 1] > 0.9 for image in written)


@pytest.mark.parametrize(("end", "degrees"), [((36, 60), 0), ((60, 36), 90), ((53, 53), 45), ((20, 53), 45)])
def test_the_lean_of_a_stroke_is_measured_from_the_vertical(end: tuple[int, int], degrees: float) -> None:
    ink = np.zeros((72, 72), dtype=np.float32)
    cv2.line(ink, (36, 36), end, 1.0, 2)

    assert lean_degrees(ink) == pytest.approx(degrees, abs=3)


def test_cutting_off_takes_a_little_and_no_more() -> None:
    ink = np.zeros((72, 72), dtype=np.float32)
    ink[20:60, 30:50] = 1
    rng = np.random.default_rng(0)

    left = [cut_off(ink, rng).sum() / ink.sum() for _ in range(50)]

    assert all(0.85 <= share <= 1 for share in left)
    assert min(left) < 0.97
