"""Files damaged at random: each is read or refused, soon, and nothing else happens.

100,000 of them where slow tests run, a few hundred otherwise.
"""

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from damage import damaged_pictures
from tenfold.errors import ImageError
from tenfold.reader import Reader

LONGEST_S = 2.0


@pytest.mark.parametrize("count", [300, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_damaged_file_is_read_or_refused_soon(
    count: int, small_reader: Reader, page: NDArray[np.uint8]
) -> None:
    longest, refused = 0.0, 0
    for content in damaged_pictures(page, count):
        start = time.process_time()
        try:
            small_reader.read(content)
        except ImageError:
            refused += 1
        took = time.process_time() - start
        if took > longest:
            longest, slowest = took, content

    assert longest < LONGEST_S, f"{longest:.1f} s for {slowest[:64]!r}..., {len(slowest)} bytes"
    # Else the mutations would be too weak, or break everything at once.
    assert 0.1 < refused / count < 0.95
