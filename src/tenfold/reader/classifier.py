"""A digit classifier not made for the reader: a trained run, or anyone's ONNX file without a manifest."""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import InputError, ModelError
from tenfold.imaging.normalize import SIDE_PX
from tenfold.onnx_models.answers import are_probabilities, checked, input_of, softmax
from tenfold.onnx_models.session import open_onnx, read_onnx, run_in_batches, run_onnx
from tenfold.reader.manifest import Manifest, manifest_path
from tenfold.reader.network import DigitNetwork
from tenfold.symbols import N_CLASSES, N_DIGITS

_MAX_JSON_BYTES = 16 * 2**20
_MORE_LIKELY_THAN_NOT = 0.5


class Classifier:
    """Tells digits apart by a network as it was trained: temperature 1, and accepted from 0.5 on.

    It is given float32 in [0, 1], 0 paper and 1 ink, in the layout that it declares: (N, 28, 28, 1),
    (N, 1, 28, 28), (N, 28, 28) or (N, 784), for any N or for 1. It answers with the ten digits, or with "no
    digit" as an eleventh; answers that are no probabilities are taken for logits. `path` is the ONNX file,
    `facts` are what is known of it. Raises InputError for another layout, ModelError where the file cannot be
    used.
    """

    def __init__(self, path: Path, cores: int | None = None, **facts: str) -> None:
        content = read_onnx(path)
        self._session = open_onnx(content, path, cores or 1)
        self._path = path
        self._name, self._layout, self._batch = input_of(self._session, path)
        known = {"name": path.name, "recipe": "unknown", "data": "unknown", "data_sha256": "", "command": ""}
        self.manifest = Manifest(
            **(known | facts),
            sha256=sha256(content).hexdigest(),
            temperature=1.0,
            threshold=_MORE_LIKELY_THAN_NOT,
            figures={},
            tenfold="",
        )
        outputs = self._ask(np.zeros((1, SIDE_PX, SIDE_PX), dtype=np.uint8))
        self.knows_no_digit = outputs.shape[1] == N_CLASSES

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Of uint8 images (N, 28, 28) float32 (N, 11), as by `DigitNetwork`; not calibrated.

        "No digit" has the probability 0 where the network does not know it.
        """
        if images.dtype != np.uint8 or images.shape[1:] != (SIDE_PX, SIDE_PX):
            raise InputError(
                f"expected images of uint8 with shape (N, {SIDE_PX}, {SIDE_PX}), "
                f"received {images.dtype} with shape {images.shape}"
            )
        probabilities = np.zeros((len(images), N_CLASSES), dtype=np.float32)
        if len(images):
            outputs = self._ask(images)
            probabilities[:, : outputs.shape[1]] = outputs if are_probabilities(outputs) else softmax(outputs)
        return probabilities

    def feature_maps(self, _: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """None: such a file does not name them."""
        return []

    def _ask(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        def ask(part: NDArray[np.uint8]) -> NDArray[np.float32]:
            x = np.multiply(part, np.float32(1 / 255), dtype=np.float32).reshape(-1, *self._layout)
            return checked(run_onnx(self._session, None, {self._name: x}), self._path, (N_DIGITS, N_CLASSES))

        return np.concatenate(list(run_in_batches(ask, images, batch=self._batch)))


def open_digits(path: Path, cores: int | None) -> DigitNetwork | Classifier:
    """The network for single digits at `path`: a model to read with, a run's folder, or another ONNX file.

    Raises InputError where there is nothing, and ModelError and InputError as these do.
    """
    if not path.exists():
        raise InputError(f"no model at {path}: expected an ONNX file, or the folder of a run")
    if (path / "recipe.json").is_file():
        return _open_run(path, cores)
    if path.is_file() and not manifest_path(path).exists():
        return Classifier(path, cores)
    return DigitNetwork(path, cores)


def _open_run(folder: Path, cores: int | None) -> Classifier:
    """The network of a finished run; only what is needed of its settings is looked at."""
    path = folder / "recipe.json"
    try:
        with path.open("rb") as file:
            recipe = json.loads(file.read(_MAX_JSON_BYTES))
        name, seed = str(recipe["recipe"]), int(recipe["seed"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ModelError(f"{path} cannot be read: {error}; train the run again") from error
    if not (folder / "result.json").exists():
        raise InputError(f"{folder} is not finished; the command that began it continues where it stopped")
    if recipe.get("permuted"):
        raise InputError(f"{folder} was trained on permuted pixels and cannot read digits as they are")
    if recipe.get("loss") == "ctc":
        raise InputError(
            f"{folder} reads lines: tenfold export it, and give Python's Reader the file as lines=..."
        )
    return Classifier(
        folder / "model.onnx",
        cores,
        name=folder.name,
        recipe=name,
        data=str(recipe.get("data", "unknown")),
        data_sha256=str(recipe.get("data_sha256", "")),
        command=f"tenfold train {name} --seed {seed}",
    )
