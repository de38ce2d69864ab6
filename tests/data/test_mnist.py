"""Where a collection is searched for, in which order, and what happens to damaged copies."""

import hashlib
import json
import os
import pickle
import socket
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from tenfold.data import Dataset, fetch, summarize
from tenfold.data.mnist import fetch_collection, load_collection, load_fashion_mnist, load_mnist
from tenfold.data.sources import FASHION_MNIST, MNIST, Collection, IdxUrls, NpzUrl
from tenfold.errors import DataError, FetchError, InputError

from .conftest import Tiny, Web


def require_true(dataset: Dataset, tiny: Tiny) -> None:
    for key, array in tiny.arrays.items():
        assert np.array_equal(getattr(dataset, key), array)
    assert dataset.x_train.dtype == np.uint8
    assert dataset.y_train.dtype == np.int64


@pytest.fixture
def dead_url() -> str:
    """An address that refuses connections."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"


def test_a_given_npz_or_folder_is_used_and_nothing_else_touched(tiny: Tiny, caches: Path) -> None:
    (caches / "own.npz").write_bytes(tiny.npz())
    require_true(load_collection(tiny.collection(), caches / "own.npz"), tiny)
    folder = tiny.write_idx_folder(caches / "idx", zipped=True)
    dataset = load_collection(tiny.collection(), str(folder))
    require_true(dataset, tiny)
    assert dataset.origin == str(folder)
    assert not (caches / "cache").exists()


def test_a_given_path_that_does_not_exist_is_the_users_mistake(tiny: Tiny, caches: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.npz, which does not exist"):
        load_collection(tiny.collection(), caches / "nowhere.npz")


def test_a_given_file_that_is_wrong_is_refused_with_the_remedy(
    tiny: Tiny, other_tiny: Tiny, caches: Path, web: Web
) -> None:
    web.answers["/tiny.npz"] = tiny.npz()
    collection = tiny.collection(NpzUrl(f"{web.url}/tiny.npz"))
    for name, content in {"cut.npz": tiny.npz()[:-50], "other.npz": other_tiny.npz()}.items():
        (caches / name).write_bytes(content)
        with pytest.raises(
            InputError, match=f"{name} .*; download the file again, or leave out the path"
        ) as caught:
            load_collection(collection, caches / name)
        assert "\n" not in str(caught.value)
    assert web.asked == [], "what the user named is never silently replaced by something fetched"


def test_a_download_is_cached_and_found_the_next_time(tiny: Tiny, caches: Path, web: Web) -> None:
    web.answers["/tiny.npz"] = tiny.npz()
    collection = tiny.collection(NpzUrl(f"{web.url}/tiny.npz"))
    events: list[str] = []
    require_true(load_collection(collection, on_event=events.append), tiny)
    assert events[0] == "tiny is not on this machine yet; fetching it"
    assert events[1].startswith("fetched tiny from 127.0.0.1")
    dataset = load_collection(collection, on_event=events.append)
    require_true(dataset, tiny)
    assert dataset.origin == str(caches / "cache" / "tiny.npz")
    assert len(web.asked) == 1
    assert len(events) == 2
    assert [entry.name for entry in (caches / "cache").iterdir()] == ["tiny.npz"]


def test_tenfolds_cache_comes_before_keras_and_keras_before_the_system(tiny: Tiny, caches: Path) -> None:
    system = tiny.write_idx_folder(caches / "system", zipped=True)
    collection = tiny.collection(system_folders=(system,))
    assert load_collection(collection).origin == str(system)
    keras = caches / "keras" / "datasets" / "tiny.npz"
    keras.write_bytes(tiny.npz())
    assert load_collection(collection).origin == str(keras)
    own = fetch_collection(collection)
    assert own == caches / "cache" / "tiny.npz"
    assert load_collection(collection).origin == str(own)


@pytest.mark.parametrize("damage", ["cut", "altered", "empty", "folder"])
def test_a_damaged_cache_entry_is_reported_and_replaced(
    tiny: Tiny, caches: Path, web: Web, damage: str
) -> None:
    web.answers["/tiny.npz"] = tiny.npz()
    collection = tiny.collection(NpzUrl(f"{web.url}/tiny.npz"))
    own = fetch_collection(collection)
    content = bytearray(own.read_bytes())
    content[len(content) // 2] ^= 1
    own.write_bytes(bytes({"cut": content[:5000], "altered": content, "empty": b"", "folder": b""}[damage]))
    if damage == "folder":
        own.unlink()
        own.mkdir()
    events: list[str] = []
    require_true(load_collection(collection, on_event=events.append), tiny)
    if damage == "folder":
        assert "could not be kept" in events[-1], "a folder in the file's place is not ours to remove"
        return
    assert events[0].startswith(str(own))
    assert events[0].endswith("it will be replaced")
    assert not any("\n" in event for event in events)
    assert len(web.asked) == 2
    load_collection(collection, on_event=events.append)
    assert len(web.asked) == 2


def test_a_damaged_file_of_keras_is_ignored_and_left_alone(tiny: Tiny, caches: Path, web: Web) -> None:
    web.answers["/tiny.npz"] = tiny.npz()
    keras = caches / "keras" / "datasets" / "tiny.npz"
    keras.write_bytes(tiny.npz()[:-100])
    events: list[str] = []
    require_true(
        load_collection(tiny.collection(NpzUrl(f"{web.url}/tiny.npz")), on_event=events.append), tiny
    )
    assert events[0].startswith(str(keras))
    assert events[0].endswith("it is ignored")
    assert keras.read_bytes() == tiny.npz()[:-100]


def test_sources_are_asked_in_order_until_one_is_right(
    tiny: Tiny, other_tiny: Tiny, caches: Path, web: Web, dead_url: str
) -> None:
    web.answers["/wrong.npz"] = other_tiny.npz()
    web.answers["/cut.npz"] = tiny.npz()[:-100]
    web.serve_idx(tiny, "mirror")
    collection = tiny.collection(
        NpzUrl(dead_url),
        NpzUrl(f"{web.url}/missing.npz"),
        NpzUrl(f"{web.url}/wrong.npz"),
        NpzUrl(f"{web.url}/cut.npz"),
        IdxUrls(f"{web.url}/mirror/"),
        NpzUrl(f"{web.url}/never-asked.npz"),
    )
    events: list[str] = []
    require_true(load_collection(collection, on_event=events.append), tiny)
    assert len(events) == 6, "one line each, and one for the start and the end"
    for event, reason in zip(events[1:5], ("refused", "HTTP 404", "as published", "damaged"), strict=True):
        assert reason in event
    assert "/never-asked.npz" not in web.asked


def test_when_every_source_fails_one_line_says_what_was_tried_and_what_to_do(
    tiny: Tiny, caches: Path, web: Web, dead_url: str
) -> None:
    collection = tiny.collection(NpzUrl(dead_url), NpzUrl(f"{web.url}/missing.npz"))
    with pytest.raises(FetchError) as caught:
        load_collection(collection)
    message = str(caught.value)
    for part in ("refused", "HTTP 404", "--data PATH", str(caches / "cache" / "tiny.npz")):
        assert part in message
    assert "\n" not in message


def test_an_unwritable_cache_only_costs_another_download(tiny: Tiny, caches: Path, web: Web) -> None:
    web.answers["/tiny.npz"] = tiny.npz()
    (caches / "cache").write_text("a file where the folder should be")
    collection = tiny.collection(NpzUrl(f"{web.url}/tiny.npz"))
    events: list[str] = []
    require_true(load_collection(collection, on_event=events.append), tiny)
    assert events[-1].startswith("tiny could not be kept for the next time")
    with pytest.raises(DataError, match=r"could not be written to .*; make room or set TENFOLD_CACHE"):
        fetch_collection(collection)


def test_processes_that_fetch_at_the_same_time_do_not_harm_each_other(
    tiny: Tiny, caches: Path, web: Web
) -> None:
    web.answers["/tiny.npz"] = tiny.npz()
    collection: Collection = tiny.collection(NpzUrl(f"{web.url}/tiny.npz"))
    (caches / "collection").write_bytes(pickle.dumps(collection))
    program = (
        "import pickle, sys; from pathlib import Path; from tenfold.data.mnist import load_collection\n"
        "collection = pickle.loads(Path(sys.argv[1]).read_bytes())\n"
        "print(len({load_collection(collection).sha256 for _ in range(20)}))"
    )
    command = [sys.executable, "-W", "error", "-c", program, str(caches / "collection")]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) for _ in range(3)
    ]
    outputs = [process.communicate(timeout=60)[0].strip() for process in running]
    assert outputs == ["1"] * 3
    assert [entry.name for entry in (caches / "cache").iterdir()] == ["tiny.npz"]
    require_true(load_collection(collection), tiny)


def test_an_unknown_name_cannot_be_fetched() -> None:
    with pytest.raises(InputError, match=r"expected one of mnist, .*, received 'omniglot'"):
        fetch("omniglot")


def test_mnist_is_what_its_paper_describes(mnist: Dataset) -> None:
    assert mnist.x_train.shape == (60_000, 28, 28)
    assert mnist.x_test.shape == (10_000, 28, 28)
    assert mnist.y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert mnist.y_test[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert round(float(mnist.x_train.mean() / 255), 4) == 0.1307
    assert mnist.sha256 == "53b4de002add035efcc1bfa27d6d7517ef6c2afced7b7012fd6913d0c3f8e78b"
    # The checksum scikit-learn, torchvision and others publish is of the gzipped file; this one is of the
    # content, which does not depend on who compressed it.
    content = MNIST.files[1]
    assert hashlib.sha256(
        b"\0\0\x08\x01\0\0\xea\x60" + mnist.y_train.astype(np.uint8).tobytes()
    ).hexdigest() == (content.sha256)


def test_mnist_is_fetched_into_the_cache_once(mnist: Dataset) -> None:
    path = fetch("mnist")
    assert path.name == "mnist.npz"
    assert load_mnist(path).sha256 == mnist.sha256


def test_mnist_is_not_accepted_as_fashion_mnist(mnist: Dataset) -> None:
    with pytest.raises(InputError, match="does not hold fashion-mnist as published"):
        load_fashion_mnist(fetch("mnist"))


@pytest.mark.skipif(
    not FASHION_MNIST.system_folders[0].is_dir(), reason="Debian's dataset-fashion-mnist is not installed"
)
def test_fashion_mnist_is_found_where_debian_puts_it(caches: Path) -> None:
    fashion = load_fashion_mnist()
    assert fashion.origin == "/usr/share/datasets/fashion-mnist"
    assert np.bincount(fashion.y_train).tolist() == [6000] * 10
    assert fashion.class_names[fashion.y_train[0]] == "Ankle boot"


def test_a_summary_is_json(mnist: Dataset) -> None:
    summary = json.loads(json.dumps(asdict(summarize(mnist))))
    assert summary["train"]["images_shape"] == [60_000, 28, 28]
    assert summary["train"]["images_dtype"] == "uint8"
    assert (summary["train"]["smallest_value"], summary["train"]["largest_value"]) == (0, 255)
    assert summary["train"]["images_per_class"]["1"] == 6742
    assert sum(summary["test"]["images_per_class"].values()) == 10_000


def test_a_fingerprint_depends_on_every_pixel_and_label(tiny: Tiny, caches: Path) -> None:
    (caches / "tiny.npz").write_bytes(tiny.npz())
    original = load_collection(tiny.collection(), caches / "tiny.npz")

    def changed(part: str) -> str:
        arrays = {key: getattr(original, key).copy() for key in tiny.arrays}
        arrays[part].flat[-1] = (arrays[part].flat[-1] + 1) % 10
        return Dataset(name="x", origin="y", class_names=original.class_names, **arrays).sha256

    fingerprints = {original.sha256, *(changed(part) for part in tiny.arrays)}
    assert len(fingerprints) == 5


@pytest.mark.parametrize(
    "change",
    [
        {"x_train": np.zeros((40, 784), np.uint8)},
        {"x_train": np.zeros((40, 28, 28), np.float32)},
        {"y_train": np.zeros(39, np.int64)},
        {"y_train": np.zeros(40, np.uint8)},
        {"y_test": np.full(10, 10)},
        {"y_test": np.full(10, -1)},
    ],
)
def test_arrays_of_another_form_make_no_data_set(tiny: Tiny, change: dict[str, np.ndarray]) -> None:
    arrays = {key: array if key[0] == "x" else array.astype(np.int64) for key, array in tiny.arrays.items()}
    with pytest.raises(DataError, match="expected"):
        Dataset(name="x", origin="y", class_names=tuple("0123456789"), **(arrays | change))  # type: ignore[arg-type]
