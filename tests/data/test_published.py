"""KMNIST, QMNIST and EMNIST: small ones in the same format, from a local server, loaded by name."""

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tenfold.data import fetch, load_data, published
from tenfold.data.idx import idx_header
from tenfold.data.published import EMNIST, KMNIST, QMNIST, Publication
from tenfold.data.web_file import WebFile
from tenfold.errors import DataError, FetchError, InputError

from .conftest import Web

IMAGES = np.zeros((6, 28, 28), np.uint8)
IMAGES[:, 3:9, 20:24] = 200  # higher than wide, at the upper right


def packed(array: np.ndarray) -> bytes:
    return gzip.compress(idx_header(array.shape) + array.tobytes())


def idx_files(prefix: str, test: str, images: np.ndarray, labels: list[int]) -> dict[str, bytes]:
    of_labels = np.array(labels, np.uint8)
    return {
        f"{prefix}{part}-{name}": packed(array)
        for part in ("train", test)
        for name, array in (("images-idx3-ubyte.gz", images), ("labels-idx1-ubyte.gz", of_labels))
    }


def publish(
    publication: Publication, contents: dict[str, bytes], web: Web, patch: pytest.MonkeyPatch
) -> Publication:
    """Let `publication` have these files, on the server of this machine."""
    small = Publication(
        publication.name,
        tuple(
            WebFile(
                name,
                f"{web.url}/{publication.name}/{name}",
                len(content),
                f"sha256:{hashlib.sha256(content).hexdigest()}",
            )
            for name, content in contents.items()
        ),
        publication.collections,
    )
    web.answers |= {f"/{publication.name}/{name}": content for name, content in contents.items()}
    patch.setitem(published.PUBLICATIONS, publication.name, small)
    for name in publication.collections:
        patch.setitem(published.PUBLISHED, name, small)
    return small


def emnist_zip() -> bytes:
    stream = io.BytesIO()
    stored = IMAGES.transpose(0, 2, 1).copy()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("gzip/emnist-readme.txt", "hello")
        for name, labels in (("letters", [1, 2, 3, 24, 25, 26]), ("digits", [0, 1, 2, 3, 8, 9])):
            for file, content in idx_files(f"emnist-{name}-", "test", stored, labels).items():
                archive.writestr(f"gzip/{file}", content)
    return stream.getvalue()


def test_emnist_is_fetched_once_and_loaded_by_the_names_of_its_parts(
    caches: Path, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(EMNIST, {"gzip.zip": emnist_zip()}, web, monkeypatch)
    folder = fetch("emnist")

    letters, digits = load_data("emnist-letters"), load_data("emnist-digits")

    assert folder == caches / "cache" / "emnist"
    assert web.asked == ["/emnist/gzip.zip"]
    assert (letters.name, len(letters.class_names), letters.class_names[0]) == ("emnist-letters", 26, "A")
    assert letters.y_train.tolist() == [0, 1, 2, 23, 24, 25]
    assert digits.class_names == tuple("0123456789")
    np.testing.assert_array_equal(letters.x_train, IMAGES)  # righted
    assert not (caches / "cache" / "downloads" / "emnist").exists()


def test_a_missing_collection_is_fetched_on_first_use(
    caches: Path, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(KMNIST, idx_files("", "t10k", IMAGES, [0, 1, 2, 3, 8, 9]), web, monkeypatch)
    lines: list[str] = []

    data = load_data("kmnist", on_event=lines.append)

    assert (data.name, data.class_names[0], len(data.y_test)) == ("kmnist", "o", 6)
    assert len(web.asked) == 4
    assert lines[-1].startswith("fetched t10k-labels-idx1-ubyte.gz from 127.0.0.1")


def test_the_first_column_of_qmnists_labels_is_the_digit(
    caches: Path, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = idx_files("qmnist-", "test", IMAGES, [0] * 6)
    labels = np.array([[4, 1, 2000, 3, 0, 0, 0, 0]] * 6, ">i4")
    header = bytes([0, 0, 12, 2]) + (6).to_bytes(4) + (8).to_bytes(4)
    for part in ("train", "test"):
        del files[f"qmnist-{part}-labels-idx1-ubyte.gz"]
        files[f"qmnist-{part}-labels-idx2-int.gz"] = gzip.compress(header + labels.tobytes())
    publish(QMNIST, files, web, monkeypatch)

    assert load_data("qmnist").y_train.tolist() == [4] * 6


def test_local_files_replace_the_download(caches: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    files = idx_files("", "t10k", IMAGES, [0, 1, 2, 3, 8, 9])
    publish(KMNIST, files, web, monkeypatch)
    publish(EMNIST, {"gzip.zip": emnist_zip()}, web, monkeypatch)
    given = caches / "stick"
    given.mkdir()
    for name, content in files.items():
        (given / name).write_bytes(content)
    (given / "emnist.zip").write_bytes(emnist_zip())

    fetch("kmnist", given)
    fetch("emnist", given / "emnist.zip")

    assert len(load_data("kmnist").y_train) == len(load_data("emnist-letters").y_train) == 6
    assert not web.asked
    (given / "t10k-labels-idx1-ubyte.gz").write_bytes(files["t10k-images-idx3-ubyte.gz"])
    with pytest.raises(
        InputError, match=r"t10k-labels-idx1-ubyte.gz to have .* bytes, .*; download it again from"
    ):
        fetch("kmnist", given)
    (given / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(InputError, match=r"expected t10k-labels-idx1-ubyte.gz, .* at .*stick.*No such file"):
        fetch("kmnist", given)


def test_a_failed_fetch_leaves_no_partial_files(
    caches: Path, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(KMNIST, idx_files("", "t10k", IMAGES, [0, 1, 2, 3, 8, 9]), web, monkeypatch)
    missing = web.answers.pop("/kmnist/t10k-labels-idx1-ubyte.gz")
    with pytest.raises(
        FetchError, match=r"kmnist could not be downloaded .*HTTP 404 .*t10k-labels-idx1-ubyte.gz"
    ):
        load_data("kmnist")
    assert not (caches / "cache" / "kmnist").exists()

    web.answers["/kmnist/t10k-labels-idx1-ubyte.gz"] = missing
    web.asked.clear()
    load_data("kmnist")
    assert web.asked == ["/kmnist/t10k-labels-idx1-ubyte.gz"], "what had come is kept"


def test_damage_in_the_cache_is_found(caches: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(KMNIST, idx_files("", "t10k", IMAGES, [0, 1, 2, 3, 8, 9]), web, monkeypatch)
    path = fetch("kmnist") / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-9])

    with pytest.raises(DataError, match=r"truncated.*: delete .*kmnist, and it will be downloaded again"):
        load_data("kmnist")


def test_an_unwritable_cache_is_reported(caches: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    (caches / "cache").write_text("a file in the way")
    publish(KMNIST, idx_files("", "t10k", IMAGES, [0, 1, 2, 3, 8, 9]), web, monkeypatch)

    with pytest.raises(DataError, match=r"kmnist could not be written to .*; make room or set TENFOLD_CACHE"):
        fetch("kmnist")


@pytest.mark.parametrize("publication", [KMNIST, QMNIST, EMNIST])
def test_every_checksum_is_a_sha256_and_no_name_is_used_twice(publication: Publication) -> None:
    assert all(len(file.checksum) == len("sha256:") + 64 for file in publication.files)
    assert len({file.checksum for file in publication.files}) == len(publication.files)
    assert all(file.url.endswith(file.name) for file in publication.files)
