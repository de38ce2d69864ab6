"""UNIPEN and Pendigits from their publishers, here a local server, into the cache."""

import dataclasses
import hashlib
import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest

from tenfold.data import fetch, pen_files, pens
from tenfold.data.pendigits import read_pendigits
from tenfold.data.pens import fingerprint
from tenfold.data.unipen import read_archive
from tenfold.errors import FetchError, InputError

from .conftest import Web
from .test_pendigits import place
from .test_unipen import DIGITS, RECORDING

ARCHIVE = "unipen-CDROM-train_r01_v07.tgz"


def unipen_folder(folder: Path) -> Path:
    """A small archive, unpacked."""
    root = folder / "unipen" / "CDROM" / "train_r01_v07"
    for path, text in {
        "include/a/one.dat": RECORDING,
        "data/1a/ibm/one.dat": DIGITS,
        "data/1a/uqb/one.dat": DIGITS,
        "data/2/ibm/many.dat": DIGITS,
        "README": "hello",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return folder


def tgz(folder: Path) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        archive.add(folder / "unipen", "unipen")
    return stream.getvalue()


def record_of(web: Web, content: bytes) -> bytes:
    """What the publisher's record says of the archive."""
    archive = {
        "key": ARCHIVE,
        "size": len(content),
        "checksum": f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}",
        "links": {"self": f"{web.url}/api/{ARCHIVE}/content"},
    }
    other = {"key": "README.txt", "size": 1, "checksum": "md5:0", "links": {"self": f"{web.url}/readme"}}
    return json.dumps({"id": 1, "files": [other, archive]}).encode()


@pytest.fixture
def unipen(caches: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A small archive in its place; its bytes."""
    folder = unipen_folder(caches / "made")
    content = tgz(folder)
    web.answers |= {"/api/records/1": record_of(web, content), f"/api/{ARCHIVE}/content": content}
    monkeypatch.setattr(pen_files, "UNIPEN_RECORD", f"{web.url}/api/records/1")
    monkeypatch.setitem(pens.SHA256, "unipen", fingerprint(read_archive(folder)))
    return content


def test_unipen_is_fetched_read_and_kept(unipen: bytes, caches: Path, web: Web) -> None:
    path = fetch("unipen")

    assert path == caches / "cache" / "unipen.npz"
    with np.load(path) as arrays:
        assert arrays["labels"].tolist() == ["1", "7", '"', "4"]  # of one writer; those of uqb are left out
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["downloads", "unipen.npz"]
    assert web.asked == ["/api/records/1", f"/api/{ARCHIVE}/content"]
    assert fetch("unipen") == path
    assert len(web.asked) == 2, "what is in the cache is not fetched again"


def test_damage_in_the_cache_is_fetched_again(unipen: bytes, web: Web) -> None:
    path = fetch("unipen")
    path.write_bytes(path.read_bytes()[:-500])
    lines: list[str] = []
    fetch("unipen", on_event=lines.append)

    assert lines[0].endswith("it will be replaced")
    assert len(web.asked) == 4


def test_an_archive_that_changed_is_refused(unipen: bytes, web: Web) -> None:
    web.answers[f"/api/{ARCHIVE}/content"] = unipen[:-1] + b"x"
    with pytest.raises(
        FetchError, match=r"unipen could not be downloaded .* the md5 .* get http.*--from PATH"
    ):
        fetch("unipen")


@pytest.mark.parametrize(
    "record", [b"<html>", b"[]", b'{"files": []}', b'{"files": [{"key": "train_r01_v07", "size": 3}]}']
)
def test_another_record_is_refused(unipen: bytes, web: Web, record: bytes) -> None:
    web.answers["/api/records/1"] = record
    with pytest.raises(FetchError, match=r"its record .*train_r01_v07\.tgz .*fetch unipen --from PATH"):
        fetch("unipen")


def test_an_unreachable_host_is_reported_with_the_file_to_get(
    caches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pen_files, "UNIPEN_RECORD", "http://host.invalid/api/records/1")
    with pytest.raises(FetchError) as refused:
        fetch("unipen")

    assert f"get http://host.invalid/records/1/files/{ARCHIVE} on another machine" in str(refused.value)
    assert str(refused.value).endswith("tenfold fetch unipen --from PATH")


def test_the_archive_may_be_given_packed_or_not(unipen: bytes, caches: Path, web: Web) -> None:
    packed = caches / "mine.tgz"
    packed.write_bytes(unipen)
    folder = caches / "made"

    for given in (packed, folder, folder / "unipen" / "CDROM" / "train_r01_v07"):
        path = fetch("unipen", given)
        path.rename(caches / "again.npz")
        fetch("unipen", caches / "again.npz")
    assert not web.asked


def test_other_files_are_refused(unipen: bytes, caches: Path) -> None:
    (caches / "half.tgz").write_bytes(unipen[: len(unipen) // 2])
    (caches / "text.tgz").write_text("hello")

    with pytest.raises(InputError, match=r"half\.tgz is not a tar file, or damaged.*; download it again"):
        fetch("unipen", caches / "half.tgz")
    with pytest.raises(InputError, match=r"text\.tgz is not a tar file, or damaged.*; download it again"):
        fetch("unipen", caches / "text.tgz")
    with pytest.raises(InputError, match=r"No such file .*; download it again"):
        fetch("unipen", caches / "none.tgz")


def test_nothing_is_unpacked_outside(unipen: bytes, caches: Path) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name in ("include/../../../outside", "/data/1a/../../../outside"):
            member = tarfile.TarInfo(name)
            member.size = 5
            archive.addfile(member, io.BytesIO(b"hello"))
    (caches / "evil.tgz").write_bytes(stream.getvalue())

    with pytest.raises(InputError, match="found no characters there"):
        fetch("unipen", caches / "evil.tgz")
    assert not list(caches.rglob("outside"))


def test_pendigits_is_fetched_read_and_kept(caches: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = place("zip", caches)
    content = archive.read_bytes()
    web.answers["/pen+based.zip"] = content
    file = dataclasses.replace(
        pen_files.PENDIGITS,
        url=f"{web.url}/pen+based.zip",
        size_bytes=len(content),
        checksum=f"sha256:{hashlib.sha256(content).hexdigest()}",
    )
    monkeypatch.setattr(pen_files, "PENDIGITS", file)
    monkeypatch.setitem(pens.SHA256, "pendigits", fingerprint(read_pendigits(archive)))

    with np.load(fetch("pendigits")) as arrays:
        assert arrays["labels"].tolist() == ["1", "4", "7"]
    assert fetch("pendigits", place(".Z", caches)) == caches / "cache" / "pendigits.npz"
