"""Load a data set by name or path, as given to --data."""

import difflib
from collections.abc import Callable
from pathlib import Path

from tenfold.data.collected import idx_collections, load_idx, load_npz
from tenfold.data.dataset import Dataset
from tenfold.data.folder import load_folder
from tenfold.data.formats import find_idx_file, holds
from tenfold.data.mnist import dataset_of_arrays, load_collection, read_arrays
from tenfold.data.pictures import OnPictures
from tenfold.data.published import PUBLISHED, load_published
from tenfold.data.sources import COLLECTIONS, MNIST
from tenfold.data.table import load_csv
from tenfold.errors import DataError, InputError
from tenfold.files import expand_home

NAMES = (*COLLECTIONS, *PUBLISHED)


def load_data(
    spec: str | Path = "mnist",
    *,
    skip_damaged: bool = False,
    on_event: Callable[[str], object] | None = None,
    on_pictures: OnPictures | None = None,
) -> Dataset:
    """Load the data set that `spec` names.

    "mnist", "fashion-mnist", "kmnist", "qmnist" and EMNIST's collections, such as "emnist-letters", are
    downloaded if needed. Everything else is a path: an .npz in Keras' format or a folder of IDX files (MNIST
    and Fashion-MNIST are verified, others are not; if a folder holds several collections, FOLDER/NAME picks
    the one whose files begin with NAME), a folder with a folder per class, or a .csv with the columns
    file,label, or a label and 784 pixels. Write ./mnist for a folder called mnist. `skip_damaged` leaves out
    pictures that cannot be read; `on_pictures` gets the number of pictures read so far and the total.

    Raises InputError if `spec` is none of these or a file is damaged, FetchError if a download fails.

    >>> tenfold.load_data("mnist").class_names[:3]
    ('0', '1', '2')
    """
    if spec in NAMES:
        return _load_by_name(str(spec), on_event)
    path = expand_home(spec)
    if not path.exists():
        if path.parent.is_dir() and path.name in idx_collections(path.parent):
            return load_idx(path.parent, path.name)
        raise InputError(_unknown(str(spec)))
    if path.is_dir():
        if names := idx_collections(path):
            return _load_idx_folder(path, names, on_event)
        return load_folder(path, skip_damaged=skip_damaged, on_event=on_event, on_pictures=on_pictures)
    match path.suffix.lower():
        case ".npz":
            return _load_published(path) or _accept_unverified(load_npz(path), on_event)
        case ".csv":
            return load_csv(path, skip_damaged=skip_damaged, on_event=on_event, on_pictures=on_pictures)
    raise InputError(f"expected a folder, an .npz or a .csv, received the file {path}")


def _load_by_name(name: str, on_event: Callable[[str], object] | None) -> Dataset:
    if name in PUBLISHED:
        return load_published(name, on_event=on_event)
    return load_collection(COLLECTIONS[name], on_event=on_event)


def _load_idx_folder(path: Path, names: list[str], on_event: Callable[[str], object] | None) -> Dataset:
    if len(names) > 1:
        known = ", ".join(str(path / name) for name in names if name)
        raise InputError(f"expected the IDX files of one collection in {path}; name one: {known}")
    if all(find_idx_file(path, file) for file in MNIST.files) and (published := _load_published(path)):
        return published
    return _accept_unverified(load_idx(path, names[0]), on_event)


def _load_published(path: Path) -> Dataset | None:
    """The published collection at `path`; None if it is another.

    Raises InputError if a file with a published collection's name is damaged.
    """
    # MNIST's and Fashion-MNIST's files have the same names and sizes: only checksums distinguish them.
    damaged = InputError(f"{path} does not hold {path.stem} as published; download the file again")
    try:
        arrays = read_arrays(path, MNIST)
        for collection in COLLECTIONS.values():
            if holds(arrays, collection):
                return dataset_of_arrays(arrays, collection, str(path))
    except DataError as error:
        damaged = InputError(f"{error}; download the file again")
    if path.stem in COLLECTIONS:
        raise damaged
    return None


def _accept_unverified(data: Dataset, on_event: Callable[[str], object] | None) -> Dataset:
    if on_event is not None:
        on_event(
            f"{data.name}: {len(data.y_train):,} + {len(data.y_test):,} images of "
            f"{len(data.class_names)} classes, neither MNIST nor Fashion-MNIST as published"
        )
    return data


def _unknown(spec: str) -> str:
    nearest = difflib.get_close_matches(spec, NAMES, n=1)
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    return f"expected {', '.join(NAMES)} or the path of a folder, .npz or .csv, received {spec!r}{hint}"
