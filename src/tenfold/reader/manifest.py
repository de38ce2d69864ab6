"""The manifest next to a reader's ONNX file: its origin, calibration and checksum."""

import json
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from tenfold.errors import ModelError
from tenfold.onnx_models.session import refuse_other_formats

_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Manifest:
    """The facts about an exported model.

    `sha256` is the checksum of the ONNX file, `data_sha256` that of the training data. The network's logits
    are divided by `temperature` (above 0) before the softmax; a digit is accepted if its confidence is at
    least `threshold` (0 to 1). `figures` are measurements by name; `tenfold` is the version that made the
    file, `command` reproduces it. Raises ModelError for a value of the wrong type or out of range.
    """

    name: str
    recipe: str
    data: str
    data_sha256: str
    sha256: str
    temperature: float
    threshold: float
    figures: dict[str, Any]
    tenfold: str
    command: str

    def __post_init__(self) -> None:
        for field in fields(self):
            _check_type(field.name, getattr(self, field.name))
        # Written so that NaN fails, too.
        if not 0 < self.temperature < float("inf"):
            raise ModelError(f"expected a temperature above 0 in the manifest, received {self.temperature}")
        if not 0 <= self.threshold <= 1:
            raise ModelError(f"expected a threshold from 0 to 1 in the manifest, received {self.threshold}")


def manifest_path(model: Path) -> Path:
    """The path of the manifest of the ONNX file `model`: the same name with the suffix .json."""
    return model.with_suffix(".json")


def write_manifest(manifest: Manifest, model: Path) -> None:
    """Write `manifest` next to the ONNX file `model`.

    Raises ModelError if its checksum is not that of the file.
    """
    from tenfold.files import write_json

    received = sha256(model.read_bytes()).hexdigest()
    if manifest.sha256 != received:
        raise ModelError(
            f"expected a manifest of {model} with SHA-256 {received}, received one with {manifest.sha256}"
        )
    write_json(manifest_path(model), asdict(manifest))


def load_manifest(model: Path) -> Manifest:
    """The manifest of the ONNX file `model`. Raises ModelError if it is missing or damaged."""
    refuse_other_formats(model)
    path = manifest_path(model)
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(_MAX_BYTES))
    except FileNotFoundError as error:
        raise ModelError(
            f"the manifest {path} cannot be opened: {error.strerror}; tenfold export writes one next to each "
            "model"
        ) from error
    except OSError as error:
        raise ModelError(f"the manifest {path} cannot be opened: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"the manifest {path} is damaged: it is not JSON") from error
    names = {field.name for field in fields(Manifest)}
    if not isinstance(content, dict) or content.keys() != names:
        raise ModelError(f"expected {path} to be a manifest with exactly {', '.join(sorted(names))}")
    try:
        return Manifest(**content)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def _check_type(name: str, value: object) -> None:
    match name:
        case "temperature" | "threshold":
            is_right = isinstance(value, int | float) and not isinstance(value, bool)
        case "figures":
            is_right = isinstance(value, dict)
        case _:
            is_right = isinstance(value, str)
    if not is_right:
        raise ModelError(f"{name} in a manifest cannot be {value!r}")
