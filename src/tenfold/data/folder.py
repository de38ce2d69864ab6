"""A user's own labelled pictures in folders. Pictures of any size become 28 x 28 like MNIST's.

digits/0/*.png ... digits/9/*.jpg               a fifth is held out as the test part
letters/alpha/*.png ... letters/omega/*.jpg     classes may have any names
digits/0/anna/*.png, or digits/anna/0/*.png     whole writers are held out
digits/train/0/*.png, digits/test/9/*.png       either of these in parts, which stay as they are
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.data.dataset import DIGIT_NAMES, Dataset
from tenfold.data.events import OnEvent
from tenfold.data.pictures import OnPictures, listed, read_pictures, shortened
from tenfold.data.samples import PARTS, Part, Sample, dataset_of_samples, require_several_per_class
from tenfold.errors import InputError
from tenfold.files import expand_home
from tenfold.imaging.formats import SUFFIXES


def load_folder(
    path: str | Path,
    *,
    skip_damaged: bool = False,
    on_event: OnEvent | None = None,
    on_pictures: OnPictures | None = None,
) -> Dataset:
    """The pictures in a folder with one folder per class, named 0 to 9 or anything else.

    Each may hold a folder per writer, or each writer's folder one per digit: then no writer is in both
    parts. Folders `train`, `val` (or `valid`, `validation`) and `test` in it are parts; without them a fifth
    (the same on every call) becomes the test part. Some digits may be missing. Hidden files and files that
    are not pictures are skipped. `on_event` gets one line for everything skipped and for every caution;
    `on_pictures` gets the number of pictures read so far and the total.

    Raises InputError if there are no pictures, fewer than 3 or more than 100 classes, or fewer than 2
    pictures of a class, or, unless `skip_damaged`, if pictures cannot be read or are blank.
    """
    folder = expand_home(path)
    samples, images = read_folder(
        folder, skip_damaged=skip_damaged, on_event=on_event, on_pictures=on_pictures
    )
    require_several_per_class(samples, shortened(str(path), 80))
    return dataset_of_samples(folder.resolve().name, str(path), images, samples, on_event)


def read_folder(
    folder: Path,
    *,
    skip_damaged: bool,
    on_event: OnEvent | None,
    on_pictures: OnPictures | None,
) -> tuple[list[Sample], NDArray[np.uint8]]:
    """The readable samples of `load_folder`, and their prepared images, uint8 (N, 28, 28).

    Raises InputError as it does.
    """
    samples = list_folder(folder, on_event)
    images, readable = read_pictures(
        folder,
        [sample.name for sample in samples],
        skip_damaged=skip_damaged,
        on_event=on_event,
        on_pictures=on_pictures,
    )
    return [sample for sample, kept in zip(samples, readable, strict=True) if kept], images


def list_folder(folder: Path, on_event: OnEvent | None) -> list[Sample]:
    """The pictures of `load_folder`, by part, label, writer and name; raises InputError as it does."""
    if not folder.is_dir():
        raise InputError(
            f"expected a folder with one subfolder per class, received {folder}, which is not a folder"
        )
    folders = _folders(folder)
    parts = [entry for entry in folders if entry.name.lower() in PARTS]
    if parts and len(parts) < len(folders):
        known = listed([entry.name for entry in parts])
        others = listed([entry.name for entry in folders if entry not in parts])
        raise InputError(f"expected no other folder next to {known} in {folder}, received {others}")
    found = _Found(folder)
    for part in parts:
        found.list_part(part, PARTS[part.name.lower()])
    if not parts:
        found.list_part(folder, None)
    if found.n_others and on_event is not None:
        on_event(f"{folder}: files passed over because they are no pictures: {found.n_others}")
    if found.deep and on_event is not None:
        on_event(f"{folder}: folders passed over because they lie too deep: {listed(found.deep)}")
    return found.samples


class _Found:
    """Pictures found in `folder` so far."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.samples: list[Sample] = []
        self.n_others = 0
        self.deep: list[str] = []

    def list_part(self, folder: Path, part: Part | None) -> None:
        """Add a folder of classes, or of writers."""
        n_before = len(self.samples)
        tops = _folders(folder)
        if _is_by_writer(folder, tops):
            for writer in tops:
                for digit in _folders(writer):
                    self._list(digit, digit.name, writer.name, part)
        else:
            for top in tops:
                self._list_class(top, part)
        added = self.samples[n_before:]
        if not added:
            raise InputError(f"expected one folder per class, with pictures, in {folder}, received none")
        if any(sample.writer is None for sample in added) and any(sample.writer for sample in added):
            raise InputError(
                f"expected either pictures or a folder per writer in every class's folder in {folder}, "
                "received both"
            )

    def _list_class(self, folder: Path, part: Part | None) -> None:
        n_before = len(self.samples)
        writers = _folders(folder)
        self._list(folder, folder.name, None, part)
        for writer in writers:
            self._list(writer, folder.name, writer.name, part)
        if len(self.samples) == n_before:
            raise InputError(f"expected pictures in {folder}, received none; add some or remove the folder")

    def _list(self, folder: Path, label: str, writer: str | None, part: Part | None) -> None:
        """Add the pictures directly in `folder`."""
        files = sorted(entry for entry in folder.iterdir() if entry.is_file() and _is_visible(entry))
        pictures = [entry for entry in files if entry.suffix.lower() in SUFFIXES]
        self.n_others += len(files) - len(pictures)
        if writer is not None:
            self.deep += [str(entry.relative_to(self._folder)) for entry in _folders(folder)]
        self.samples += [
            Sample(str(picture.relative_to(self._folder)), label, writer, part) for picture in pictures
        ]


def _is_by_writer(folder: Path, tops: list[Path]) -> bool:
    """Whether the folders `tops` in `folder` belong to writers, with a folder per digit in each."""
    below = {entry.name for top in tops for entry in _folders(top)}
    if not below or not below <= set(DIGIT_NAMES):
        return False
    if all(top.name in DIGIT_NAMES for top in tops):
        raise InputError(
            f"cannot tell digits from writers in {folder}, as both have names from 0 to 9; rename the writers"
        )
    return True


def _folders(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if entry.is_dir() and _is_visible(entry))


def _is_visible(entry: Path) -> bool:
    # Programs leave folders such as .git and __MACOSX.
    return not entry.name.startswith((".", "__"))
