"""One shard read into one file: every kind of input, and damage."""

import io
import os
import tarfile
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenfold.bulk import pictures
from tenfold.bulk.inputs import find_shards
from tenfold.bulk.job import Job, open_reader, plan_job
from tenfold.bulk.shard import Done, read_shard
from tenfold.data import Dataset
from tenfold.errors import InputError
from tenfold.reader import Digit, Reader

from .conftest import check_rows, numbered, rows_in, write_folder, write_table, write_tar


@pytest.fixture(scope="module")
def reader() -> Reader:
    return open_reader(job(Path("unused")))


def job(output: Path, *, single: bool = True) -> Job:
    return plan_job(str(output), single=single, max_pixels=1_000_000)


def read_all(given: object, output: Path, reader: Reader, *, single: bool = True) -> list[dict[str, Any]]:
    output.mkdir(exist_ok=True)
    rows = 0
    errors = 0
    for shard in find_shards(str(given), output=str(output)).shards:
        done = read_shard(shard, job(output, single=single), reader)
        rows, errors = rows + done.images, errors + done.errors
    found = rows_in(output)
    assert (rows, errors) == (len(found), sum(row["error"] is not None for row in found))
    return found


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_tar(mode: str, digits: list[bytes], read: list[Digit], reader: Reader, tmp_path: Path) -> None:
    path = write_tar(tmp_path / "digits.tar", numbered(digits), mode)

    rows = read_all(path, tmp_path / "out", reader)

    check_rows(rows, read)
    assert [row["image"] for row in rows] == [f"{path}/{number:05d}.png" for number in range(30)]


def test_a_folder(digits: list[bytes], read: list[Digit], reader: Reader, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", digits)

    rows = read_all(folder, tmp_path / "out", reader)

    check_rows(rows, read)
    assert [row["image"] for row in rows] == [str(path) for path in sorted(folder.iterdir())]


def test_a_table_with_bytes(digits: list[bytes], read: list[Digit], reader: Reader, tmp_path: Path) -> None:
    path = write_table(tmp_path / "digits.parquet", {"label": ["a path?"] * 30, "png": digits})

    rows = read_all(path, tmp_path / "out", reader)

    check_rows(rows, read)
    assert [row["image"] for row in rows] == [f"{path}/{number}" for number in range(30)]


def test_a_table_with_paths(digits: list[bytes], read: list[Digit], reader: Reader, tmp_path: Path) -> None:
    """Absolute, or relative to the table."""
    paths = [str(path) for path in sorted(write_folder(tmp_path / "in", digits).iterdir())]
    given = [os.path.relpath(path, tmp_path) if number % 2 else path for number, path in enumerate(paths)]
    table = write_table(tmp_path / "digits.parquet", {"label": pa.array(range(30)), "path": given})

    rows = read_all(table, tmp_path / "out", reader)

    check_rows(rows, read)
    assert [row["image"] for row in rows] == paths


def test_a_table_as_datasets_of_hugging_face(
    digits: list[bytes], read: list[Digit], reader: Reader, tmp_path: Path
) -> None:
    """Bytes if there are any, else the path."""
    last = write_folder(tmp_path / "in", digits[-1:])
    images: list[dict[str, Any]] = [{"bytes": picture, "path": "0.png"} for picture in digits[:-1]]
    images.append({"bytes": None, "path": str(last / "00000.png")})
    table = write_table(tmp_path / "digits.parquet", {"image": images, "label": list(range(30))})

    check_rows(read_all(table, tmp_path / "out", reader), read)


def test_pictures_elsewhere(digits: list[bytes], read: list[Digit], reader: Reader, tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe({f"/digits/{number:02d}.png": picture for number, picture in enumerate(digits)})
    table = write_table(
        tmp_path / "t.parquet", {"url": ["memory://digits/00.png", "memory://nowhere.png", "nonsense://x"]}
    )

    check_rows(read_all("memory://digits", tmp_path / "out", reader), read)
    first, *others = read_all(table, tmp_path / "table", reader)

    assert first["text"] == "7"
    assert [row["error"] for row in others] == [
        "memory://nowhere.png cannot be opened: No such file or directory",
        "nonsense://x cannot be opened: Protocol not known: nonsense",
    ]


def test_an_output_elsewhere(digits: list[bytes], reader: Reader, tmp_path: Path) -> None:
    (shard,) = find_shards(str(write_folder(tmp_path / "in", digits)), output="memory://out").shards

    done = read_shard(shard, plan_job("memory://out", single=True, max_pixels=1000), reader)

    assert done == Done(0, 30, 0)
    with fsspec.open("memory://out/part-00000.parquet") as file:
        assert pq.read_table(file).num_rows == 30


def test_several_digits_in_a_picture(mnist: Dataset, reader: Reader, tmp_path: Path) -> None:
    import cv2

    lines = [np.hstack([np.pad(image, 6) for image in mnist.x_test[i : i + 6]]) for i in (0, 6)]
    page = np.pad(255 - cv2.resize(np.vstack(lines), None, fx=3, fy=3), 40, constant_values=255)
    cv2.imwrite(str(tmp_path / "page.png"), page)
    expected = reader.read(page)

    (row,) = read_all(tmp_path / "page.png", tmp_path / "out", reader, single=False)

    assert row["text"] == expected.text
    assert row["text"].count("\n") == 1
    assert row["digits"] == [digit.value for line in expected.lines for digit in line.digits]
    assert row["confidences"] == pytest.approx(
        [digit.confidence for line in expected.lines for digit in line.digits]
    )


@pytest.mark.parametrize("single", [True, False])
def test_bad_pictures_are_rows_with_their_errors(
    single: bool, digits: list[bytes], reader: Reader, tmp_path: Path
) -> None:
    members = {
        "0.png": digits[0],
        "1.png": b"",
        "2.jpg": digits[1][:90],
        "3.gif": b"GIF89a",
        "4.png": digits[1],
    }

    rows = read_all(write_tar(tmp_path / "t.tar", members), tmp_path / "out", reader, single=single)

    assert [row["text"] for row in rows] == ["7", None, None, None, "2"]
    assert [row["error"] is None for row in rows] == [True, False, False, False, True]
    assert "damaged" in rows[2]["error"]
    assert rows[1]["digits"] == rows[1]["confidences"] == []


def test_pictures_larger_than_allowed_are_rows_with_an_error(
    digits: list[bytes], reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MAX_BYTES", 1000)
    large = digits[0] + bytes(1000)
    memory = fsspec.filesystem("memory")
    memory.pipe({"/large/0.png": large})
    tar = write_tar(tmp_path / "t.tar", {"0.png": large, "1.png": digits[0]})
    table = write_table(tmp_path / "t.parquet", {"png": [large, digits[0]]})

    for number, given in enumerate((tar, table, "memory://large")):
        first, *others = read_all(given, tmp_path / str(number), reader)
        assert first["error"] == "the picture has more than the 1,000 bytes one may have here"
        assert [row["text"] for row in others] == ["7"] * len(others)


def test_a_name_in_no_encoding(digits: list[bytes], reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    Path(os.fsdecode(bytes(tmp_path) + b"/in/\xff.png")).write_bytes(digits[0])

    (row,) = read_all(tmp_path / "in", tmp_path / "out", reader)

    assert (row["image"], row["text"]) == (f"{tmp_path}/in/\\udcff.png", "7")


def damage(path: Path, start: int, content: bytes | None = None) -> None:
    """Cut the file at `start`, or overwrite bytes there."""
    with path.open("r+b") as file:
        file.seek(start)
        if content is None:
            file.truncate()
        else:
            file.write(content)


def second_header(path: Path) -> int:
    with tarfile.open(path) as archive:
        return archive.getmembers()[1].offset


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_tar_that_was_cut_short_keeps_what_was_read_and_says_what_is_lost(
    mode: str, digits: list[bytes], reader: Reader, tmp_path: Path
) -> None:
    path = write_tar(tmp_path / "t.tar", dict(list(numbered(digits).items())[::2]), mode)
    damage(path, path.stat().st_size // 2)

    *read, lost = read_all(path, tmp_path / "out", reader)

    assert 5 < len(read) < 30
    assert not any(row["error"] for row in read)
    assert (lost["image"], lost["text"]) == (str(path), None)
    assert lost["error"].startswith("the file is damaged, what follows is lost: ")


@pytest.mark.parametrize("content", [b"damaged", None], ids=["overwritten", "cut at a member's end"])
def test_a_damaged_header_is_not_taken_for_the_end(
    content: bytes | None, digits: list[bytes], reader: Reader, tmp_path: Path
) -> None:
    path = write_tar(tmp_path / "t.tar", {"0.png": digits[0], "1.png": digits[1]})
    damage(path, second_header(path), content)

    read, lost = read_all(path, tmp_path / "out", reader)

    assert (read["text"], read["error"]) == ("7", None)
    assert "what follows is lost" in lost["error"]


def test_links_in_a_tar_are_rows_with_an_error_and_an_empty_tar_is_one(
    digits: list[bytes], reader: Reader, tmp_path: Path
) -> None:
    link = tarfile.TarInfo("link.png")
    link.type, link.linkname = tarfile.SYMTYPE, "0.png"
    with tarfile.open(tmp_path / "t.tar", "w") as archive:
        archive.addfile(link)
    write_tar(tmp_path / "u.tar", {"0.txt": b"7"})

    rows = read_all(tmp_path, tmp_path / "out", reader)

    assert [row["error"] for row in rows] == [
        "expected a picture, received a link to another member",
        f"expected pictures in {tmp_path}/u.tar, received none",
    ]


def test_a_damaged_part_of_a_table_is_a_row_with_an_error(
    digits: list[bytes], read: list[Digit], reader: Reader, tmp_path: Path
) -> None:
    path = write_table(tmp_path / "t.parquet", {"png": digits})
    column = pq.read_metadata(path).row_group(1).column(0)
    damage(path, column.dictionary_page_offset or column.data_page_offset, b"\xff" * 200)

    rows = read_all(path, tmp_path / "out", reader)

    lost = rows.pop(7)
    check_rows(rows, read[:7] + read[14:])
    assert [row["image"] for row in rows[6:8]] == [f"{path}/6", f"{path}/14"]
    assert lost["image"] == f"{path}/7"
    assert lost["error"].startswith("the file is damaged, rows 7 to 13 are lost: ")


def test_what_is_no_table_is_a_row_with_an_error(digits: list[bytes], reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"no table")
    cut = write_table(tmp_path / "b.parquet", {"png": digits})
    damage(cut, cut.stat().st_size - 100)

    rows = read_all(tmp_path, tmp_path / "out", reader)

    assert [row["image"] for row in rows] == [str(tmp_path / "a.parquet"), str(cut)]
    assert all("what follows is lost" in row["error"] for row in rows)


def test_empty_fields_of_a_table_are_rows_with_an_error(
    digits: list[bytes], reader: Reader, tmp_path: Path
) -> None:
    path = write_table(tmp_path / "t.parquet", {"image": [digits[0], None]})

    _, empty = read_all(path, tmp_path / "out", reader)

    assert empty["error"] == "expected a picture, received an empty field"


@pytest.mark.parametrize(
    "columns",
    [{"label": [1]}, {"a": [b"x"], "b": [b"x"]}, {"text": ["x"]}],
    ids=["none", "two without a telling name", "text"],
)
def test_a_table_without_a_column_of_pictures_is_refused(
    columns: dict[str, Any], reader: Reader, tmp_path: Path
) -> None:
    path = write_table(tmp_path / "t.parquet", columns)

    with pytest.raises(
        InputError, match=r"expected in .*t\.parquet one column of bytes, or one of paths called"
    ):
        read_all(path, tmp_path / "out", reader)
    assert not list((tmp_path / "out").iterdir())


def test_a_failing_disk_is_not_reported_as_a_bad_picture(
    digits: list[bytes], reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk may work tomorrow, so no part is written that calls the pictures unreadable."""
    path = write_tar(tmp_path / "t.tar", numbered(digits))

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 5000:
                raise OSError(5, "Input/output error")
            return super().read(size)

    class Filesystem(fsspec.implementations.local.LocalFileSystem):  # type: ignore[misc]
        def open(self, path: str, mode: str = "rb", **options: Any) -> Any:
            return Failing(Path(path).read_bytes())

    monkeypatch.setattr(pictures, "open_filesystem", lambda place: (Filesystem(), place))

    with pytest.raises(OSError, match="Input/output error"):
        read_all(path, tmp_path / "out", reader)
    assert not list((tmp_path / "out").iterdir())
