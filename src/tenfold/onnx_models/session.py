"""Untrusted ONNX files: read within bounds, and opened with bounded memory.

An ONNX file is data: operators by name, and weights. Other model formats are recognized by their first bytes
and refused: pickles and Lambda layers are programs, and HDF5 and ZIP archives can contain them.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import ModelError

MAX_MODEL_BYTES = 256 * 2**20
MAX_MEMORY_BYTES = 2**30  # for all networks of a process together
BATCH = 100  # larger batches exceed the processor's cache and take longer per image

Answer = TypeVar("Answer")

_NO_ONNX = (
    (b"PK", "a ZIP archive, as .keras files and PyTorch's are"),
    (b"\x89HDF", "HDF5, as .h5 files are"),
    (b"\x80", "a pickle"),
)
_ORT_FORMAT = b"ORTM"  # bytes 5 to 8; ONNX Runtime validates this format less than ONNX


def refuse_other_formats(path: Path) -> None:
    """Raise ModelError if `path` is another kind of model than an ONNX file.

    Missing and unreadable files are left to the caller that reads them.
    """
    found = _other_format(path)
    if found:
        raise ModelError(
            f"expected an ONNX file, received {path}, {found}; Keras writes one with "
            "model.export('x.onnx', format='onnx'), PyTorch with torch.onnx.export"
        )


def _other_format(path: Path) -> str | None:
    if path.is_dir():
        return "a folder, as SavedModels are"
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError:
        return None
    if head[4:] == _ORT_FORMAT:
        return "a model in ONNX Runtime's own format"
    return next((what for beginning, what in _NO_ONNX if head.startswith(beginning)), None)


def read_onnx(path: Path) -> bytes:
    """The content of an ONNX file.

    Raises ModelError if it is missing, too large, of another kind, or keeps weights in other files.
    """
    refuse_other_formats(path)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_MODEL_BYTES + 1)
    except OSError as error:
        raise ModelError(f"the model {path} cannot be opened: {error.strerror or error}") from error
    if len(content) > MAX_MODEL_BYTES:
        raise ModelError(f"the model {path} is larger than the {MAX_MODEL_BYTES:,} bytes a model may have")
    # ONNX names an external weight file under the key "location". Such weights would escape checksums, and
    # ONNX Runtime would read any file.
    if b"location" in content:
        raise ModelError(
            f"the model {path} keeps weights in other files, or has a name with the word location; "
            "export it as one file"
        )
    return content


def open_onnx(content: bytes, path: Path, cores: int, *, in_turns: bool = False) -> Any:
    """An ONNX Runtime session of the file's `content`, running on `cores` cores.

    `path` is for messages. With `in_turns`, its threads sleep between calls: by spinning, they would halve
    the speed of the sessions it takes turns with. All sessions of a process together use at most a gigabyte.
    Raises ModelError if the content is damaged or needs operators that ONNX Runtime does not have.
    """
    import onnxruntime

    _bound_memory()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = cores, 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.add_session_config_entry("session.load_model_format", "ONNX")
    options.add_session_config_entry("session.intra_op.allow_spinning", "0" if in_turns else "1")
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's exceptions have no common base class
        raise ModelError(f"the model {path} cannot be used by ONNX Runtime: {_in_one_line(error)}") from error


def run_onnx(
    session: Any, outputs: list[str] | None, inputs: dict[str, Any], *, release_memory: bool = False
) -> list[Any]:
    """The session's outputs; with `release_memory`, the memory that computing them took is freed at once.

    It is otherwise kept for the next run, which saves a third of the time on large inputs. Raises ModelError
    if the session cannot compute them or needs too much memory.
    """
    try:
        return session.run(outputs, inputs, _releasing_memory() if release_memory else None)  # type: ignore[no-any-return]
    except Exception as error:  # as above
        raise ModelError(f"ONNX Runtime cannot compute the model: {_in_one_line(error)}") from error


def run_in_batches(
    run: Callable[[NDArray[np.uint8]], Answer],
    images: NDArray[np.uint8],
    *,
    cores: int = 1,
    batch: int = BATCH,
) -> Iterator[Answer]:
    """`run`'s answers to `images`, (N, ...), batch by batch, in order.

    Each batch runs on one of the `cores`, which is faster than several cores for one batch: ONNX Runtime
    releases Python's lock while it computes.
    """
    parts = (images[start : start + batch] for start in range(0, len(images), batch))
    if cores == 1:
        yield from map(run, parts)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(cores) as pool:
        yield from pool.map(run, parts)


@cache
def _releasing_memory() -> Any:
    import onnxruntime

    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


@cache
def _bound_memory() -> None:
    """A tiny file may ask for tensors of any size, on opening or on running."""
    import onnxruntime

    memory = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(memory, onnxruntime.OrtArenaCfg({"max_mem": MAX_MEMORY_BYTES}))


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())
