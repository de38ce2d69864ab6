"""Tested on MNIST's own images: they were made this way, so they come back unchanged."""

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tenfold.data import Dataset
from tenfold.errors import InputError
from tenfold.imaging.ink import find_ink
from tenfold.imaging.normalize import normalize


def as_ink(image: np.ndarray) -> np.ndarray:
    return image.astype(np.float32) / 255


def random_ink(seed: int) -> np.ndarray:
    """Blobs of random shape and size."""
    rng = np.random.default_rng(seed)
    ink = np.zeros((rng.integers(1, 60), rng.integers(1, 60)), dtype=np.float32)
    for _ in range(rng.integers(1, 5)):
        row, column = rng.integers(0, ink.shape[0]), rng.integers(0, ink.shape[1])
        ink[row : row + rng.integers(1, 20), column : column + rng.integers(1, 20)] = rng.uniform(0.3, 1)
    return ink


seeds = st.integers(0, 2**32 - 1)


def test_a_square_fills_the_box_and_sits_around_pixel_14() -> None:
    image = normalize(np.ones((7, 7), np.float32))
    expected = np.zeros((28, 28), np.uint8)
    expected[4:24, 4:24] = 255
    assert np.array_equal(image, expected)


def test_the_aspect_ratio_is_kept() -> None:
    image = normalize(np.ones((40, 10), np.float32))
    assert np.array_equal(np.flatnonzero(image.any(axis=1)), np.arange(4, 24))
    assert image.any(axis=0).sum() == 5


def test_a_hairline_does_not_vanish() -> None:
    assert normalize(np.ones((500, 1), np.float32)).any(axis=0).sum() == 1
    assert normalize(np.ones((1, 500), np.float32)).any(axis=1).sum() == 1


def test_the_centre_of_mass_is_centred_rather_than_the_box() -> None:
    # A heavy head above a thin tail: the head draws the centre up, so the digit is moved down.
    ink = np.zeros((20, 20), np.float32)
    ink[:6] = 1
    ink[6:, 10] = 1
    image = normalize(ink)
    rows = np.flatnonzero(image.any(axis=1))
    assert (rows[0], rows[-1]) == (8, 27)


@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (5, 0), (0, 0)])
def test_blank_stays_blank(shape: tuple[int, int]) -> None:
    image = normalize(np.zeros(shape, np.float32))
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert not image.any()


@given(seeds, st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_the_position_of_the_digit_does_not_matter(
    seed: int, top: int, bottom: int, left: int, right: int
) -> None:
    ink = random_ink(seed)
    moved = np.pad(ink, ((top, bottom), (left, right)))
    assert np.array_equal(normalize(moved), normalize(ink))


@given(seeds)
def test_all_ink_is_inside_centred_and_20_pixels_on_its_longer_side(seed: int) -> None:
    image = normalize(random_ink(seed))
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    for axis, extent in ((0, rows), (1, columns)):
        centre = (image.sum(axis=1 - axis) @ np.arange(28)) / image.sum()
        at_the_edge = extent[0] == 0 or extent[-1] == 27
        assert at_the_edge or 13.5 <= centre <= 14.5


@given(seeds)
def test_normalizing_again_changes_nothing(seed: int) -> None:
    once = normalize(random_ink(seed))
    centre = [once.sum(axis=1 - axis) @ np.arange(28) / once.sum() for axis in (0, 1)]
    assume(all(abs(abs(value - 14) - 0.5) > 1e-6 for value in centre))
    assert np.array_equal(normalize(as_ink(once)), once)


@given(seeds)
@settings(max_examples=50)
def test_the_input_is_not_modified(seed: int) -> None:
    ink = random_ink(seed)
    before = ink.copy()
    normalize(ink)
    assert np.array_equal(ink, before)


def test_mnist_images_come_back_unchanged(mnist: Dataset) -> None:
    # 2 of the first 10,000 are 19 pixels on their longer side.
    unchanged = sum(np.array_equal(normalize(as_ink(image)), image) for image in mnist.x_train[:10_000])
    assert unchanged == 9998


def test_mnist_images_enlarged_in_blocks_come_back_unchanged(mnist: Dataset) -> None:
    for image in mnist.x_test[:200]:
        large = np.kron(image, np.ones((5, 5), np.uint8))
        assert np.array_equal(normalize(as_ink(large)), image)


@pytest.mark.parametrize("factor", [3, 5, 10])
@pytest.mark.parametrize("how", [cv2.INTER_LINEAR, cv2.INTER_CUBIC])
def test_mnist_images_enlarged_smoothly_come_back_almost_unchanged(
    mnist: Dataset, factor: int, how: int
) -> None:
    # Smooth enlargement itself blurs strokes that are two pixels wide; 9 of 255 grey levels is what is lost.
    differences = []
    for image in mnist.x_test[:200]:
        page = cv2.resize(255 - image, None, fx=factor, fy=factor, interpolation=how)
        differences.append(np.abs(normalize(find_ink(page)).astype(int) - image).mean())
    assert np.mean(differences) < 9


def test_mnist_images_enlarged_smoothly_stay_closest_to_their_originals(mnist: Dataset) -> None:
    originals = mnist.x_test[:300].reshape(300, -1).astype(np.float32)
    nearest = []
    for image in mnist.x_test[:300]:
        page = cv2.resize(255 - image, None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC)
        back = normalize(find_ink(page)).reshape(-1).astype(np.float32)
        nearest.append(np.abs(originals - back).mean(axis=1).argmin())
    assert np.array_equal(mnist.y_test[nearest], mnist.y_test[:300])
    # The rest are ones, which are much alike, and images whose centre fell to the next pixel.
    assert np.mean(nearest == np.arange(300)) > 0.9


@pytest.mark.parametrize(
    "ink", [np.zeros((28, 28), np.uint8), np.zeros((28, 28, 1), np.float32), np.zeros(784, np.float32)]
)
def test_other_arrays_are_refused(ink: np.ndarray) -> None:
    with pytest.raises(InputError, match="expected ink as floats"):
        normalize(ink)
