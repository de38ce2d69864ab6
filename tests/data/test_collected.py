"""Collections in published formats without a known checksum: KMNIST, QMNIST, EMNIST and others."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tenfold.data import load_data
from tenfold.data.idx import idx_header
from tenfold.errors import InputError

IMAGES = np.zeros((6, 28, 28), np.uint8)
IMAGES[:, 3:9, 20:24] = 200  # higher than wide, at the upper right


def write_idx(folder: Path, prefix: str, images: NDArray[np.uint8], labels: list[int], test: str) -> None:
    folder.mkdir(exist_ok=True)
    of_labels = np.array(labels, np.uint8)
    for part in ("train", test):
        (folder / f"{prefix}{part}-images-idx3-ubyte.gz").write_bytes(
            gzip.compress(idx_header(images.shape) + images.tobytes())
        )
        (folder / f"{prefix}{part}-labels-idx1-ubyte").write_bytes(
            idx_header(of_labels.shape) + of_labels.tobytes()
        )


def test_emnists_images_are_transposed_and_its_letters_have_names(tmp_path: Path) -> None:
    stored = IMAGES.transpose(0, 2, 1).copy()
    write_idx(tmp_path, "emnist-letters-", stored, [1, 2, 3, 24, 25, 26], "test")

    data = load_data(tmp_path)

    assert data.class_names == tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert data.y_test.tolist() == [0, 1, 2, 23, 24, 25]
    np.testing.assert_array_equal(data.x_train, IMAGES)


def test_a_folder_with_several_collections_needs_a_name(tmp_path: Path) -> None:
    write_idx(tmp_path, "emnist-letters-", IMAGES, [1, 2, 3, 4, 5, 6], "test")
    write_idx(tmp_path, "emnist-balanced-", IMAGES, [0, 9, 10, 35, 36, 46], "test")

    with pytest.raises(InputError, match=r"name one: .*emnist-balanced, .*emnist-letters"):
        load_data(tmp_path)
    data = load_data(tmp_path / "emnist-balanced")

    assert data.name == "emnist-balanced"
    assert [data.class_names[label] for label in data.y_test] == ["0", "9", "A", "Z", "a", "t"]
    assert len(data.class_names) == 47


def test_the_first_column_of_qmnists_labels_is_the_digit(tmp_path: Path) -> None:
    write_idx(tmp_path, "qmnist-", IMAGES, [0, 1, 2, 3, 4, 9], "test")
    labels = np.array([[4, 1, 2000, 3, 0, 0, 0, 0]] * 6, ">i4")
    for part in ("train", "test"):
        (tmp_path / f"qmnist-{part}-labels-idx1-ubyte").unlink()
        header = bytes([0, 0, 12, 2]) + (6).to_bytes(4) + (8).to_bytes(4)
        (tmp_path / f"qmnist-{part}-labels-idx2-int.gz").write_bytes(gzip.compress(header + labels.tobytes()))

    data = load_data(tmp_path)

    assert data.y_train.tolist() == [4] * 6
    assert data.class_names == tuple("0123456789")


def test_kmnist_has_mnists_file_names_and_its_own_class_names(tmp_path: Path) -> None:
    write_idx(tmp_path / "kmnist", "", IMAGES, [0, 1, 2, 3, 8, 9], "t10k")

    data = load_data(tmp_path / "kmnist")

    assert (data.name, data.class_names[0], data.class_names[9]) == ("kmnist", "o", "wo")


@pytest.mark.parametrize(
    ("labels", "class_names"),
    [
        ([0, 1, 2, 0, 1, 2], tuple("0123456789")),
        ([1, 2, 3, 10, 11, 12], tuple(map(str, range(1, 13)))),
        ([0, 5, 11, 0, 5, 11], tuple(map(str, range(12)))),
    ],
)
def test_an_npz_has_as_many_classes_as_its_labels_say(
    tmp_path: Path, labels: list[int], class_names: tuple[str, ...]
) -> None:
    path = tmp_path / "signs.npz"
    np.savez(path, x_train=IMAGES[..., None], y_train=labels, x_test=IMAGES, y_test=labels)

    data = load_data(path)

    assert data.class_names == class_names
    assert [data.class_names[label] for label in data.y_train] == [str(label) for label in labels]


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (IMAGES.astype(np.float32), [0] * 6, "uint8 of shape .N, 28, 28., received float32"),
        (IMAGES[:, :20], [0] * 6, r"received uint8 of shape \(6, 20, 28\)"),
        (IMAGES, [0.5] * 6, "whole numbers .N,., received float64"),
        (IMAGES, [0, 1, 2, 3, 4, 200], "labels of 3 to 100 classes .*, received 0 to 200"),
        (IMAGES, [-1, 1, 2, 3, 4, 5], "labels of 3 to 100 classes .*, received -1 to 5"),
        (IMAGES, [0] * 5, r"expected y_train to be int64 of shape \(6,\)"),
    ],
)
def test_arrays_of_another_kind_are_refused(
    tmp_path: Path, images: NDArray[np.generic], labels: list[float], message: str
) -> None:
    path = tmp_path / "odd.npz"
    np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)

    with pytest.raises(InputError, match=message):
        load_data(path)


def test_a_collection_without_one_of_its_files_is_refused(tmp_path: Path) -> None:
    write_idx(tmp_path, "emnist-letters-", IMAGES, [1, 2, 3, 4, 5, 6], "test")
    (tmp_path / "emnist-letters-test-labels-idx1-ubyte").unlink()

    with pytest.raises(InputError, match="lacks the IDX file of the test labels of emnist-letters"):
        load_data(tmp_path)
