"""A small model made here, so that the reader can be tested apart from the bundled network."""

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from tenfold.data import Dataset
from tenfold.reader import Reader
from tenfold.reader.manifest import Manifest, write_manifest


@dataclass(frozen=True)
class SmallModel:
    """A linear classifier as an ONNX file with its manifest, and the same in NumPy."""

    path: Path
    manifest: Manifest
    weights: NDArray[np.float32]

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        logits = images.reshape(len(images), -1).astype(np.float64) / 255 @ self.weights
        powers = np.exp(logits / self.manifest.temperature)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def copy(self, folder: Path, **changes: Any) -> Path:
        """The same model in `folder`, with `changes` to its manifest."""
        path = folder / "reader.onnx"
        path.write_bytes(self.path.read_bytes())
        write_manifest(replace(self.manifest, **changes), path)
        return path

    def other(self, folder: Path, content: bytes) -> Path:
        """Another file in `folder`, with this manifest but for the checksum, which is right."""
        path = folder / "reader.onnx"
        path.write_bytes(content)
        write_manifest(replace(self.manifest, sha256=sha256(content).hexdigest()), path)
        return path

    @staticmethod
    def onnx(weights: NDArray[np.float32]) -> onnx.ModelProto:
        """Logits float32 (N, classes) of images float32 (N, 28, 28, 1)."""
        nodes = [
            helper.make_node("Flatten", ["images"], ["flat"], axis=1),
            helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        ]
        graph = helper.make_graph(
            nodes,
            "linear",
            [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", 28, 28, 1])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", weights.shape[1]])],
            [numpy_helper.from_array(weights, "weights")],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


@pytest.fixture(scope="session")
def small_model(few_digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> SmallModel:
    """Least squares on 2,000 real digits; blank images, whose logits are all 0, are "no digit"."""
    x = few_digits.x_train.reshape(-1, 784) / 255
    y = np.zeros((len(x), 11))
    y[np.arange(len(x)), few_digits.y_train] = 6
    weights = np.linalg.solve(x.T @ x + 100 * np.eye(784), x.T @ y).astype(np.float32)
    path = tmp_path_factory.mktemp("model") / "reader.onnx"
    content = SmallModel.onnx(weights).SerializeToString()
    path.write_bytes(content)
    manifest = Manifest(
        name="small",
        recipe="least squares",
        data="MNIST",
        data_sha256="0" * 64,
        sha256=sha256(content).hexdigest(),
        temperature=0.5,
        threshold=0.4,
        figures={"mnist_test_accuracy": 0.85},
        tenfold="0.1.0",
        command="pytest",
    )
    write_manifest(manifest, path)
    return SmallModel(path, manifest, weights)


@pytest.fixture(scope="session")
def small_reader(small_model: SmallModel) -> Reader:
    return Reader(small_model.path)


@pytest.fixture(scope="session")
def page(mnist: Dataset) -> NDArray[np.uint8]:
    """A white page, uint8 (H, W), with three lines of six black digits, 721041, 495906 and 901597."""
    lines = [np.hstack([np.pad(image, 6) for image in mnist.x_test[i : i + 6]]) for i in (0, 6, 12)]
    enlarged = cv2.resize(np.vstack(lines), None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    return np.pad(255 - enlarged, 40, constant_values=255)
