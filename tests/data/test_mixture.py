"""One's own digits among MNIST's."""

import numpy as np
import pytest

from tenfold.data import Dataset
from tenfold.data.synthesis import NO_DIGIT, Mixture
from tenfold.reader import Reader


def mixture(few_digits: Dataset, *, share: float, own_label: int = 5) -> Mixture:
    """MNIST's digits, and a single own picture that shows a 0."""
    own = few_digits.x_train[few_digits.y_train == 0][:1]
    return Mixture(few_digits.x_train, few_digits.y_train, own, np.array([own_label]), size=1000, share=share)


def test_an_epoch_has_the_given_number_of_digits_and_a_quarter_as_many_others(few_digits: Dataset) -> None:
    mixed = mixture(few_digits, share=0.25)
    images, labels = mixed.draw(seed=0, epoch=0)

    assert images.shape == (1250, 28, 28)
    assert len(labels) == len(mixed) == 1250
    assert (labels == NO_DIGIT).sum() == 250


def test_own_digits_do_not_change_class_frequencies(few_digits: Dataset) -> None:
    _, without = mixture(few_digits, share=0).draw(seed=0, epoch=0)
    _, labels = mixture(few_digits, share=0.5).draw(seed=0, epoch=0)

    np.testing.assert_array_equal(labels, without)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_share_of_a_digit_is_own_writing(few_digits: Dataset, share: float) -> None:
    images, labels = mixture(few_digits, share=share).draw(seed=0, epoch=0)

    read = Reader().probabilities(images).argmax(axis=1)
    assert (read[labels == 5] == 0).mean() == pytest.approx(share, abs=0.2)
    assert (read[labels == 3] == 0).mean() < 0.05


def test_images_depend_on_seed_and_epoch_alone(few_digits: Dataset) -> None:
    mixed = mixture(few_digits, share=0.25)
    images, _ = mixed.draw(seed=1, epoch=2)

    np.testing.assert_array_equal(mixed.draw(seed=1, epoch=2)[0], images)
    assert not np.array_equal(mixed.draw(seed=1, epoch=3)[0], images)
    assert not np.array_equal(mixed.draw(seed=2, epoch=2)[0], images)


def test_an_epoch_has_no_more_digits_than_there_are(few_digits: Dataset) -> None:
    few = Mixture(
        few_digits.x_train[:8], few_digits.y_train[:8], few_digits.x_train[:1], few_digits.y_train[:1],
        size=100, share=0.5,
    )  # fmt: skip

    assert len(few.draw(seed=0, epoch=0)[1]) == len(few) == 10
