"""Files are complete or absent."""

import json
from pathlib import Path
from typing import BinaryIO

import pytest

from tenfold.files import remove_partial_files, write_atomically, write_json


def test_a_file_appears_whole(tmp_path: Path) -> None:
    def write(file: BinaryIO) -> None:
        file.write(b"half")
        assert not (tmp_path / "file").exists()
        file.write(b" and half")

    write_atomically(tmp_path / "file", write)
    assert (tmp_path / "file").read_bytes() == b"half and half"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")

    def fail(file: BinaryIO) -> None:
        file.write(b"new")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_atomically(tmp_path / "file", fail)
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_an_error_names_the_requested_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "nowhere" / "file", tmp_path / "folder"):
        with pytest.raises(OSError, match=rf"'{path}'$"):
            write_atomically(path, lambda file: file.write(b"x"))


def test_json_without_a_meaning_in_json_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "x.json", {"accuracy": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_json_reads_back(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"accuracy": 0.5, "name": "größer"})

    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) == {
        "accuracy": 0.5,
        "name": "größer",
    }


def test_remains_of_a_killed_process_are_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in (".weights.npz.12-ab.part", "weights.npz", ".hidden"):
        (tmp_path / name).write_text("x")

    # Including folders, and links to other people's files.
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "mine").touch()
    (tmp_path / ".reader.onnx.12-ab.part").mkdir()
    (tmp_path / ".reader.onnx.12-ab.part" / "reader.onnx").touch()
    (tmp_path / ".kept.12-ab.part").symlink_to(tmp_path / "kept")

    remove_partial_files(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {"weights.npz", ".hidden", "kept"}
    assert (tmp_path / "kept" / "mine").exists()
