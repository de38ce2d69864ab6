import pytest

from tenfold import train
from tenfold.data import Dataset
from tenfold.runs import Run


@pytest.fixture(scope="session")
def fast_run(few_digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A network with batch normalisation, on data that cannot be had again by their name."""
    return train("fast", few_digits, epochs=2, out=tmp_path_factory.mktemp("runs") / "fast")
