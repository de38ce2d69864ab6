"""One's own labelled digits: a folder per digit, or a CSV. Pictures of any size become 28 x 28 like MNIST's.

digits/0/*.png ... digits/9/*.jpg                   a fifth is held out as the test part
digits/train/0/*.png ... digits/test/9/*.png        the parts as they are
digits.csv with the columns file,label              files relative to the CSV; a fifth is held out
"""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.data.dataset import DIGIT_NAMES, Dataset
from tenfold.data.split import stratified_split
from tenfold.errors import InputError
from tenfold.imaging.decode import decode
from tenfold.imaging.digit_image import digit_image

TEST_SHARE = 0.2
TEST_SEED = 0

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif"})

_LabelledFiles = list[tuple[Path, int]]


def load_folder(path: str | Path, *, on_event: Callable[[str], object] | None = None) -> Dataset:
    """The digits in a folder with one folder per digit, named 0 to 9.

    Folders `train` and `test` in it are the two parts; without them a stratified fifth (the same on every
    call) becomes the test part. Hidden files are passed over, so are files that are no pictures; `on_event`
    is told how many. A digit may be missing altogether.

    Raises InputError where there is no picture, a folder is not named after a digit, a digit has no or only
    one picture, or a picture cannot be read or shows nothing.
    """
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise InputError(f"expected a folder with a folder per digit, received {folder}, which is none")
    if (folder / "train").is_dir() and (folder / "test").is_dir():
        train, test = list_digits(folder / "train", on_event), list_digits(folder / "test", on_event)
        _require_several_per_digit(train, folder / "train")
        return _as_dataset(folder.resolve().name, str(path), _read(train), _read(test))
    files = list_digits(folder, on_event)
    _require_several_per_digit(files, folder)
    return _as_dataset(folder.resolve().name, str(path), *_hold_out_test_part(*_read(files)))


def load_csv(path: str | Path) -> Dataset:
    """The digits named in a CSV with the columns `file` and `label`; a stratified fifth is the test part.

    Files are relative to the CSV's folder, or absolute. Raises InputError, with the number of the line, where
    a column or a file is missing or a label is no digit; otherwise as `load_folder`.
    """
    table = Path(path).expanduser()
    files = _list_rows(table)
    if not files:
        raise InputError(f"expected a line per picture below the heading of {table}, received none")
    _require_several_per_digit(files, table)
    return _as_dataset(table.stem, str(path), *_hold_out_test_part(*_read(files)))


def list_digits(folder: Path, on_event: Callable[[str], object] | None) -> _LabelledFiles:
    """The pictures in the folders 0 to 9 of `folder`, sorted, with their labels."""
    files: _LabelledFiles = []
    n_others = 0
    for digit_folder in sorted(entry for entry in folder.iterdir() if entry.is_dir() and _is_visible(entry)):
        if digit_folder.name not in DIGIT_NAMES:
            raise InputError(f"expected folders named 0 to 9 in {folder}, received {digit_folder.name!r}")
        entries = sorted(entry for entry in digit_folder.iterdir() if entry.is_file() and _is_visible(entry))
        pictures = [entry for entry in entries if entry.suffix.lower() in PICTURE_SUFFIXES]
        if not pictures:
            raise InputError(
                f"expected pictures in {digit_folder}, received none; add some or remove the folder"
            )
        n_others += len(entries) - len(pictures)
        files += [(picture, int(digit_folder.name)) for picture in pictures]
    if not files:
        raise InputError(f"expected folders named 0 to 9 with pictures in them in {folder}, received none")
    if n_others and on_event is not None:
        on_event(f"{folder}: files passed over because they are no pictures: {n_others}")
    return files


def _is_visible(entry: Path) -> bool:
    # Systems leave folders such as .git and __MACOSX beside what people put there.
    return not entry.name.startswith((".", "__"))


def _list_rows(table: Path) -> _LabelledFiles:
    """The files and labels of a CSV, in its order."""
    files: _LabelledFiles = []
    try:
        # utf-8-sig, because spreadsheets begin their files with a byte order mark.
        with table.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream, skipinitialspace=True)
            if not {"file", "label"} <= set(rows.fieldnames or ()):
                received = ",".join(rows.fieldnames or ())
                raise InputError(f"expected the columns file,label in {table}, received {received!r}")
            for row in rows:
                files.append(_read_row(row, table, rows.line_num))
    except OSError as error:
        raise InputError(f"{table} cannot be opened: {error.strerror or error}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"expected {table} to be a CSV in UTF-8: {error}") from error
    return files


def _read_row(row: dict[str, str | None], table: Path, line: int) -> tuple[Path, int]:
    file, label = (row["file"] or "").strip(), (row["label"] or "").strip()
    if label not in DIGIT_NAMES:
        raise InputError(f"{table}, line {line}: expected a label 0 to 9, received {label!r}")
    picture = table.parent / file
    if not file or not picture.is_file():
        raise InputError(f"{table}, line {line}: expected a picture, received {file!r}, which is no file")
    return picture, int(label)


def _require_several_per_digit(files: _LabelledFiles, where: Path) -> None:
    """Every digit needs one picture to learn from and one to hold out."""
    labels = [label for _, label in files]
    for label in sorted(set(labels)):
        if labels.count(label) < 2:
            raise InputError(f"expected 2 or more pictures of each digit in {where}, received 1 of {label}")


def _read(files: Sequence[tuple[Path, int]]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    images = np.stack([read_digit(path) for path, _ in files])
    return images, np.array([label for _, label in files], dtype=np.int64)


def read_digit(path: Path) -> NDArray[np.uint8]:
    """The digit in a picture, uint8 (28, 28). Raises InputError where it cannot be read or shows nothing."""
    image = digit_image(decode(path))
    if not image.any():
        raise InputError(
            f"expected a digit in {path}, received a picture without contrast; remove or replace it"
        )
    return image


_Part = tuple[NDArray[np.uint8], NDArray[np.int64]]


def _hold_out_test_part(images: NDArray[np.uint8], labels: NDArray[np.int64]) -> tuple[_Part, _Part]:
    n_test = max(1, round(TEST_SHARE * len(labels)))
    train, test = stratified_split(labels, n_test, TEST_SEED)
    return (images[train], labels[train]), (images[test], labels[test])


def _as_dataset(name: str, origin: str, train: _Part, test: _Part) -> Dataset:
    return Dataset(
        name=name,
        x_train=train[0],
        y_train=train[1],
        x_test=test[0],
        y_test=test[1],
        class_names=DIGIT_NAMES,
        origin=origin,
    )
