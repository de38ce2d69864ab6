"""Files at places that every machine reaches, here in fsspec's memory and in folders."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from tenfold.errors import InputError
from tenfold.places import (
    absolute,
    check_writable,
    get_files,
    list_names,
    open_filesystem,
    put_files,
    remove_folder,
    write_place,
)

pytest.importorskip("fsspec", reason="pip install 'tenfold[cluster]'")


@pytest.fixture(params=["local", "file", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    shelf = tmp_path / "shelf"
    yield {"local": str(shelf), "file": shelf.as_uri(), "memory": "memory://shelf"}[request.param]
    remove_folder("memory://shelf")


def everything_in(folder: str) -> list[str]:
    filesystem, path = open_filesystem(folder)
    return sorted(name.rpartition("/")[2] for name in filesystem.find(path))


def test_files_come_back_as_they_were_put(folder: str, tmp_path: Path) -> None:
    given = [tmp_path / "a.json", tmp_path / "b.npz"]
    for path in given:
        path.write_bytes(path.name.encode())
    put_files(given, folder)
    given[0].write_bytes(b"a newer one")
    put_files(given[:1], folder)
    get_files(folder, list_names(folder), tmp_path / "fetched")

    assert everything_in(folder) == ["a.json", "b.npz"]
    assert (tmp_path / "fetched" / "a.json").read_bytes() == b"a newer one"
    assert (tmp_path / "fetched" / "b.npz").read_bytes() == b"b.npz"

    remove_folder(folder)
    assert list_names(folder) == set()


def test_a_failed_write_leaves_the_old_file_and_nothing_else(folder: str, tmp_path: Path) -> None:
    former = tmp_path / "part-0"
    former.write_bytes(b"former")
    put_files([former], folder)

    def fail(file: BinaryIO) -> None:
        file.write(b"half of")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        write_place(f"{folder}/part-0", fail)
    assert everything_in(folder) == ["part-0"]
    get_files(folder, ["part-0"], tmp_path / "fetched")
    assert (tmp_path / "fetched" / "part-0").read_bytes() == b"former"


def test_a_file_cut_off_on_its_way_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    filesystem, _ = open_filesystem("memory://shelf")

    def send_half(self: Any, local: str, path: str) -> None:
        filesystem.pipe_file(path, b"half of")
        raise ConnectionResetError("the network is gone")

    monkeypatch.setattr(type(filesystem), "put_file", send_half)
    with pytest.raises(ConnectionResetError):
        write_place("memory://shelf/part-0", lambda file: file.write(b"all of it"))
    assert everything_in("memory://shelf") == []


def test_what_is_still_being_written_is_not_listed(folder: str, tmp_path: Path) -> None:
    paths = [tmp_path / ".part-0.1f2e.part", tmp_path / "part-1"]
    for path in paths:
        path.touch()
    put_files(paths, folder)

    assert list_names(folder) == {"part-1"}


def test_a_place_where_nothing_can_be_kept_is_refused(folder: str, tmp_path: Path) -> None:
    check_writable(folder)
    assert everything_in(folder) == []

    file = tmp_path / "file"
    file.touch()
    with pytest.raises(InputError, match="cannot keep checkpoints at"):
        check_writable(f"{file}/below")
    with pytest.raises(InputError, match="cannot be opened"):
        absolute("nonsense://bucket")
