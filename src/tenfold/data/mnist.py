"""MNIST and Fashion-MNIST: find them on this machine, or fetch them; verify them; return arrays.

    import tenfold
    data = tenfold.load_mnist()      # the first call fetches 11 MB, later ones take about 0.1 s
    data.x_train.shape               # (60000, 28, 28)

Search order: the given path; tenfold's cache; Keras' cache; folders of the operating system's packages; then
the network, source by source (tenfold.data.sources). Every load is compared with the published checksums and
used only if it matches bit by bit.
"""

import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.data.cache import cache_folder, keras_cache_folder, not_kept
from tenfold.data.dataset import Dataset
from tenfold.data.download import describe_source, download
from tenfold.data.events import OnEvent, ignore_event
from tenfold.data.formats import Arrays, read_idx_folder, read_keras_npz, verify
from tenfold.data.sources import FASHION_MNIST, MNIST, Collection
from tenfold.errors import DataError, FetchError, InputError
from tenfold.files import expand_home, write_atomically


def load_mnist(path: str | Path | None = None, *, on_event: OnEvent | None = None) -> Dataset:
    """MNIST: 70,000 handwritten digits. See Dataset for shapes, ranges, licence and paper.

    `path` is an .npz in Keras' format, or a folder with the four IDX files, gzipped or not; by default the
    places listed above are searched. Raises InputError if `path` does not exist or holds something else,
    FetchError if MNIST is not on this machine and no source can deliver it.

    >>> tenfold.load_mnist().x_train.shape
    (60000, 28, 28)
    """
    return load_collection(MNIST, path, on_event=on_event)


def load_fashion_mnist(path: str | Path | None = None, *, on_event: OnEvent | None = None) -> Dataset:
    """Fashion-MNIST: 70,000 pictures of clothes in MNIST's format. Otherwise like `load_mnist`.

    >>> tenfold.load_fashion_mnist().class_names[0]  # doctest: +SKIP
    'T-shirt/top'
    """
    return load_collection(FASHION_MNIST, path, on_event=on_event)


def load_collection(
    collection: Collection, path: str | Path | None = None, *, on_event: OnEvent | None = None
) -> Dataset:
    """`load_mnist` for any published collection."""
    notify = on_event or ignore_event
    if path is not None:
        return dataset_of_arrays(_read_given(expand_home(path), collection), collection, str(path))
    found = _find(collection, notify)
    if found is None:
        arrays = _download(collection, notify)
        try:
            where = _keep(arrays, collection)
        except OSError as error:
            notify(f"{collection.name} could not be kept for the next time: {_os_reason(error)}")
            return dataset_of_arrays(arrays, collection, "the network")
        found = arrays, where
    return dataset_of_arrays(found[0], collection, str(found[1]))


def fetch_collection(
    collection: Collection, path: Path | None = None, *, on_event: OnEvent | None = None
) -> Path:
    """`tenfold.data.fetch` for one of these collections."""
    notify = on_event or ignore_event
    if path is not None:
        arrays = _read_given(path, collection)
    else:
        found = _find(collection, notify)
        if found is not None and found[1] == cache_path(collection):
            return found[1]
        arrays = found[0] if found is not None else _download(collection, notify)
    try:
        return _keep(arrays, collection)
    except OSError as error:
        raise not_kept(collection.name, cache_path(collection), error) from error


def cache_path(collection: Collection) -> Path:
    """The file in tenfold's cache: an uncompressed .npz, which loads fastest."""
    return cache_folder() / f"{collection.name}.npz"


def read_arrays(path: Path, collection: Collection) -> Arrays:
    """The arrays in an .npz or a folder of IDX files at `path`, not verified yet. Raises DataError."""
    if path.is_dir():
        return read_idx_folder(path, collection)
    return read_keras_npz(path, collection, str(path))


def _read_given(path: Path, collection: Collection) -> Arrays:
    """The verified arrays at a path the user named."""
    if not path.exists():
        raise InputError(
            f"expected an .npz or a folder with the four IDX files of {collection.name}, "
            f"received {path}, which does not exist"
        )
    try:
        arrays = read_arrays(path, collection)
        verify(arrays, collection, str(path))
    except DataError as error:
        raise InputError(
            f"{error}; download the file again, or leave out the path and tenfold downloads {collection.name}"
        ) from error
    return arrays


def _find(collection: Collection, notify: OnEvent) -> tuple[Arrays, Path] | None:
    """The verified arrays from this machine, and their path; reports damaged copies."""
    own = cache_path(collection)
    for path in (own, keras_cache_folder() / collection.keras_cache_name, *collection.system_folders):
        if not path.exists():
            continue
        try:
            arrays = read_arrays(path, collection)
            verify(arrays, collection, str(path))
        except DataError as error:
            remedy = "it will be replaced" if path == own else "it is ignored"
            notify(f"{error}; {remedy}")
            continue
        return arrays, path
    return None


def _download(collection: Collection, notify: OnEvent) -> Arrays:
    """The verified arrays from the first source that has them."""
    failures = []
    notify(f"{collection.name} is not on this machine yet; fetching it")
    for source in collection.sources:
        name = describe_source(source)
        start = time.monotonic()
        try:
            arrays = download(source, collection)
            verify(arrays, collection, name)
        except DataError as error:
            notify(f"{name}: {error}")
            failures.append(f"{name}: {error}")
            continue
        notify(f"fetched {collection.name} from {name} in {time.monotonic() - start:.1f} s and verified it")
        return arrays
    raise FetchError(
        f"{collection.name} could not be downloaded ({'; '.join(failures)}); to work offline, copy "
        f"{collection.name}.npz or the four IDX files to this machine and name them with --data PATH, or put "
        f"the .npz at {cache_path(collection)}"
    )


def _keep(arrays: Arrays, collection: Collection) -> Path:
    """Write the arrays to tenfold's cache. Raises OSError."""
    path = cache_path(collection)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **arrays))
    return path


def dataset_of_arrays(arrays: Arrays, collection: Collection, origin: str) -> Dataset:
    """Verified arrays as a data set."""

    def labels(key: str) -> NDArray[np.int64]:
        return arrays[key].astype(np.int64)

    return Dataset(
        name=collection.name,
        x_train=arrays["x_train"].astype(np.uint8, copy=False),
        y_train=labels("y_train"),
        x_test=arrays["x_test"].astype(np.uint8, copy=False),
        y_test=labels("y_test"),
        class_names=collection.class_names,
        origin=origin,
    )


def _os_reason(error: OSError) -> str:
    return error.strerror or str(error)
