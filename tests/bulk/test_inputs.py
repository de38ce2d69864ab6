"""What is found to be read, in which shards."""

import os
from importlib import import_module
from pathlib import Path

import fsspec
import pytest

from tenfold.bulk.inputs import FILES_PER_SHARD, find_shards
from tenfold.errors import InputError, TenfoldError


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def found(given: object, output: object = "/elsewhere") -> list[str]:
    """The names of the files in all shards, in order."""
    return [
        Path(place).name
        for shard in find_shards(str(given), output=str(output)).shards
        for place in shard.places
    ]


def test_a_folder_is_the_pictures_tars_and_tables_in_it_and_in_its_folders(tmp_path: Path) -> None:
    touch(tmp_path, "b.png", "a/c.JPG", "a/d.tar", "e.parquet", ".hidden.png", "notes.txt", "a/f.tgz")

    shards = find_shards(str(tmp_path), output="/elsewhere").shards

    assert [(shard.part, shard.kind, [Path(place).name for place in shard.places]) for shard in shards] == [
        ("part-00000.parquet", "tar", ["d.tar"]),
        ("part-00001.parquet", "tar", ["f.tgz"]),
        ("part-00002.parquet", "table", ["e.parquet"]),
        ("part-00003.parquet", "pictures", ["c.JPG", "b.png"]),
    ]


def test_loose_pictures_are_put_together_in_their_order(tmp_path: Path) -> None:
    names = [f"{number:04d}.png" for number in range(2 * FILES_PER_SHARD + 1)]
    touch(tmp_path, *reversed(names))

    shards = find_shards(str(tmp_path), output="/elsewhere").shards

    assert [len(shard.places) for shard in shards] == [FILES_PER_SHARD, FILES_PER_SHARD, 1]
    assert found(tmp_path) == names


def test_a_glob_names_files_whatever_they_are_called_and_folders(tmp_path: Path) -> None:
    touch(tmp_path, "a1", "a2.png", "b.png", "a/c.png", "a/readme.txt")

    assert found(tmp_path / "a*") == ["c.png", "a1", "a2.png"]
    assert found(tmp_path / "**") == ["c.png", "readme.txt", "a1", "a2.png", "b.png"]


def test_a_name_that_looks_like_a_glob_is_a_name_where_there_is_such_a_file(tmp_path: Path) -> None:
    touch(tmp_path, "a[1].png", "a1.png")

    assert found(tmp_path / "a[1].png") == ["a[1].png"]


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    touch(tmp_path, "a.png", "read/part-00000.parquet", "reader/b.png")

    assert found(tmp_path, tmp_path / "read") == ["a.png", "b.png"]
    with pytest.raises(InputError, match="expected another folder for the output"):
        find_shards(str(tmp_path), output=str(tmp_path))


def test_links_to_files_are_followed_those_to_folders_are_not(tmp_path: Path) -> None:
    touch(tmp_path, "in/a.png", "out/b.png")
    (tmp_path / "in" / "c.png").symlink_to("../out/b.png")
    (tmp_path / "in" / "again").symlink_to(".")

    assert found(tmp_path / "in") == ["a.png", "c.png"]


def test_the_checksum_is_that_of_names_and_sizes(tmp_path: Path) -> None:
    touch(tmp_path, "a.png", "b.png")

    def checksum(given: Path) -> str:
        return find_shards(str(given), output="/elsewhere").sha256

    first = checksum(tmp_path)
    assert checksum(Path(os.path.relpath(tmp_path))) == first
    (tmp_path / "a.png").write_bytes(b"longer")
    second = checksum(tmp_path)
    (tmp_path / "a.png").rename(tmp_path / "c.png")
    assert len({first, second, checksum(tmp_path)}) == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [("", "expected pictures, .tar or .parquet files in"), ("nowhere", "nothing"), ("*.png", "nothing")],
)
def test_nothing_to_read_is_refused(given: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        find_shards(str(tmp_path / given), output="/elsewhere")


def test_other_file_systems_are_those_that_fsspec_knows() -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe({"/shelf/b.png": b"x", "/shelf/a/c.tar": b"x"})

    shards = find_shards("memory://shelf", output="/elsewhere").shards

    assert [shard.places for shard in shards] == [("memory:///shelf/a/c.tar",), ("memory:///shelf/b.png",)]
    with pytest.raises(InputError, match="Protocol not known: nonsense"):
        find_shards("nonsense://shelf", output="/elsewhere")


def test_a_file_system_whose_package_is_missing_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"shelf": {"class": "nowhere.Shelf", "err": "Install shelf"}}
    monkeypatch.setattr(import_module("fsspec.registry"), "known_implementations", known)
    with pytest.raises(TenfoldError, match="needs a package that is not installed: Install shelf"):
        find_shards("shelf://x", output="/elsewhere")
