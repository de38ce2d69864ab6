"""Predictions of a run, or of an untrusted file, with ONNX Runtime instead of the training stack."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from tenfold.data.preprocess import network_input, scale
from tenfold.errors import InputError, ModelError, RunError
from tenfold.imaging.normalize import SIDE_PX
from tenfold.keras_backend import require_keras, set_up_keras
from tenfold.onnx_models.answers import are_probabilities, checked, input_of, softmax
from tenfold.onnx_models.isolation import call_isolated
from tenfold.onnx_models.session import BATCH, open_onnx, read_onnx, run_in_batches, run_onnx
from tenfold.symbols import N_DIGITS

PATIENCE_S = 30.0
_ASKED_AT_ONCE = 10  # few, so that even a large model on a busy machine answers in time
_KERAS_PATIENCE_S = 300.0  # TensorFlow may take minutes to start on a busy machine
KERAS_SUFFIX = ".keras"
_BATCH_PIXELS = 2_000_000  # limit on the pixels of a batch
_KERAS_MEMORY_BYTES = 3 * 2**30  # of a process with TensorFlow, which itself takes a quarter


def open_session(model: Path | bytes) -> onnxruntime.InferenceSession:
    """A session of an ONNX file, or its content; any number of threads can run it, on one core each.

    Raises RunError if it cannot be read.
    """
    path = model if isinstance(model, Path) else Path("the ONNX model")
    try:
        return open_onnx(read_onnx(model) if isinstance(model, Path) else model, path, cores=1)
    except ModelError as error:
        raise RunError(f"{path} is missing or damaged ({error}); train the run again") from error


def predict(
    session: onnxruntime.InferenceSession, images: NDArray[np.uint8], cores: int, classes: int = N_DIGITS
) -> NDArray[np.float32]:
    """The network's probabilities, (N, classes), for `images`, uint8 (N, 28, 28)."""
    return among_classes(run_network(session, images, cores), classes)


def run_network(
    session: onnxruntime.InferenceSession, images: NDArray[np.uint8], cores: int
) -> NDArray[np.float32]:
    """The network's raw output for `images`, uint8 (N, h, w), each batch on one of the `cores`."""
    (network,) = session.get_inputs()

    def run(part: NDArray[np.uint8]) -> NDArray[np.float32]:
        (output,) = run_onnx(session, None, {network.name: network_input(part, network.shape)})
        return output  # type: ignore[no-any-return]

    batch = max(1, min(BATCH, _BATCH_PIXELS // max(int(np.prod(images.shape[1:])), 1)))
    return np.concatenate(list(run_in_batches(run, images, cores=cores, batch=batch)))


def among_classes(outputs: NDArray[np.float32], classes: int) -> NDArray[np.float32]:
    """The class probabilities, (N, classes), given that each image shows one of the classes.

    A network's `outputs`, (N, classes or one more), may have "none of them" as an extra class.
    """
    of_classes = outputs[:, :classes]
    return of_classes if outputs.shape[1] == classes else of_classes / of_classes.sum(axis=1, keepdims=True)


def ask_file(
    path: Path, images: NDArray[np.uint8], cores: int, classes: int = N_DIGITS
) -> NDArray[np.float32]:
    """The probabilities, (N, classes), of the model at `path` for `images`.

    `images` are uint8 (N, 28, 28); the model gets float32 in [0, 1], 0 paper and 1 ink, in the layout it
    declares: (N, 28, 28, 1), (N, 1, 28, 28), (N, 28, 28) or (N, 784), where N is any number, or 1. It returns
    (N, classes), or one more column for "none of them". Outputs that are not probabilities count as logits.

    The model is an ONNX file or, if its name ends in .keras, a Keras file, without (N, 1, 28, 28). It runs in
    a separate process, where 10 images may take half a minute; with Keras, 100 may take five minutes. Raises
    InputError for another layout, ModelError if the file cannot be used or takes longer, RunError if a .keras
    file needs Keras and it is not installed.
    """
    ask, patience_s = answer_images, PATIENCE_S
    if path.suffix.lower() == KERAS_SUFFIX:
        require_keras()
        ask, patience_s = answer_images_with_keras, _KERAS_PATIENCE_S
    answer = call_isolated(
        ask, str(path), str(cores), content=images.tobytes(), patience_s=patience_s, model=path
    )
    outputs = np.frombuffer(answer, dtype=np.float32)
    if len(outputs) not in (len(images) * classes, len(images) * (classes + 1)):
        raise InputError(f"expected {path} to return {classes} numbers per image; it did not")
    outputs = outputs.reshape(len(images), -1)
    return among_classes(outputs if are_probabilities(outputs) else softmax(outputs), classes)


def is_model_file(path: Path) -> bool:
    """Whether `path` means a model file rather than the folder of a run."""
    return path.is_file() or path.suffix.lower() in (".onnx", KERAS_SUFFIX)


def answer_images(content: bytes, path: str, cores: str) -> Iterator[bytes]:
    """The answers of the model at `path`, batch by batch, float32 (n, classes); `content` is the images."""
    model = Path(path)
    session = open_onnx(read_onnx(model), model, cores=1)
    name, layout, batch = input_of(session, model)
    x = np.frombuffer(content, dtype=np.uint8).reshape(-1, SIDE_PX, SIDE_PX)

    def ask(part: NDArray[np.uint8]) -> list[Any]:
        return run_onnx(session, None, {name: scale(part).reshape(-1, *layout)})

    n_answered = 0
    for answer in run_in_batches(ask, x, cores=int(cores), batch=min(batch, _ASKED_AT_ONCE)):
        outputs = checked(answer, model)
        n_answered += len(outputs)
        yield outputs.tobytes()
    if n_answered != len(x):
        raise InputError(f"expected {path} to return {len(x):,} answers; it returned {n_answered:,}")


def answer_images_with_keras(content: bytes, path: str, cores: str) -> Iterator[bytes]:
    """Like `answer_images`, for a .keras file."""
    _bound_memory()
    set_up_keras(int(cores))
    from tenfold.models.keras_file import open_keras_file

    input_shape, answer = open_keras_file(Path(path))
    images = np.frombuffer(content, dtype=np.uint8).reshape(-1, SIDE_PX, SIDE_PX)
    for outputs in run_in_batches(lambda part: answer(network_input(part, input_shape)), images):
        yield checked([outputs], Path(path)).tobytes()


def _bound_memory() -> None:
    """A tiny description may ask for weights of any size. Does nothing on systems without such limits."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_KERAS_MEMORY_BYTES, _KERAS_MEMORY_BYTES))
