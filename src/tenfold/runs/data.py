"""The data that a run was trained and tested on."""

from collections.abc import Callable

from tenfold.data import Dataset, load_data
from tenfold.errors import DataError, InputError
from tenfold.runs.run import Run


def load_data_of(run: Run, on_event: Callable[[str], object] | None = None) -> Dataset | None:
    """The data `run` was trained and tested on; None if they are no longer available."""
    try:
        data = load_data(run.settings.data, skip_damaged=True, on_event=on_event)
    except (InputError, DataError):
        return None
    return data if data.sha256 == run.settings.data_sha256 else None
