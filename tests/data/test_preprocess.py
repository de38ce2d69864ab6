import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tenfold.data import Dataset
from tenfold.data.preprocess import add_channel, flatten, one_hot, scale
from tenfold.errors import InputError

stacks = arrays(np.uint8, array_shapes(min_dims=3, max_dims=3, min_side=0, max_side=6))


@given(stacks)
def test_scaling_gives_float32_from_0_to_1_and_can_be_undone(images: np.ndarray) -> None:
    scaled = scale(images)
    assert scaled.dtype == np.float32
    assert scaled.shape == images.shape
    assert np.all((scaled >= 0) & (scaled <= 1))
    assert np.array_equal(np.rint(scaled * 255), images)


def test_scaling_is_division_by_255() -> None:
    levels = np.arange(256, dtype=np.uint8)
    assert np.array_equal(scale(levels), levels.astype("float32") / 255)


def test_scaling_twice_is_refused() -> None:
    with pytest.raises(InputError, match=r"expected uint8 images .* received float32"):
        scale(scale(np.zeros((1, 28, 28), np.uint8)))  # type: ignore[arg-type]


@given(stacks)
def test_flattening_keeps_the_rows_in_order(images: np.ndarray) -> None:
    flat = flatten(images)
    n, height, width = images.shape
    assert flat.shape == (n, height * width)
    assert np.array_equal(flat.reshape(images.shape), images)


@given(stacks)
def test_a_channel_is_an_axis_at_the_end(images: np.ndarray) -> None:
    with_channel = add_channel(images)
    assert with_channel.shape == (*images.shape, 1)
    assert np.array_equal(with_channel[..., 0], images)


@pytest.mark.parametrize("step", [flatten, add_channel])
def test_a_single_image_is_no_stack(step: object) -> None:
    with pytest.raises(InputError, match=r"shape \(N, height, width\), received shape \(28, 28\)"):
        step(np.zeros((28, 28), np.uint8))  # type: ignore[operator]


@given(st.lists(st.integers(0, 9), max_size=50), st.sampled_from([np.uint8, np.int32, np.int64]))
def test_one_hot_has_a_single_one_where_the_label_says(labels: list[int], dtype: type) -> None:
    encoded = one_hot(np.array(labels, dtype=dtype))
    assert encoded.dtype == np.float32
    assert encoded.shape == (len(labels), 10)
    assert np.all(encoded.sum(axis=1) == 1)
    assert encoded.argmax(axis=1).tolist() == labels


@pytest.mark.parametrize("labels", [[10], [-1], [0.5], [[1, 2]], ["1"]])
def test_invalid_labels_are_refused(labels: list[object]) -> None:
    with pytest.raises(InputError, match="expected"):
        one_hot(labels)  # type: ignore[arg-type]


def test_mnist_reaches_the_shapes_the_networks_take(mnist: Dataset) -> None:
    x = scale(mnist.x_test[:100])
    assert flatten(x).shape == (100, 784)
    assert add_channel(x).shape == (100, 28, 28, 1)
    assert flatten(x).dtype == add_channel(x).dtype == np.float32
