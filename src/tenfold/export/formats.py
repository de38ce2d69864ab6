"""Export formats, chosen by the file's name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tenfold.errors import InputError

_OF_SAVED_MODEL = {"saved_model.pb", "fingerprint.pb", "variables", "assets", "assets.extra"}


@dataclass(frozen=True)
class Format:
    """A kind of file or folder, and the runtime that loads it."""

    name: Literal["onnx", "keras", "savedmodel", "tflite", "int8"]
    runtime: str


ONNX = Format("onnx", "ONNX Runtime")
KERAS = Format("keras", "Keras")
SAVED_MODEL = Format("savedmodel", "TensorFlow")
TFLITE = Format("tflite", "TFLite")
INT8 = Format("int8", "TFLite")


def format_of(path: Path) -> Format:
    """ONNX for the suffix .onnx, Keras' own for .keras, TFLite for .tflite, in int8 for .int8.tflite, and
    without a suffix a SavedModel, which is a folder.

    Raises InputError for another suffix, or if something other than such a model would be overwritten.
    """
    match path.suffix.lower():
        case ".onnx":
            return ONNX
        case ".keras":
            return KERAS
        case ".tflite":
            return INT8 if path.stem.lower().endswith(".int8") else TFLITE
        case "":
            _check_replaceable(path)
            return SAVED_MODEL
    raise InputError(
        "expected FILE.onnx, FILE.keras, FILE.tflite, FILE.int8.tflite or, for a SavedModel, a folder's name "
        f"without a dot, received {path}"
    )


def _check_replaceable(path: Path) -> None:
    """A folder is replaced as a whole, so it must hold nothing else."""
    if path.is_dir():
        names = {entry.name for entry in path.iterdir()}
        if not names or ("saved_model.pb" in names and names <= _OF_SAVED_MODEL):
            return
    elif not path.exists():
        return
    raise InputError(
        f"expected a new folder, or a SavedModel to replace, received {path}, which is something else; "
        "choose another name"
    )
