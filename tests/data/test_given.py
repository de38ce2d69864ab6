"""Digits as arrays, in the forms that Keras and its documentation use."""

import numpy as np
import pytest

from tenfold.data import Dataset
from tenfold.data.given import as_dataset
from tenfold.errors import InputError


def test_what_keras_loads_is_mnist(mnist: Dataset) -> None:
    given = ((mnist.x_train, mnist.y_train.astype(np.uint8)), (mnist.x_test, mnist.y_test.astype(np.uint8)))

    data = as_dataset(given)

    assert data.name == "mnist"
    assert data.sha256 == mnist.sha256


@pytest.mark.parametrize("shape", [(-1, 28, 28, 1), (-1, 784), (-1, 28, 28)])
@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int64, np.uint8])
def test_images_and_labels_made_ready_for_a_network_are_the_same_digits(
    few_digits: Dataset, shape: tuple[int, ...], kind: type
) -> None:
    x = few_digits.x_test.reshape(shape).astype(kind) / (255 if np.issubdtype(kind, np.floating) else 1)
    x = x.astype(kind)
    one_hot = np.eye(10)[few_digits.y_test]

    data = as_dataset((x, one_hot))

    assert np.array_equal(data.x_test, few_digits.x_test)
    assert np.array_equal(data.y_test, few_digits.y_test)
    assert len(data.x_train) == 0


def test_a_data_set_is_returned_unchanged(few_digits: Dataset) -> None:
    assert as_dataset(few_digits) is few_digits


def test_labels_in_a_column_are_labels() -> None:
    data = as_dataset((np.zeros((2, 28, 28), np.uint8), np.array([[3], [4]], np.uint8)))

    assert data.y_test.tolist() == [3, 4]
    assert data.y_test.dtype == np.int64


IMAGES, LABELS = np.zeros((2, 28, 28), np.uint8), np.array([1, 2])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (7, "received int"),
        ((IMAGES, LABELS, LABELS), "received tuple"),
        ((np.zeros((2, 32, 32)), LABELS), "expected x_test of shape .* received float64 of shape"),
        ((IMAGES - 1.0, LABELS), "received -1 to -1"),
        ((np.full((2, 28, 28), 256), LABELS), "received 256 to 256"),
        ((np.full((2, 28, 28), np.nan), LABELS), "from 0 to 255"),
        ((IMAGES, np.array(["1", "2"])), "expected y_test as whole numbers"),
        ((IMAGES, np.array([0.5, 1.0])), "expected y_test as whole numbers"),
    ],
)
def test_other_data_are_refused(given: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        as_dataset(given)  # type: ignore[arg-type]
