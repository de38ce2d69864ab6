"""A small published collection, and the places to download it from."""

import gzip
import hashlib
import io
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from tenfold.data.idx import idx_header
from tenfold.data.sources import Collection, IdxFile, Source

CLASS_NAMES = tuple("0123456789")
FILE_NAMES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}


@dataclass(frozen=True)
class Tiny:
    """50 random images, published like MNIST."""

    arrays: dict[str, np.ndarray]
    idx: dict[str, bytes]  # file name -> content

    def collection(self, *sources: Source, system_folders: tuple[Path, ...] = ()) -> Collection:
        return Collection(
            name="tiny",
            class_names=CLASS_NAMES,
            files=tuple(
                IdxFile(key, name, len(self.idx[name]), hashlib.sha256(self.idx[name]).hexdigest())
                for key, name in FILE_NAMES.items()
            ),
            keras_cache_name="tiny.npz",
            system_folders=system_folders,
            sources=sources,
        )

    def npz(self, **changes: np.ndarray) -> bytes:
        stream = io.BytesIO()
        np.savez_compressed(stream, **(self.arrays | changes))  # type: ignore[arg-type]
        return stream.getvalue()

    def tgz(self, folder: str = "package/data") -> bytes:
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w:gz") as archive:
            for name, content in {"readme.md": b"hello", **self.idx}.items():
                member = tarfile.TarInfo(f"{folder}/{name}")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        return stream.getvalue()

    def write_idx_folder(
        self, folder: Path, rename: Callable[[str], str] = str, *, zipped: bool = False
    ) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.idx.items():
            (folder / rename(name)).write_bytes(gzip.compress(content) if zipped else content)
        return folder


def make_tiny(seed: int) -> Tiny:
    rng = np.random.default_rng(seed)
    arrays = {
        "x_train": rng.integers(0, 256, (40, 28, 28), dtype=np.uint8),
        "y_train": rng.integers(0, 10, 40, dtype=np.uint8),
        "x_test": rng.integers(0, 256, (10, 28, 28), dtype=np.uint8),
        "y_test": rng.integers(0, 10, 10, dtype=np.uint8),
    }
    idx = {FILE_NAMES[key]: idx_header(array.shape) + array.tobytes() for key, array in arrays.items()}
    return Tiny(arrays, idx)


@pytest.fixture(scope="session")
def tiny() -> Tiny:
    return make_tiny(0)


@pytest.fixture(scope="session")
def other_tiny() -> Tiny:
    """The same format as `tiny`, with other content."""
    return make_tiny(1)


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty caches of tenfold and Keras: the folders `cache` and `keras/datasets` below the returned one."""
    monkeypatch.setenv("TENFOLD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    (tmp_path / "keras" / "datasets").mkdir(parents=True)
    return tmp_path


Answer = bytes | Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Web:
    """A local web server: its responses, and the requests it received."""

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)  # ends what a test lets hang

    def serve_idx(self, tiny: Tiny, folder: str) -> None:
        for name, content in tiny.idx.items():
            self.answers[f"/{folder}/{name}.gz"] = gzip.compress(content)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            served.asked.append(self.path)
            answer = served.answers.get(self.path)
            if answer is None:
                self.send_error(404)
            elif callable(answer):
                answer(self)
            else:
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            pass  # a client that gave up is no news

    server = Server(("127.0.0.1", 0), Handler)
    served = Web(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield served
    served.released.set()
    server.shutdown()
    thread.join()
    server.server_close()
