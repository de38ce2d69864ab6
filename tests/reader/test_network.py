"""Model files: what a valid one computes, and that any other is refused."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto

from tenfold.data import Dataset
from tenfold.errors import InputError, ModelError
from tenfold.onnx_models import session
from tenfold.reader.manifest import load_manifest, write_manifest
from tenfold.reader.network import DigitNetwork


def test_probabilities_are_the_softmax_of_logits_divided_by_temperature(
    small_model: Any, few_digits: Dataset
) -> None:
    received = DigitNetwork(small_model.path).probabilities(few_digits.x_test)

    assert received.dtype == np.float32
    assert received.shape == (500, 11)
    assert np.allclose(received, small_model.probabilities(few_digits.x_test), atol=1e-5)


@pytest.mark.parametrize("n", [0, 1, 99, 100, 101, 250])
def test_a_batch_of_any_size_gives_the_same_as_its_images_one_by_one(
    n: int, small_model: Any, few_digits: Dataset
) -> None:
    model = DigitNetwork(small_model.path)
    images = few_digits.x_test[:n]

    together = model.probabilities(images)

    assert together.shape == (n, 11)
    for image, row in zip(images, together, strict=True):
        assert np.allclose(model.probabilities(image[None]), row, atol=1e-6)


def test_many_threads_may_open_and_use_one_model(small_model: Any, few_digits: Dataset) -> None:
    model = DigitNetwork(small_model.path)
    with ThreadPoolExecutor(8) as pool:
        received = list(pool.map(lambda _: model.probabilities(few_digits.x_test), range(16)))

    assert all(np.array_equal(one, received[0]) for one in received)


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((28, 28), np.uint8),
        np.zeros((1, 28, 27), np.uint8),
        np.zeros((1, 28, 28, 1), np.uint8),
        np.zeros((1, 28, 28), np.float32),
    ],
)
def test_images_of_another_shape_or_dtype_are_refused(images: np.ndarray, small_model: Any) -> None:
    with pytest.raises(InputError, match=r"expected images of uint8 with shape \(N, 28, 28\), received"):
        DigitNetwork(small_model.path).probabilities(images)


def test_a_manifest_survives_a_round_trip(small_model: Any) -> None:
    assert load_manifest(small_model.path) == small_model.manifest


def test_a_single_wrong_bit_is_detected(small_model: Any, tmp_path: Path) -> None:
    path = small_model.copy(tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    with pytest.raises(ModelError, match=r"reader\.onnx is damaged or was replaced"):
        DigitNetwork(path)


def test_a_truncated_and_an_empty_file_are_refused(small_model: Any, tmp_path: Path) -> None:
    path = small_model.copy(tmp_path)
    for content in (path.read_bytes()[:-1], b""):
        path.write_bytes(content)
        with pytest.raises(ModelError, match="damaged or was replaced"):
            DigitNetwork(path)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    small_model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "MAX_MODEL_BYTES", 1000)
    with pytest.raises(ModelError, match="is larger than the 1,000 bytes"):
        DigitNetwork(small_model.path)


def test_a_missing_file_or_manifest_is_named(small_model: Any, tmp_path: Path) -> None:
    path = small_model.copy(tmp_path)
    path.unlink()
    with pytest.raises(ModelError, match=r"the model .*reader\.onnx cannot be opened: No such file"):
        DigitNetwork(path)
    path.with_suffix(".json").unlink()
    with pytest.raises(ModelError, match=r"the manifest .*reader\.json cannot be opened: No such file"):
        DigitNetwork(path)


def test_weights_in_another_file_are_refused_even_with_the_right_checksum(
    small_model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ONNX Runtime would read any file below the working directory, whatever its checksum."""
    monkeypatch.chdir(tmp_path)
    Path("secret").write_bytes(small_model.weights.tobytes())
    proto = small_model.onnx(small_model.weights)
    tensor = proto.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="secret")

    with pytest.raises(ModelError, match="keeps weights in other files"):
        DigitNetwork(small_model.other(tmp_path, proto.SerializeToString()))


@pytest.mark.parametrize("content", [b"", b"no network"])
def test_files_that_are_not_networks_are_refused(content: bytes, small_model: Any, tmp_path: Path) -> None:
    model = DigitNetwork(small_model.other(tmp_path, content))
    with pytest.raises(ModelError, match="cannot be used by ONNX Runtime"):
        model.probabilities(np.zeros((1, 28, 28), np.uint8))


def test_a_network_of_ten_classes_is_refused(small_model: Any, tmp_path: Path) -> None:
    ten = small_model.onnx(np.zeros((784, 10), np.float32)).SerializeToString()
    model = DigitNetwork(small_model.other(tmp_path, ten))
    with pytest.raises(ModelError, match=r"and give \(N, 11\), received"):
        model.probabilities(np.zeros((1, 28, 28), np.uint8))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"temperature": 0}, "expected a temperature above 0"),
        ({"temperature": float("nan")}, "expected a temperature above 0"),
        ({"threshold": 1.5}, "expected a threshold from 0 to 1"),
        ({"threshold": "0.9"}, "threshold in a manifest cannot be '0.9'"),
        ({"name": 3}, "name in a manifest cannot be 3"),
        ({"surplus": 1}, "with exactly"),
    ],
)
def test_a_manifest_with_invalid_values_is_refused(
    change: dict[str, object], message: str, small_model: Any, tmp_path: Path
) -> None:
    path = small_model.copy(tmp_path)
    path.with_suffix(".json").write_text(json.dumps({**asdict(small_model.manifest), **change}))
    with pytest.raises(ModelError, match=message):
        DigitNetwork(path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_a_malformed_manifest_is_refused(content: bytes, small_model: Any, tmp_path: Path) -> None:
    path = small_model.copy(tmp_path)
    path.with_suffix(".json").write_bytes(content)
    with pytest.raises(ModelError, match=r"reader\.json"):
        DigitNetwork(path)


def test_a_manifest_of_another_file_is_not_written(small_model: Any, tmp_path: Path) -> None:
    path = tmp_path / "reader.onnx"
    path.write_bytes(b"another")
    with pytest.raises(ModelError, match="received one with"):
        write_manifest(replace(small_model.manifest), path)
    assert not path.with_suffix(".json").exists()
