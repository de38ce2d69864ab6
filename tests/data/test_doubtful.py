from tenfold.data import Dataset
from tenfold.data.doubtful import DOUBTFUL, MNIST_SHA256, confirmed_images


def test_only_mnist_has_doubtful_labels(mnist: Dataset) -> None:
    assert mnist.sha256 == MNIST_SHA256
    confirmed = confirmed_images(mnist.sha256, 10_000)
    assert confirmed.sum() == 10_000 - 15
    assert not confirmed[list(DOUBTFUL)].any()
    assert confirmed_images("another's", 10_000).all()


def test_they_are_labelled_as_the_paper_says(mnist: Dataset) -> None:
    assert mnist.y_test[list(DOUBTFUL)].tolist() == [8, 0, 9, 4, 2, 5, 6, 6, 5, 5, 0, 1, 4, 6, 5]
