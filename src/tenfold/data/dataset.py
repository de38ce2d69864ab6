"""The one in-memory form of labelled digits, wherever they were read from."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import DataError

if TYPE_CHECKING:
    from tenfold.drawing import Drawing

DIGIT_NAMES = tuple("0123456789")


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Labelled images in a training and a test part.

    MNIST and Fashion-MNIST have 60,000 training and 10,000 test images; other data sets may have any number.
    Labels index `class_names`.

    MNIST: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition",
    Proceedings of the IEEE 86(11), 1998; made from NIST Special Databases 1 and 3; CC BY-SA 3.0.
    Fashion-MNIST: Xiao, Rasul, Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
    Learning Algorithms", arXiv:1708.07747, 2017; MIT licence.
    """

    name: str  # "mnist", "fashion-mnist", or the stem of the folder or CSV
    x_train: NDArray[np.uint8]  # (N, 28, 28), 0 paper .. 255 ink
    y_train: NDArray[np.int64]  # (N,)
    x_test: NDArray[np.uint8]  # (M, 28, 28)
    y_test: NDArray[np.int64]  # (M,)
    class_names: tuple[str, ...]
    origin: str  # where it was found, e.g. a path
    cautions: tuple[str, ...] = ()  # one line per flaw that makes figures less meaningful, such as duplicates

    def __post_init__(self) -> None:
        for part, images, labels in (
            ("train", self.x_train, self.y_train),
            ("test", self.x_test, self.y_test),
        ):
            if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (28, 28):
                raise DataError(
                    f"expected x_{part} to be uint8 of shape (N, 28, 28), "
                    f"received {images.dtype} of shape {images.shape}"
                )
            if labels.dtype != np.int64 or labels.shape != images.shape[:1]:
                raise DataError(
                    f"expected y_{part} to be int64 of shape ({len(images)},), "
                    f"received {labels.dtype} of shape {labels.shape}"
                )
            if labels.size and not 0 <= labels.min() <= labels.max() < len(self.class_names):
                raise DataError(
                    f"expected labels 0-{len(self.class_names) - 1} in y_{part}, "
                    f"received {labels.min()}-{labels.max()}"
                )

    def show(self, per_class: int = 16, seed: int = 0) -> "Drawing":
        """Shapes, counts, and up to `per_class` random images of each class, chosen by `seed`."""
        from tenfold.data.view import draw_samples

        return draw_samples(self, per_class, seed)

    def __repr__(self) -> str:
        sizes = f"{len(self.y_train):,} training and {len(self.y_test):,} test images"
        return f"<Dataset {self.name}: {sizes}, 28 x 28, {len(self.class_names)} classes>"

    def _repr_html_(self) -> str:
        return self.show()._repr_html_()

    @cached_property
    def sha256(self) -> str:
        """A fingerprint, in hex, of all four arrays: equal images and labels have equal fingerprints."""
        digest = hashlib.sha256()
        for array in (self.x_train, self.y_train, self.x_test, self.y_test):
            digest.update(repr(array.shape).encode())
            portable = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
            digest.update(portable.reshape(-1).data.cast("B") if portable.size else b"")
        return digest.hexdigest()


@dataclass(frozen=True)
class PartSummary:
    """Summary of one part of a data set."""

    images_shape: tuple[int, ...]
    images_dtype: str
    labels_shape: tuple[int, ...]
    labels_dtype: str
    smallest_value: int
    largest_value: int
    images_per_class: dict[str, int]  # class name -> count, in the order of the labels


@dataclass(frozen=True)
class Summary:
    """Summary of a data set; `dataclasses.asdict` turns it into JSON."""

    name: str
    origin: str
    sha256: str
    class_names: tuple[str, ...]
    train: PartSummary
    test: PartSummary
    cautions: tuple[str, ...]


def summarize(dataset: Dataset) -> Summary:
    """Shapes, dtypes, value ranges and images per class of both parts."""
    return Summary(
        name=dataset.name,
        origin=dataset.origin,
        sha256=dataset.sha256,
        class_names=dataset.class_names,
        train=_summarize_part(dataset.x_train, dataset.y_train, dataset.class_names),
        test=_summarize_part(dataset.x_test, dataset.y_test, dataset.class_names),
        cautions=dataset.cautions,
    )


def _summarize_part(images: NDArray[Any], labels: NDArray[Any], class_names: tuple[str, ...]) -> PartSummary:
    counts = np.bincount(labels, minlength=len(class_names))
    return PartSummary(
        images_shape=images.shape,
        images_dtype=str(images.dtype),
        labels_shape=labels.shape,
        labels_dtype=str(labels.dtype),
        smallest_value=int(images.min(initial=255)),
        largest_value=int(images.max(initial=0)),
        images_per_class={name: int(count) for name, count in zip(class_names, counts, strict=True)},
    )
