"""A digit classifier not made for the reader: a trained run, or an ONNX file without a manifest."""

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
_THRESHOLD = 0.5  # more likely than not


class Classifier:
    """Classifies digits with a network as it was trained: temperature 1, threshold 0.5.

    The network takes float32 in [0, 1], 0 paper and 1 ink, in the layout it declares: (N, 28, 28, 1), (N, 1,
    28, 28), (N, 28, 28) or (N, 784), for any N or for 1. Its outputs are the ten digits, or the ten digits
    and "no digit"; if they are not probabilities, they are taken for logits. `path` is the ONNX file, `facts`
    fill its manifest. Raises InputError for another layout, ModelError if the file cannot be used.
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
            threshold=_THRESHOLD,
            figures={},
            tenfold="",
        )
        outputs = self._run(np.zeros((1, SIDE_PX, SIDE_PX), dtype=np.uint8))
        self.has_no_digit_class = outputs.shape[1] == N_CLASSES

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """As `DigitNetwork.probabilities`, float32 (N, 11) for uint8 images (N, 28, 28), but not calibrated.

        "No digit" has the probability 0 if the network lacks that class. Raises InputError for another shape
        or dtype.
        """
        if images.dtype != np.uint8 or images.shape[1:] != (SIDE_PX, SIDE_PX):
            raise InputError(
                f"expected images of uint8 with shape (N, {SIDE_PX}, {SIDE_PX}), "
                f"received {images.dtype} with shape {images.shape}"
            )
        probabilities = np.zeros((len(images), N_CLASSES), dtype=np.float32)
        if len(images):
            outputs = self._run(images)
            probabilities[:, : outputs.shape[1]] = outputs if are_probabilities(outputs) else softmax(outputs)
        return probabilities

    def feature_maps(self, _: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Empty: such a file does not name its feature maps."""
        return []

    def _run(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        def run_batch(part: NDArray[np.uint8]) -> NDArray[np.float32]:
            x = np.multiply(part, np.float32(1 / 255), dtype=np.float32).reshape(-1, *self._layout)
            return checked(run_onnx(self._session, None, {self._name: x}), self._path, (N_DIGITS, N_CLASSES))

        return np.concatenate(list(run_in_batches(run_batch, images, batch=self._batch)))


def open_digits(path: Path, cores: int | None) -> DigitNetwork | Classifier:
    """The network for single digits at `path`: an exported model, the folder of a run, or another ONNX file.

    Raises InputError if there is nothing, and whatever these raise.
    """
    if not path.exists():
        raise InputError(f"no model at {path}: expected an ONNX file or the folder of a run")
    if (path / "recipe.json").is_file():
        return _open_run(path, cores)
    if path.is_file() and not manifest_path(path).exists():
        return Classifier(path, cores)
    return DigitNetwork(path, cores)


def _open_run(folder: Path, cores: int | None) -> Classifier:
    """The network of a finished run; only the settings needed are read."""
    path = folder / "recipe.json"
    try:
        with path.open("rb") as file:
            recipe = json.loads(file.read(_MAX_JSON_BYTES))
        name, seed = str(recipe["recipe"]), int(recipe["seed"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ModelError(f"{path} cannot be read: {error}; train the run again") from error
    if not (folder / "result.json").exists():
        raise InputError(f"{folder} is not finished; repeat the command that started it to resume")
    if recipe.get("permuted"):
        raise InputError(f"{folder} was trained on permuted pixels and cannot read ordinary digits")
    if recipe.get("loss") == "ctc":
        raise InputError(
            f"{folder} reads lines: export it with tenfold export, and pass the file to Reader as lines=..."
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
