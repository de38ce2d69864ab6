"""The networks of the reader, run by ONNX Runtime from files with verified checksums."""

import json
from collections.abc import Sequence
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.cores import available_cores
from tenfold.errors import InputError, ModelError
from tenfold.imaging.layout import PAGE_PX, Region, pad_to_size
from tenfold.imaging.normalize import SIDE_PX
from tenfold.imaging.strip import HEIGHT_PX
from tenfold.onnx_models.answers import softmax
from tenfold.onnx_models.further_outputs import with_outputs
from tenfold.onnx_models.session import BATCH, open_onnx, read_onnx, run_in_batches, run_onnx
from tenfold.reader.manifest import Manifest, load_manifest
from tenfold.symbols import N_CLASSES, N_SYMBOLS

_STEP_PX = 32  # sides of the region networks' inputs are multiples of this
FEATURE_MAPS = "tenfold.feature_maps"  # in a file's metadata: the names of its feature maps, as JSON


class Network:
    """An ONNX file with its manifest next to it; thread-safe.

    The file has one input, float32 (N, *`input_shape`), and one output, the logits, float32 (N, *one of
    `output_shapes`), where None is any length. A batch is computed on `cores`, all by default. `in_turns` as
    for `open_onnx`. Raises ModelError if a file is missing, damaged, too large, or has another input or
    output.
    """

    def __init__(
        self,
        path: Path,
        input_shape: tuple[int | None, ...],
        output_shapes: Sequence[tuple[int | None, ...]],
        cores: int | None = None,
        *,
        in_turns: bool = False,
    ) -> None:
        self.manifest: Manifest = load_manifest(path)
        self._in_turns = in_turns
        self._path = path
        self._content = read_verified(path, self.manifest.sha256)
        self._shapes = input_shape, output_shapes
        self._sessions: dict[int, Any] = {}  # by number of cores
        self._input = ""
        self._lock = Lock()
        self.cores = cores or available_cores()

    def probabilities(
        self, images: NDArray[np.uint8], cores: int | None = None, *, release_memory: bool = False
    ) -> NDArray[np.float32]:
        """Calibrated probabilities of `images`, uint8 (N, h, w): float32, the last axis sums to 1.

        `cores` overrides the network's own number. `release_memory` as for `run_onnx`.
        """
        cores = cores or self.cores
        session = self._sessions.get(cores) or self._open(cores)
        (logits,) = run_onnx(session, None, {self._input: _scaled(images)}, release_memory=release_memory)
        return softmax(logits / np.float32(self.manifest.temperature))

    def feature_maps(self, image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """The output of each convolution for an image, uint8 (h, w), in order: float32 (c, h, w).

        Empty if the file does not name them.
        """
        session, names = self._with_feature_maps
        if not names:
            return []
        return [maps[0] for maps in run_onnx(session, names, {self._input: _scaled(image[None])})]

    def _open(self, cores: int) -> Any:
        with self._lock:
            if cores not in self._sessions:
                session = _open_session(
                    self._content, self._path, cores, *self._shapes, in_turns=self._in_turns
                )
                self._input = session.get_inputs()[0].name
                self._sessions[cores] = session
        return self._sessions[cores]

    @cached_property
    def _with_feature_maps(self) -> tuple[Any, list[str]]:
        """A session that also outputs the feature maps, and their names."""
        session = self._sessions.get(self.cores) or self._open(self.cores)
        names = _names_of_feature_maps(session, self._path)
        return open_onnx(with_outputs(self._content, names), self._path, self.cores), names


class DigitNetwork:
    """Classifies single digits, given as images in MNIST's style (`imaging.normalize`)."""

    has_no_digit_class = True

    def __init__(self, path: Path, cores: int | None = None) -> None:
        self._network = Network(path, (SIDE_PX, SIDE_PX, 1), [(N_CLASSES,)], cores)
        self.manifest = self._network.manifest

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Calibrated probabilities, float32 (N, 11), of uint8 images (N, 28, 28).

        Columns 0 to 9 are the digits, column 10 is "no digit"; rows sum to 1. Raises InputError for images of
        another shape or dtype.
        """
        if images.dtype != np.uint8 or images.shape[1:] != (SIDE_PX, SIDE_PX):
            raise InputError(
                f"expected images of uint8 with shape (N, {SIDE_PX}, {SIDE_PX}), "
                f"received {images.dtype} with shape {images.shape}"
            )
        if len(images) <= BATCH:
            return self._network.probabilities(images)
        read = partial(self._network.probabilities, cores=1)
        return np.concatenate(list(run_in_batches(read, images, cores=self._network.cores)))

    def feature_maps(self, image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """The output of each convolution for an image, uint8 (28, 28), in order: float32 (c, h, w).

        Empty if the file does not name them.
        """
        return self._network.feature_maps(image)


class LineNetwork:
    """Reads lines, given as strips (`imaging.strip`)."""

    def __init__(self, path: Path, cores: int | None = None) -> None:
        self._network = Network(
            path, (HEIGHT_PX, None, 1), [(None, N_SYMBOLS), (None, N_CLASSES)], cores, in_turns=True
        )
        self.manifest = self._network.manifest

    def probabilities(self, strip: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Calibrated probabilities of the symbols at every second column of a strip, uint8 (36, w): float32
        (w / 2, 22).

        The classes are those of `tenfold.symbols`: digits, none, signs, other writing; rows sum to 1. For a
        network that knows only digits and none, the rest is 0.
        """
        (probabilities,) = self._network.probabilities(strip[None])
        return np.pad(probabilities, ((0, 0), (0, N_SYMBOLS - probabilities.shape[1])))


class RegionNetwork:
    """Classifies each place of a picture as one of `Region`."""

    def __init__(self, path: Path, cores: int | None = None) -> None:
        self._network = Network(path, (None, None, 1), [(None, None, len(Region))], cores, in_turns=True)
        self.manifest = self._network.manifest

    def probabilities(self, picture: NDArray[np.uint8], border_level: int) -> NDArray[np.float32]:
        """The probabilities of the regions at every second pixel of a picture, uint8 (H, W).

        Returns float32 (H / 2, W / 2, R), with both sides rounded up; the last axis sums to 1. `border_level`
        is the level assumed around the picture.
        """
        height, width = picture.shape
        # Trained at this size, the network mistakes strokes near the edge of smaller pictures for rulings.
        rows, columns = (max(PAGE_PX, -(-side // _STEP_PX) * _STEP_PX) for side in picture.shape)
        # A large page takes 150 MB, which later steps need.
        (probabilities,) = self._network.probabilities(
            pad_to_size(picture, rows, columns, border_level)[None], release_memory=True
        )
        return np.asarray(probabilities[: -(-height // 2), : -(-width // 2)])


def read_verified(path: Path, expected: str) -> bytes:
    """The content of an ONNX file with the SHA-256 `expected`. Raises ModelError, also as `read_onnx`."""
    content = read_onnx(path)
    if sha256(content).hexdigest() != expected:
        raise ModelError(
            f"the model {path} is damaged or was replaced: its SHA-256 is not the one in its manifest; "
            "get both files again"
        )
    return content


def _open_session(
    content: bytes,
    path: Path,
    cores: int,
    input_shape: tuple[int | None, ...],
    output_shapes: Sequence[tuple[int | None, ...]],
    *,
    in_turns: bool,
) -> Any:
    session = open_onnx(content, path, cores, in_turns=in_turns)
    inputs, outputs = session.get_inputs(), session.get_outputs()
    shapes = [[_length(axis) for axis in value.shape[1:]] for value in (*inputs, *outputs)]
    kinds = {value.type for value in (*inputs, *outputs)}
    if shapes not in [[list(input_shape), list(each)] for each in output_shapes] or kinds != {
        "tensor(float)"
    }:
        expected = " or ".join(map(_format_batch, output_shapes))
        raise ModelError(
            f"expected {path} to take float32 {_format_batch(input_shape)} and give {expected}, "
            f"received inputs and outputs {shapes} of {', '.join(sorted(kinds))}"
        )
    return session


def _names_of_feature_maps(session: Any, path: Path) -> list[str]:
    """The names in the file's metadata; the bytes are verified, but not what they contain."""
    try:
        names = json.loads(session.get_modelmeta().custom_metadata_map.get(FEATURE_MAPS, "[]"))
    except ValueError:
        names = None
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise ModelError(
            f"expected the names of feature maps in the metadata of {path}, received something else"
        )
    return names


def _scaled(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.multiply(images[..., None], np.float32(1 / 255), dtype=np.float32)


def _length(axis: int | str | None) -> int | None:
    """The length of an ONNX axis; None if it is dynamic."""
    return axis if isinstance(axis, int) else None


def _format_batch(shape: tuple[int | None, ...]) -> str:
    return f"({', '.join(['N', *('any' if axis is None else str(axis) for axis in shape)])})"
