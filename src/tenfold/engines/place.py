"""Where the runs of a cluster lie until they are done: a place that every machine reaches.

Anything that fsspec knows, e.g. /mnt/shared, s3://bucket/tenfold or gs://bucket/tenfold. Files are there
whole or not at all.
"""

import secrets
from collections.abc import Iterable
from hashlib import sha256
from json import dumps
from pathlib import Path
from posixpath import join

from tenfold.engines.engine import Task
from tenfold.errors import InputError
from tenfold.files import write_bytes
from tenfold.training.fingerprint import fingerprint, flatten
from tenfold.training.folder import recipe_of


class Place:
    """The files of one run at a `url`. Errors are those of the kind of place that it is."""

    def __init__(self, url: str) -> None:
        import fsspec

        self._files, self._root = fsspec.core.url_to_fs(url, use_listings_cache=False)

    def names(self) -> list[str]:
        """The names of the files that are there whole."""
        if not self._files.isdir(self._root):
            return []
        listed = (Path(path).name for path in self._files.ls(self._root, detail=False))
        return sorted(name for name in listed if not name.endswith(".part"))

    def put(self, paths: Iterable[Path]) -> None:
        """Copy files to the place, one after the other."""
        self._files.makedirs(self._root, exist_ok=True)
        for path in paths:
            part = join(self._root, f".{path.name}.{secrets.token_hex(4)}.part")
            self._files.put_file(str(path), part)
            self._files.mv(part, join(self._root, path.name))

    def get(self, folder: Path, names: Iterable[str]) -> None:
        """Copy files from the place into `folder`, one after the other, each whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            write_bytes(folder / name, self._files.cat_file(join(self._root, name)))

    def clear(self) -> None:
        """Delete all that is there."""
        if self._files.exists(self._root):
            self._files.rm(self._root, recursive=True)


def check_place(url: str) -> None:
    """Raises InputError where no file can be kept at `url`."""
    try:
        probe = Place(join(url, f".probe-{secrets.token_hex(4)}"))
        probe.put([Path(__file__)])
        probe.clear()
    except Exception as error:  # every kind of place has errors of its own
        raise InputError(f"cannot keep checkpoints at {url}: {error}") from error


def place_of(task: Task, url: str) -> str:
    """Where under `url` the task's run lies: runs that are made the same way in the same place, no others."""
    made = flatten(fingerprint(recipe_of(task.settings)))
    decisive = dumps({**task.settings.to_dict(), "data": "", **made}, sort_keys=True)
    return join(url, f"{task.path.name}-{sha256(decisive.encode()).hexdigest()[:12]}")
