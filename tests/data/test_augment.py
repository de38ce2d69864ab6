from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tenfold.data import Dataset
from tenfold.data.augment import add_noise, permute_pixels, rotate_images, shift_images
from tenfold.errors import InputError

stacks = arrays(np.uint8, array_shapes(min_dims=3, max_dims=3, max_side=6))
TINY = np.array([[[1, 2, 3], [4, 5, 6], [7, 8, 9]]], dtype=np.uint8)


def test_a_shift_moves_right_and_down_and_fills_with_paper() -> None:
    assert shift_images(TINY, 1, 0).tolist() == [[[0, 1, 2], [0, 4, 5], [0, 7, 8]]]
    assert shift_images(TINY, 0, 1).tolist() == [[[0, 0, 0], [1, 2, 3], [4, 5, 6]]]
    assert shift_images(TINY, -1, -2).tolist() == [[[8, 9, 0], [0, 0, 0], [0, 0, 0]]]


@given(stacks, st.integers(-8, 8), st.integers(-8, 8))
def test_a_shift_agrees_with_padding_and_cutting(images: np.ndarray, dx: int, dy: int) -> None:
    padded = np.pad(images, ((0, 0), (8, 8), (8, 8)))
    expected = np.roll(padded, (dy, dx), axis=(1, 2))[:, 8:-8, 8:-8]
    shifted = shift_images(images, dx, dy)
    assert np.array_equal(shifted, expected)
    assert shifted.dtype == np.uint8


def test_a_quarter_turn_is_counter_clockwise() -> None:
    assert np.array_equal(rotate_images(TINY, 90), np.rot90(TINY, axes=(1, 2)))
    assert np.array_equal(rotate_images(TINY, -90), np.rot90(TINY, -1, axes=(1, 2)))


def test_no_turn_changes_nothing(mnist: Dataset) -> None:
    images = mnist.x_test[:50]
    assert np.array_equal(rotate_images(images, 0), images)


def test_a_turn_back_restores_most_of_a_digit(mnist: Dataset) -> None:
    images = mnist.x_test[:50]
    turned = rotate_images(images, 20)
    restored = rotate_images(turned, -20)
    lost, changed = (np.abs(other.astype(int) - images).mean() for other in (restored, turned))
    assert lost < changed / 3


def test_noise_has_the_deviation_asked_for_and_is_clipped() -> None:
    grey = np.full((20, 28, 28), 128, np.uint8)
    noise = add_noise(grey, 20, seed=0).astype(float) - 128
    assert abs(noise.std() - 20) < 0.5
    assert abs(noise.mean()) < 0.5
    noisy = add_noise(grey, 300, seed=0)
    assert (noisy.min(), noisy.max()) == (0, 255)


def test_noise_repeats_with_its_seed_and_only_with_it() -> None:
    images = np.full((2, 28, 28), 128, np.uint8)
    assert np.array_equal(add_noise(images, 20, seed=1), add_noise(images, 20, seed=1))
    assert not np.array_equal(add_noise(images, 20, seed=1), add_noise(images, 20, seed=2))
    assert np.array_equal(add_noise(images, 0, seed=1), images)


def test_noise_cannot_be_negative() -> None:
    with pytest.raises(InputError, match="0 or more"):
        add_noise(TINY, -1, seed=0)


def test_one_permutation_serves_all_images_of_a_seed(mnist: Dataset) -> None:
    images = mnist.x_test[:20]
    together, alone = permute_pixels(images, seed=3), permute_pixels(images[7:8], seed=3)
    assert np.array_equal(together[7:8], alone)
    assert not np.array_equal(together, permute_pixels(images, seed=4))
    assert not np.array_equal(together, images)
    assert np.array_equal(np.sort(together.reshape(20, -1)), np.sort(images.reshape(20, -1)))


@given(stacks)
def test_the_input_is_left_unchanged(images: np.ndarray) -> None:
    before = images.copy()
    changes: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
        lambda x: shift_images(x, 1, 1),
        lambda x: rotate_images(x, 30),
        lambda x: add_noise(x, 9, 0),
        lambda x: permute_pixels(x, 0),
    )
    for change in changes:
        changed = change(images)
        assert changed.shape == images.shape
        assert changed.dtype == np.uint8
        assert not np.shares_memory(changed, images)
    assert np.array_equal(images, before)


def test_network_input_is_refused() -> None:
    with pytest.raises(InputError, match="expected uint8 images"):
        shift_images(np.zeros((1, 28, 28), np.float32), 1, 1)
    with pytest.raises(InputError, match="expected uint8 images"):
        rotate_images(np.zeros((1, 28, 28, 1), np.uint8), 1)


def test_images_in_any_memory_layout_can_be_disturbed(mnist: Dataset) -> None:
    images = mnist.x_test[:20]
    other_layout = np.asfortranarray(images)

    assert np.array_equal(rotate_images(other_layout, 30), rotate_images(images, 30))
    assert np.array_equal(rotate_images(permute_pixels(images, 0), 0), permute_pixels(images, 0))
    assert np.array_equal(shift_images(other_layout, 2, 1), shift_images(images, 2, 1))
