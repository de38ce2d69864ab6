"""Files of `compress`: gzip, which reads them too, is the measure."""

import random
import shutil
import subprocess

import pytest

from tenfold.data.lzw import decompress
from tenfold.errors import DataError

from .compress import compress

LIMIT = 1_000_000


def text_of(n_bytes: int, n_values: int) -> bytes:
    return bytes(random.Random(0).choices(range(n_values), k=n_bytes))


CONTENTS = [b"", b"a", b"aaaaaaaaaaaa", text_of(3000, 3), text_of(3000, 256), text_of(90_000, 30)]


@pytest.mark.parametrize("clears", [True, False])
@pytest.mark.parametrize("last_width", [10, 12, 16])
@pytest.mark.parametrize("content", CONTENTS, ids=len)
def test_what_was_packed_comes_out(content: bytes, last_width: int, clears: bool) -> None:
    packed = compress(content, last_width, clears=clears)

    assert decompress(packed, LIMIT, "it") == content
    if gzip := shutil.which("gzip"):
        done = subprocess.run([gzip, "-dc"], input=packed, capture_output=True, check=True)
        assert done.stdout == content


def test_unpacking_is_bounded() -> None:
    with pytest.raises(DataError, match="it is larger than the 9,999 bytes"):
        decompress(compress(bytes(10_000)), 9_999, "it")


@pytest.mark.parametrize("content", [b"", b"\x1f\x9d", b"\x1f\x8b\x90aaa", b"\x1f\x9d\x9faaa"])
def test_another_beginning_is_refused(content: bytes) -> None:
    with pytest.raises(DataError, match="does not begin like a file of compress"):
        decompress(content, LIMIT, "it")


def test_a_code_that_was_never_written_is_refused() -> None:
    with pytest.raises(DataError, match="an undefined code"):
        decompress(b"\x1f\x9d\x90" + b"\xff" * 9, LIMIT, "it")
