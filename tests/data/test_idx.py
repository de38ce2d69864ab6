import hashlib
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.data.idx import idx_header, idx_sha256, read_idx
from tenfold.errors import DataError


def test_a_vector_is_read_as_the_format_describes_it() -> None:
    content = struct.pack(">II", 0x0801, 3) + bytes([7, 0, 255])
    assert read_idx(content, "labels").tolist() == [7, 0, 255]


def test_a_stack_of_images_is_read_row_after_row() -> None:
    content = struct.pack(">IIII", 0x0803, 2, 2, 3) + bytes(range(12))
    images = read_idx(content, "images")
    assert images.shape == (2, 2, 3)
    assert images[1, 0].tolist() == [6, 7, 8]


@pytest.mark.parametrize(
    "content", [b"", b"\0\0\x08", b"\0\0\x08\0", b"PK\3\4", b"\0\0\x0d\1\0\0\0\0", b"\0\0\x08\2\0\0\0\1"]
)
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(DataError, match="labels is not an IDX file"):
        read_idx(content, "labels")


def test_a_wrong_length_is_not_reported_as_a_wrong_file() -> None:
    content = struct.pack(">II", 0x0801, 3) + bytes(3)
    with pytest.raises(DataError, match="truncated: 10 bytes where its header says 11"):
        read_idx(content[:-1], "labels")
    with pytest.raises(DataError, match="too long"):
        read_idx(content + b"\0", "labels")


def test_an_enormous_length_in_a_header_costs_nothing() -> None:
    with pytest.raises(DataError, match="truncated"):
        read_idx(struct.pack(">IIII", 0x0803, *[2**32 - 1] * 3), "images")


@given(st.lists(st.integers(0, 4), min_size=1, max_size=3), st.integers(0, 2**32 - 1))
def test_an_array_hashes_as_the_file_it_would_make(shape: list[int], seed: int) -> None:
    array = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    content = idx_header(array.shape) + array.tobytes()
    expected = hashlib.sha256(content).hexdigest()
    assert idx_sha256(array) == expected
    assert idx_sha256(array.astype(np.int64)) == expected
    assert idx_sha256(np.asfortranarray(array)) == expected
    assert np.array_equal(read_idx(content, "file"), array)


@pytest.mark.parametrize("array", [np.array([256]), np.array([-1]), np.array([0.5]), np.array([True])])
def test_an_array_that_is_not_bytes_has_no_hash(array: np.ndarray) -> None:
    with pytest.raises(DataError, match="integers 0-255"):
        idx_sha256(array)
