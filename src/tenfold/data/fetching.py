"""Download any data set that tenfold knows by name into the cache."""

from collections.abc import Callable
from pathlib import Path

from tenfold.data import pens
from tenfold.data.mnist import fetch_collection
from tenfold.data.published import PUBLICATIONS, PUBLISHED, fetch_publication
from tenfold.data.sources import COLLECTIONS
from tenfold.errors import InputError
from tenfold.files import expand_home


def fetch(
    name: str = "mnist",
    path: str | Path | None = None,
    *,
    on_event: Callable[[str], object] | None = None,
) -> Path:
    """Make sure a verified copy of `name` is in tenfold's cache; return its path.

    Names are "mnist", "fashion-mnist", "kmnist", "qmnist", "emnist" (or one of its collections, such as
    "emnist-letters"), and the pen strokes "unipen" and "pendigits". With `path`, the published file or a
    folder of several, nothing is downloaded. Interrupted downloads resume.

    Raises InputError for another name, or if `path` holds something else; FetchError if no source can
    deliver it; DataError if the cache cannot be written.

    >>> tenfold.fetch("mnist").name
    'mnist.npz'
    """
    given = None if path is None else expand_home(path)
    if name in COLLECTIONS:
        return fetch_collection(COLLECTIONS[name], given, on_event=on_event)
    if publication := PUBLICATIONS.get(name) or PUBLISHED.get(name):
        return fetch_publication(publication, given, on_event=on_event)
    if name in pens.SHA256:
        from tenfold.data.pen_files import fetch_characters

        return fetch_characters(name, given, on_event=on_event)
    known = ", ".join([*COLLECTIONS, *PUBLICATIONS, *pens.SHA256])
    raise InputError(f"expected one of {known}, received {name!r}")
