"""Real digits in every form they can be read from."""

import io
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenfold.data import Dataset
from tenfold.reader import Digit, Reader


@pytest.fixture(scope="session")
def digits(mnist: Dataset) -> list[bytes]:
    """The first 30 test images of MNIST, dark on light, as the bytes of PNG files."""
    return [encode(image) for image in mnist.x_test[:30]]


@pytest.fixture(scope="session")
def read(digits: list[bytes]) -> list[Digit]:
    """The results of `Reader.read_digits` for `digits`."""
    return Reader(cores=1).read_digits(digits)


def encode(image: Any) -> bytes:
    return bytes(cv2.imencode(".png", 255 - image)[1].tobytes())


def write_folder(folder: Path, pictures: Sequence[bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures):
        (folder / f"{number:05d}.png").write_bytes(picture)
    return folder


def write_tar(path: Path, members: Mapping[str, bytes], mode: Any = "w") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def numbered(pictures: Sequence[bytes]) -> dict[str, bytes]:
    """Members of a tar in WebDataset's layout, each with a label."""
    return {
        f"{number:05d}.{suffix}": content
        for number, picture in enumerate(pictures)
        for suffix, content in (("png", picture), ("cls", b"7"))
    }


def write_table(path: Path, columns: Mapping[str, Any]) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=7)
    return path


def rows_in(output: Path) -> list[dict[str, Any]]:
    """All rows of all parts, in the order of the parts."""
    return [row for path in sorted(output.glob("part-*.parquet")) for row in pq.read_table(path).to_pylist()]


def check_rows(rows: Sequence[Mapping[str, Any]], digits: Sequence[Digit]) -> None:
    """Each row equals the reading of a single digit."""
    assert [row["digits"] for row in rows] == [[digit.value] for digit in digits]
    assert [row["text"] for row in rows] == [str(one.value) if one.accepted else "?" for one in digits]
    assert [row["confidences"] for row in rows] == [
        [pytest.approx(digit.confidence, abs=1e-5)] for digit in digits
    ]
    assert not any(row["error"] for row in rows)
