"""The folder of corrections: pictures of digits to learn from, in a folder for each right value."""

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.errors import InputError
from tenfold.files import write_atomically

MAX_FILES, MAX_BYTES = 10_000, 256 * 2**20


class Corrections:
    """Digits kept as `folder`/0 to `folder`/9, each under a name made of its content.

    So the same digit with the same value is kept once. No link in the folder is followed. Raises InputError
    where nothing can be written there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        place = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for place in (folder, *filter(os.path.lexists, self._places())):
                if place != folder:
                    _refuse_link(place)
                with TemporaryFile(dir=place):
                    pass
        except OSError as error:
            raise InputError(
                f"cannot keep corrections in {place}: {error.strerror}; choose another --keep"
            ) from None

    def keep(self, label: int, grey: NDArray[np.uint8]) -> tuple[str, bool]:
        """Keep a digit, uint8 (H, W), in the folder of `label`; its name, and whether it is new there.

        Raises OSError where it cannot be written, or there are too many files or bytes.
        """
        name = sha256(repr(grey.shape).encode() + grey.tobytes()).hexdigest()[:32]
        path = self._path(label, name)
        if path.is_file() and not path.is_symlink():
            return name, False
        self._require_room()
        path.parent.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray(grey)
        write_atomically(path, lambda file: image.save(file, format="PNG"))
        return name, True

    def take_back(self, label: int, name: str) -> bool:
        """Delete a kept digit; False where there is none of that name. Raises OSError."""
        try:
            self._path(label, name).unlink()
        except FileNotFoundError:
            return False
        return True

    def _path(self, label: int, name: str) -> Path:
        place = self._folder / str(label)
        _refuse_link(place)
        return place / f"{name}.png"

    def _places(self) -> list[Path]:
        return [self._folder / str(label) for label in range(10)]

    def _require_room(self) -> None:
        sizes = list(self._sizes())
        if len(sizes) >= MAX_FILES or sum(sizes) >= MAX_BYTES:
            raise OSError(
                errno.ENOSPC,
                f"there are {len(sizes):,} files of {sum(sizes):,} bytes, and at most {MAX_FILES:,} of "
                f"{MAX_BYTES:,} are kept; move them elsewhere",
                str(self._folder),
            )

    def _sizes(self) -> Iterator[int]:
        for place in self._places():
            with suppress(FileNotFoundError), os.scandir(place) as files:
                for file in files:
                    with suppress(FileNotFoundError):  # taken back meanwhile
                        yield file.stat(follow_symlinks=False).st_size


def _refuse_link(place: Path) -> None:
    if place.resolve() != place.parent.resolve() / place.name:
        raise OSError(errno.ELOOP, "it is a link, which is not followed", str(place))
