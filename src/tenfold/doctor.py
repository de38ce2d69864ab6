"""What tenfold finds on this machine: packages, cores, devices, the cache and the data sources."""

import json
import os
import platform
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

import tenfold
from tenfold.cores import available_cores
from tenfold.data.cache import cache_folder
from tenfold.data.download import describe_source
from tenfold.data.pen_files import PENDIGITS, UNIPEN_RECORD
from tenfold.data.published import PUBLICATIONS
from tenfold.data.sources import COLLECTIONS, IdxUrls, NpzUrl, Source
from tenfold.data.web import ANSWER_S
from tenfold.engines.gpus import hidden_by_user, present_gpus

_PACKAGES = ("numpy", "onnxruntime", "keras", "tensorflow", "tensorflow-cpu", "ray", "optuna", "mlflow")
_LOOK = """
import json, os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
gpus = tf.config.list_physical_devices("GPU")
names = [tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in gpus]
print(json.dumps({"gpus": names, "cuda": tf.test.is_built_with_cuda()}))
"""
_PATIENCE_S = 120


@dataclass(frozen=True)
class Finding:
    """One thing examined, what was found, and what to do about it, if anything."""

    subject: str
    found: str
    advice: str = ""


def examine(*, network: bool = False) -> Iterator[Finding]:
    """Examine this machine. TensorFlow is queried in a separate process, which takes some seconds; with
    `network`, every data source is queried, too."""
    on = f"Python {platform.python_version()}, {platform.platform()}"
    yield Finding("tenfold", f"{tenfold.__version__} on {on}")
    yield Finding("packages", ", ".join(f"{name} {found}" for name in _PACKAGES if (found := _version(name))))
    yield _cores()
    yield from _devices()
    folder = cache_folder()
    kept = sorted(
        path.name for path in folder.glob("*") if path.suffix == ".npz" or path.name in PUBLICATIONS
    )
    yield Finding("cache", f"{folder}: {', '.join(kept) or 'nothing yet'}")
    if network:
        yield from _sources()


def _cores() -> Finding:
    usable, all_cores = available_cores(), os.cpu_count() or 1
    limit = "" if usable == all_cores else f" of {all_cores}; affinity or a container's quota allows no more"
    return Finding("cores", f"{usable}{limit}")


def _devices() -> Iterator[Finding]:
    """The GPUs, and which device trains."""
    present = present_gpus()
    if present:
        yield Finding("driver", f"{len(present)} NVIDIA GPU{'s' * (len(present) > 1)}")
    on_cores = f"{available_cores()} CPU cores"
    try:
        seen = _ask_tensorflow()
    except (OSError, ValueError, subprocess.SubprocessError):
        yield Finding("trains on", "nothing: TensorFlow cannot be imported", "pip install 'tenfold[train]'")
        return
    if seen["gpus"]:
        names = ", ".join(seen["gpus"])
        yield Finding("trains on", f"{names}; a study trains one run on each at a time")
    elif hidden_by_user():
        yield Finding("trains on", f"{on_cores}: CUDA_VISIBLE_DEVICES hides all GPUs")
    elif present and not seen["cuda"]:
        yield Finding(
            "trains on",
            f"{on_cores}: this TensorFlow is a build without CUDA",
            "pip uninstall --yes tensorflow-cpu tensorflow, then pip install 'tenfold[gpu]'",
        )
    elif present:
        yield Finding(
            "trains on",
            f"{on_cores}: TensorFlow does not see the GPU",
            "pip install --upgrade 'tenfold[gpu]' and a matching driver; see docs/gpu.md",
        )
    else:
        yield Finding("trains on", on_cores)


def _ask_tensorflow() -> dict[str, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", _LOOK], capture_output=True, text=True, timeout=_PATIENCE_S, check=True
    )
    seen: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return seen


def _sources() -> Iterator[Finding]:
    places = list(_places())
    with ThreadPoolExecutor(len(places)) as pool:
        answers = pool.map(_answer, [url for _, _, url in places])
        for (name, described, _), answer in zip(places, answers, strict=True):
            yield Finding(f"{name} from", f"{described}: {answer}")


def _places() -> Iterator[tuple[str, str, str | None]]:
    """Each data set, its source's name, and the URL of its first file; None for npm."""
    for collection in COLLECTIONS.values():
        for source in collection.sources:
            yield collection.name, describe_source(source), _first_file(source)
    for publication in PUBLICATIONS.values():
        yield publication.name, publication.files[0].host, publication.files[0].url
    yield "unipen", urlsplit(UNIPEN_RECORD).netloc, UNIPEN_RECORD
    yield "pendigits", PENDIGITS.host, PENDIGITS.url


def _first_file(source: Source) -> str | None:
    match source:
        case NpzUrl(url):
            return url
        case IdxUrls(base_url):
            return f"{base_url}train-labels-idx1-ubyte.gz"
        case _:
            return None


def _answer(url: str | None) -> str:
    """The source's response to a request for its first file."""
    if url is None:
        return "not asked; npm does"
    request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "tenfold"})  # noqa: S310
    try:
        with urllib.request.build_opener().open(request, timeout=ANSWER_S):
            return "answers"
    except urllib.error.HTTPError as error:
        error.close()
        return f"HTTP {error.code} {error.reason}"
    except OSError as error:
        return f"no answer ({getattr(error, 'reason', None) or error})"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
