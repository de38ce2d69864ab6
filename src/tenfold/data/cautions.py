"""Flaws in a user's data set that make measured figures less meaningful than they look."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tenfold.data.dataset import DIGIT_NAMES
from tenfold.data.pictures import listed

_UNBALANCED = 3  # the largest class has this many times the pictures of the smallest


def find_cautions(
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    in_test: NDArray[np.bool_],
    names: Sequence[str],
    class_names: Sequence[str] = DIGIT_NAMES,
) -> list[str]:
    """One line each for duplicates across parts or labels, classes without pictures, and imbalance.

    `images` are the prepared ones, uint8 (N, 28, 28), so duplicates are found across file formats.
    """
    return [*find_copies(images, labels, in_test, names), *_find_missing(labels, in_test, class_names)]


def find_copies(
    images: NDArray[np.uint8], labels: NDArray[np.int64], in_test: NDArray[np.bool_], names: Sequence[str]
) -> list[str]:
    """The lines of `find_cautions` about duplicates across parts or labels."""
    alike: dict[bytes, list[int]] = defaultdict(list)
    for index, image in enumerate(images):
        alike[hashlib.blake2b(image.tobytes(), digest_size=16).digest()].append(index)
    copies = [np.array(group) for group in alike.values() if len(group) > 1]
    contradictory = [names[index] for group in copies if len(set(labels[group])) > 1 for index in group]
    leaked = [names[index] for group in copies if not in_test[group].all() for index in group[in_test[group]]]
    lines = []
    if contradictory:
        lines.append(f"the same picture under several labels: {listed(contradictory)}")
    if leaked:
        lines.append(
            f"test pictures that are also in the training part ({len(leaked):,} of {in_test.sum():,}) make "
            f"the test accuracy look better than it is: {listed(leaked)}"
        )
    return lines


def _find_missing(
    labels: NDArray[np.int64], in_test: NDArray[np.bool_], class_names: Sequence[str]
) -> list[str]:
    learned, tested = (np.bincount(labels[part], minlength=len(class_names)) for part in (~in_test, in_test))
    lines = []
    for without, what in (
        ((learned == 0) & (tested == 0), "no pictures of {}: a classifier cannot learn them"),
        ((learned == 0) & (tested > 0), "no training pictures of {}: they are tested, but not learned"),
        ((learned > 0) & (tested == 0), "no test pictures of {}: their accuracy is not measured"),
    ):
        if without.any():
            lines.append(
                what.format(", ".join(class_names[label] for label in np.flatnonzero(without).tolist()))
            )
    present = np.flatnonzero(learned)
    most, least = int(present[learned[present].argmax()]), int(present[learned[present].argmin()])
    if learned[most] >= _UNBALANCED * learned[least]:
        lines.append(
            f"unbalanced: {learned[most]:,} training pictures of {class_names[most]}, "
            f"{learned[least]:,} of {class_names[least]}"
        )
    return lines
