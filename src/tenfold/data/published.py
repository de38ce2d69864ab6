"""KMNIST, QMNIST and EMNIST: downloaded from their publishers, verified, and loaded by name.

tenfold's cache has a folder for each with the published files, unpacked from the archive for EMNIST. The
checksums are from TensorFlow Datasets; other projects publish the same ones for KMNIST and EMNIST.
"""

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tenfold.data.cache import cache_folder, not_kept
from tenfold.data.collected import idx_collections, is_idx_name, load_idx
from tenfold.data.dataset import Dataset
from tenfold.data.events import OnEvent, ignore_event
from tenfold.data.web_file import WebFile, downloads, fetch_files, verify
from tenfold.errors import DataError, InputError
from tenfold.files import drafts_beside

_KMNIST = "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"
_QMNIST = "https://raw.githubusercontent.com/facebookresearch/qmnist/master/"


@dataclass(frozen=True)
class Publication:
    """Files published together, and the collections in them."""

    name: str
    files: tuple[WebFile, ...]
    collections: tuple[str, ...]  # the names they are loaded by

    @property
    def folder(self) -> Path:
        """Their folder in the cache; it exists only once all files are in it."""
        return cache_folder() / self.name


def _at(base_url: str, name: str, size_bytes: int, sha256: str) -> WebFile:
    return WebFile(name, base_url + name, size_bytes, f"sha256:{sha256}")


KMNIST = Publication(
    name="kmnist",
    files=(
        _at(
            _KMNIST,
            "train-images-idx3-ubyte.gz",
            18_165_135,
            "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
        ),
        _at(
            _KMNIST,
            "train-labels-idx1-ubyte.gz",
            29_497,
            "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
        ),
        _at(
            _KMNIST,
            "t10k-images-idx3-ubyte.gz",
            3_041_136,
            "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
        ),
        _at(
            _KMNIST,
            "t10k-labels-idx1-ubyte.gz",
            5_120,
            "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
        ),
    ),
    collections=("kmnist",),
)

QMNIST = Publication(
    name="qmnist",
    files=(
        _at(
            _QMNIST,
            "qmnist-train-images-idx3-ubyte.gz",
            9_704_059,
            "9e26a7bf1683614e065d7b76460ccd52807165b3f22561fb782bd9f38c52b51d",
        ),
        _at(
            _QMNIST,
            "qmnist-train-labels-idx2-int.gz",
            463_024,
            "2c05dc77f6b916b38e455e97ab129a42a444f3dbef09b278a366f82904e0dd9f",
        ),
        _at(
            _QMNIST,
            "qmnist-test-images-idx3-ubyte.gz",
            9_742_279,
            "43fc22bf7498b8fc98de98369d72f752d0deabc280a43a7bcc364ab19e57b375",
        ),
        _at(
            _QMNIST,
            "qmnist-test-labels-idx2-int.gz",
            526_800,
            "9fbcbe594c3766fdf4f0b15c5165dc0d1e57ac604e01422608bb72c906030d06",
        ),
    ),
    collections=("qmnist",),
)

EMNIST = Publication(
    name="emnist",
    files=(
        _at(
            "https://biometrics.nist.gov/cs_links/EMNIST/",
            "gzip.zip",
            561_753_746,
            "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
        ),
    ),
    collections=(
        "emnist-digits",
        "emnist-letters",
        "emnist-balanced",
        "emnist-bymerge",
        "emnist-byclass",
        "emnist-mnist",
    ),
)

PUBLICATIONS = {publication.name: publication for publication in (KMNIST, QMNIST, EMNIST)}
# By the name of each collection in a publication.
PUBLISHED = {name: publication for publication in PUBLICATIONS.values() for name in publication.collections}


def fetch_publication(
    publication: Publication, path: Path | None = None, *, on_event: OnEvent | None = None
) -> Path:
    """`tenfold.data.fetch` for one of these; returns its folder in the cache."""
    notify = on_event or ignore_event
    folder = publication.folder
    try:
        if path is not None:
            _keep(publication, _given(publication, path))
        elif not folder.is_dir():
            with downloads(publication.name, notify) as under_way:
                if not folder.is_dir():  # another process may have fetched it meanwhile
                    _keep(publication, fetch_files(publication.name, publication.files, under_way, notify))
    except OSError as error:
        raise not_kept(publication.name, folder, error) from error
    return folder


def load_published(name: str, *, on_event: OnEvent | None = None) -> Dataset:
    """The collection `name` from the cache, downloaded first if it is missing.

    Raises FetchError if it cannot be fetched, DataError if the cache is damaged or cannot be written.
    """
    publication = PUBLISHED[name]
    folder = fetch_publication(publication, on_event=on_event)
    try:
        return load_idx(folder, name if name in idx_collections(folder) else "")
    except InputError as error:
        raise DataError(f"{error}: delete {folder}, and it will be downloaded again") from error


def _given(publication: Publication, path: Path) -> list[Path]:
    """The files at `path`, a folder or the one file, verified. Raises InputError."""
    places = [path / file.name if path.is_dir() else path for file in publication.files]
    for file, place in zip(publication.files, places, strict=True):
        try:
            verify(file, place)
        except OSError as error:
            raise InputError(
                f"expected {file.name}, a file of {publication.name}, at {place}: it cannot be opened "
                f"({error.strerror or error})"
            ) from error
        except DataError as error:
            raise InputError(f"{error}; download it again from {file.url}") from error
    return places


def _keep(publication: Publication, paths: list[Path]) -> None:
    """Put the verified files into the cache; unpack archives."""
    folder = publication.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with drafts_beside(folder) as drafts:
        draft = drafts / folder.name
        draft.mkdir()
        for path in paths:
            if path.suffix == ".zip":
                _unpack(path, draft)
            else:
                shutil.copyfile(path, draft / path.name)


def _unpack(path: Path, folder: Path) -> None:
    """Unpack the IDX files in a verified archive, from any folder inside it."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            name = PurePosixPath(member.filename).name
            if is_idx_name(name):
                with archive.open(member) as packed, (folder / name).open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked)
