"""A user's own labelled pictures, listed in folders or CSVs, and the data set made of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tenfold.data.cautions import find_cautions
from tenfold.data.classes import class_names_of
from tenfold.data.dataset import Dataset
from tenfold.data.events import OnEvent
from tenfold.data.pictures import listed
from tenfold.data.split import stratified_split, writer_split
from tenfold.errors import InputError

TEST_SHARE = 0.2
TEST_SEED = 0

Part = Literal["train", "validation", "test"]
PARTS: dict[str, Part] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled picture with its writer and part, if known."""

    name: str  # for messages; a picture's path relative to the folder or CSV
    label: str  # the name of its class
    writer: str | None = None
    part: Part | None = None


def require_several_per_class(samples: Sequence[Sample], where: str) -> None:
    """Raise InputError unless every class has one picture to learn from and one to hold out."""
    counts = Counter(sample.label for sample in samples if sample.part in (None, "train"))
    if alone := sorted(label for label, count in counts.items() if count == 1):
        raise InputError(f"expected at least 2 pictures of each class in {where}, received 1 of {alone[0]}")


def dataset_of_samples(
    name: str,
    origin: str,
    images: NDArray[np.uint8],
    samples: Sequence[Sample],
    on_event: OnEvent | None,
) -> Dataset:
    """The `samples` and their `images`, uint8 (N, 28, 28), in a training and a test part.

    `on_event` gets how the parts were chosen, and each of the data set's cautions.
    Raises InputError if there is no training part.
    """
    class_names = class_names_of((sample.label for sample in samples), origin)
    place = {name: label for label, name in enumerate(class_names)}
    labels = np.array([place[sample.label] for sample in samples], dtype=np.int64)
    in_test, how = hold_out(samples, labels)
    cautions = find_cautions(images, labels, in_test, [sample.name for sample in samples], class_names)
    cautions += _writers_in_both(samples, in_test)
    for line in (*how, *cautions):
        if on_event is not None:
            on_event(f"{name}: {line}")
    return Dataset(
        name=name,
        x_train=images[~in_test],
        y_train=labels[~in_test],
        x_test=images[in_test],
        y_test=labels[in_test],
        class_names=class_names,
        origin=origin,
        cautions=tuple(cautions),
    )


def hold_out(samples: Sequence[Sample], labels: NDArray[np.int64]) -> tuple[NDArray[np.bool_], list[str]]:
    """A mask (N,) of the test part, and lines that say how it was chosen.

    Named parts come first; without them, the split is by writer, so that none is in both parts; without
    writers, a stratified fifth, the same on every call.
    """
    parts = np.array([sample.part or "" for sample in samples])
    given = set(parts.tolist())
    if given == {""}:
        return _hold_out_a_fifth(samples, labels)
    if "train" not in given:
        raise InputError("expected a train part, received " + " and ".join(sorted(given)))
    n_validation = int((parts == "validation").sum())
    validation = f"the validation part ({n_validation:,} pictures)"
    if "test" in given:
        joins = f"{validation} joins the training part: every run holds out its own"
        return parts == "test", [joins] if n_validation else []
    if n_validation:
        return parts == "validation", [f"{validation} is the test part, because there is no other"]
    in_test, how = _hold_out_a_fifth(samples, labels)
    return in_test, ["there is only a training part: a fifth of it is the test part", *how]


def _hold_out_a_fifth(
    samples: Sequence[Sample], labels: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], list[str]]:
    writers = [sample.writer for sample in samples if sample.writer is not None]
    n_writers = len(set(writers))
    if n_writers > 1 and len(writers) == len(samples):
        test = writer_split(writers, TEST_SHARE, TEST_SEED)
        held_out = len({writers[index] for index in np.flatnonzero(test)})
        return test, [f"split by writer: the test part holds {held_out:,} of {n_writers:,} writers"]
    _, members = stratified_split(labels, max(1, round(TEST_SHARE * len(labels))), TEST_SEED)
    in_test = np.zeros(len(labels), dtype=bool)
    in_test[members] = True
    return in_test, ["all pictures are by one writer: a fifth of them is the test part"] if n_writers else []


def _writers_in_both(samples: Sequence[Sample], in_test: NDArray[np.bool_]) -> list[str]:
    """A caution if the given parts share writers."""
    learned, tested = (
        {sample.writer for sample, test in zip(samples, in_test, strict=True) if test == part}
        for part in (False, True)
    )
    both = sorted(writer for writer in learned & tested if writer is not None)
    if not both or len(learned | tested) == 1:
        return []
    return [f"writers in both training and test: {listed(both)}"]
