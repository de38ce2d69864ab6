"""Archives of arrays, sound and malicious."""

import io
import random
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.npz import read_npz

MIB = 2**20


def archive(**members: bytes) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(f"{name}.npy", content)
    return stream


def npy(shape: str, content: bytes = b"", dtype: str = "<f4") -> bytes:
    """An array with an arbitrary header."""
    header = f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + content


def test_what_numpy_writes_comes_back(tmp_path: Path) -> None:
    arrays: dict[str, Any] = {
        "a": np.arange(6, dtype=np.float32).reshape(2, 3),
        "b": np.asfortranarray(np.arange(6).reshape(3, 2)),
        "c": np.zeros((0, 4), np.uint8),
        "d": np.float32(3),
    }
    np.savez(tmp_path / "plain.npz", **arrays)
    np.savez_compressed(tmp_path / "packed.npz", **arrays)

    for name in ("plain.npz", "packed.npz"):
        read = read_npz(tmp_path / name, dict.fromkeys(arrays, 48))
        assert read.keys() == arrays.keys()
        for key, array in arrays.items():
            np.testing.assert_array_equal(read[key], array)
            assert read[key].dtype == array.dtype


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (npy("(2,)", bytes(8), "|O"), "not a numeric array"),
        (npy("(1000000000000,)"), "not a numeric array"),
        (npy("(2,)", bytes(7)), "not a numeric array"),
        (npy("(-1,)", bytes(4)), "not a numeric array"),
        (npy("(2,)", bytes(8), "|V4"), "not a numeric array"),
        (b"\x80\x04K\x01.", "magic"),
        (b"", "magic"),
        (npy("(" * 3900), "header"),
        (npy("(1,)", bytes(4), "()").replace(b"'()'", b"()"), "header"),
        (npy(f"(0, {10**30})"), "dimension|too large"),
        (npy("(2,)", bytes(5000)), "a is 5,0"),
    ],
)
def test_invalid_and_oversized_arrays_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_npz(archive(a=content), {"a": 8})


def test_a_missing_array_is_named() -> None:
    with pytest.raises(ValueError, match="it holds no array 'b'"):
        read_npz(archive(a=npy("(1,)", bytes(4))), {"a": 4, "b": 4})


@pytest.mark.parametrize("honest", [True, False])
def test_a_bomb_is_not_unpacked(honest: bool) -> None:
    """256 MiB of zeros in a quarter of one; the dishonest one declares eight bytes of content."""
    stream = archive(a=npy(f"({64 * MIB},)", bytes(256 * MIB)))
    with zipfile.ZipFile(stream) as written:
        (member,) = written.infolist()
    content = stream.getvalue()
    if not honest:
        small = (len(npy("(2,)", bytes(8)))).to_bytes(4, "little")
        content = content.replace(member.file_size.to_bytes(4, "little"), small)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="can be" if honest else "CRC"):
            read_npz(io.BytesIO(content), {"a": 8})
        assert tracemalloc.get_traced_memory()[1] < 2 * MIB
    finally:
        tracemalloc.stop()


def test_packing_that_asks_for_memory_of_its_own_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as written:
        written.writestr("a.npy", npy("(1,)", bytes(4)))
    with pytest.raises(ValueError, match="uses a compression that NumPy does not write"):
        read_npz(stream, {"a": 4})


def test_damage_gives_arrays_within_bounds_or_one_kind_of_error() -> None:
    chance = random.Random(0)
    stream = io.BytesIO()
    np.savez_compressed(stream, a=np.arange(50), b=np.ones((4, 5), np.float32))
    sound, read = stream.getvalue(), 0
    for _ in range(2000):
        content = bytearray(sound)
        for _ in range(chance.choice((1, 2, 8))):
            content[chance.randrange(len(content))] = chance.choice((0, 255, chance.randrange(256)))
        try:
            arrays = read_npz(io.BytesIO(bytes(content)), {"a": 400, "b": 80})
        except ValueError:
            continue
        read += 1
        assert all(array.dtype.kind in "biufU" for array in arrays.values())
    assert 0 < read < 2000
