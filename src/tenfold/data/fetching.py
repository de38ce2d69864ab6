"""Anything that tenfold has a name for, into the cache."""

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
    """Make sure that `name` lies verified in tenfold's cache; return where.

    Names are "mnist", "fashion-mnist", "kmnist", "qmnist", "emnist" (or one of its collections, as
    "emnist-letters"), and the characters as pen strokes "unipen" and "pendigits". With `path` nothing is
    fetched: it is where the published file is, or for several files their folder. A transfer that was broken
    off goes on from there.

    Raises InputError for another name, or where `path` holds something else; FetchError where no source has
    it; DataError where the cache cannot be written.

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
