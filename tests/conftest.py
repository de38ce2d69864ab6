"""What several tests share."""

import pytest

from tenfold.data.mnist import Dataset, load_mnist


@pytest.fixture(scope="session")
def mnist() -> Dataset:
    """The real MNIST, fetched once into tenfold's usual cache where it is not there yet."""
    return load_mnist()
