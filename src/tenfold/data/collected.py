"""Collections of labelled 28 x 28 images in their published formats: IDX files and .npz.

`load_data` recognizes MNIST and Fashion-MNIST at any path by their checksums. All others are not
verified: KMNIST (T. Clanuwat and others, "Deep Learning for Classical Japanese Literature", 2018), QMNIST
(C. Yadav, L. Bottou, "Cold Case: The Lost MNIST Digits", 2019), EMNIST (G. Cohen and others, "EMNIST: an
extension of MNIST to handwritten letters", 2017), and anything else in the same format.
"""

import re
import string
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.data.classes import MAX_CLASSES, MIN_CLASSES
from tenfold.data.dataset import DIGIT_NAMES, Dataset
from tenfold.data.idx import read_idx
from tenfold.errors import DataError, InputError
from tenfold.imaging.normalize import SIDE_PX
from tenfold.npz import read_npz

_MAX_IMAGES = 1_000_000
_MAX_BYTES = _MAX_IMAGES * SIDE_PX * SIDE_PX + 1024
_KEYS = ("x_train", "y_train", "x_test", "y_test")
# emnist-letters-train-images-idx3-ubyte.gz, t10k-labels.idx1-ubyte, qmnist-test-labels-idx2-int.gz
_IDX_NAME = re.compile(
    r"(?:(?P<name>.+)-)?(?P<part>train|test|t10k)-(?P<what>images|labels)[-.]idx[1-4]-(?:ubyte|int)(?:\.gz)?"
)
_LETTERS = tuple(string.ascii_uppercase)
# EMNIST merges small and capital letters that look alike into one class.
_MERGED = (*DIGIT_NAMES, *_LETTERS, *"abdefghnqrt")
_CLASS_NAMES = {
    "emnist-letters": _LETTERS,
    "emnist-balanced": _MERGED,
    "emnist-bymerge": _MERGED,
    "emnist-byclass": (*DIGIT_NAMES, *_LETTERS, *string.ascii_lowercase),
    "kmnist": ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
}
_TRANSPOSED = "emnist-"  # its images are stored column by column


def idx_collections(folder: Path) -> list[str]:
    """The name prefixes of the IDX files in `folder`; "" for files without one."""
    return sorted({name for name, _, _ in _idx_files(folder)})


def is_idx_name(name: str) -> bool:
    """Whether a file of this name is one of a collection's four IDX files."""
    return _IDX_NAME.fullmatch(name) is not None


def load_idx(folder: Path, name: str) -> Dataset:
    """The collection `name` from the IDX files in `folder`, gzipped or not; EMNIST's images are transposed.

    Raises InputError if a file is missing, damaged, or too large for a million images.
    """
    found = {key: path for of, key, path in _idx_files(folder) if of == name}
    if missing := [key for key in _KEYS if key not in found]:
        what = {"x": "images", "y": "labels"}
        texts = [f"{key[2:]} {what[key[0]]}" for key in missing]
        raise InputError(f"{folder} lacks the IDX file of the {' and '.join(texts)} of {name or folder.name}")
    try:
        arrays = {key: _read(path) for key, path in found.items()}
    except DataError as error:
        raise InputError(f"{error}; download the file again") from error
    if name.startswith(_TRANSPOSED):
        arrays |= {key: arrays[key].transpose(0, 2, 1).copy() for key in ("x_train", "x_test")}
    return _checked_dataset(arrays, name or folder.resolve().name, str(folder / name))


def load_npz(path: Path) -> Dataset:
    """The images x_train, y_train, x_test and y_test in an .npz, as Keras keeps them.

    Raises InputError if the file lacks one of them, is damaged, or holds more than a million images.
    """
    largest = {key: _MAX_BYTES if key.startswith("x") else 8 * _MAX_IMAGES for key in _KEYS}
    try:
        arrays = read_npz(path, largest)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise InputError(f"{path} is damaged: {error}; download the file again") from error
    return _checked_dataset(arrays, path.stem, str(path))


def _checked_dataset(arrays: dict[str, NDArray[np.generic]], name: str, origin: str) -> Dataset:
    y_train, y_test = (_checked_labels(arrays[key], key, origin) for key in ("y_train", "y_test"))
    every = np.concatenate([y_train, y_test])
    class_names, first = _name_classes(name, int(every.min(initial=MAX_CLASSES)), int(every.max(initial=0)))
    if not MIN_CLASSES <= len(class_names) <= MAX_CLASSES:
        raise InputError(
            f"expected labels of {MIN_CLASSES} to {MAX_CLASSES} classes from 0 or 1 on in {origin}, "
            f"received {every.min(initial=0)} to {every.max(initial=0)}"
        )
    try:
        return Dataset(
            name=name,
            x_train=_checked_images(arrays["x_train"], "x_train", origin),
            y_train=y_train - first,
            x_test=_checked_images(arrays["x_test"], "x_test", origin),
            y_test=y_test - first,
            class_names=class_names,
            origin=origin,
        )
    except DataError as error:
        raise InputError(f"{origin}: {error}") from error


def _name_classes(name: str, lowest: int, highest: int) -> tuple[tuple[str, ...], int]:
    """A collection's class names, and the label of the first; labels range from `lowest` to `highest`."""
    for known, class_names in _CLASS_NAMES.items():
        if name.startswith(known):
            return class_names, 1 if class_names is _LETTERS else 0  # EMNIST numbers letters from 1
    if lowest >= 0 and highest < len(DIGIT_NAMES):
        return DIGIT_NAMES, 0
    first = min(lowest, 1)
    return tuple(map(str, range(first, highest + 1))) if first >= 0 else (), first


def _checked_images(array: NDArray[np.generic], key: str, origin: str) -> NDArray[np.uint8]:
    n_pixels = SIDE_PX * SIDE_PX
    if array.dtype != np.uint8 or array.ndim not in (2, 3, 4) or array[:1].size not in (0, n_pixels):
        raise InputError(
            f"expected {key} of {origin} to be uint8 of shape (N, 28, 28), "
            f"received {array.dtype} of shape {array.shape}"
        )
    return array.astype(np.uint8, copy=False).reshape(-1, SIDE_PX, SIDE_PX)


def _checked_labels(array: NDArray[np.generic], key: str, origin: str) -> NDArray[np.int64]:
    """Labels (N,), or (N, 8) as in QMNIST: the first column is the digit, the others identify the writer."""
    if array.ndim == 2:
        array = array[:, 0]
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise InputError(
            f"expected {key} of {origin} to be whole numbers (N,), "
            f"received {array.dtype} of shape {array.shape}"
        )
    return array.astype(np.int64)


def _idx_files(folder: Path) -> Iterator[tuple[str, str, Path]]:
    """Each IDX file: the collection's name, the array's key and the path."""
    for path in sorted(folder.iterdir()):
        if found := _IDX_NAME.fullmatch(path.name):
            part = "train" if found["part"] == "train" else "test"
            yield found["name"] or "", f"{'x' if found['what'] == 'images' else 'y'}_{part}", path


def _read(path: Path) -> NDArray[np.generic]:
    """The array in an IDX file, gzipped or not. Raises DataError."""
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    if content[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        try:
            content = unpacker.decompress(content, _MAX_BYTES + 1)
        except zlib.error as error:
            raise DataError(f"{path} is damaged: {error}") from error
        if not unpacker.eof and len(content) <= _MAX_BYTES:
            raise DataError(f"{path} is truncated: its gzip stream does not end")
    if len(content) > _MAX_BYTES:
        raise DataError(f"{path} holds more than {_MAX_IMAGES:,} images")
    return read_idx(content, str(path))
