"""Untrusted models: what is evaluated, and what is refused before it can do harm."""

import json
import pickle
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

import tenfold
from endless import endless
from memory import run_measured
from tenfold.data import Dataset
from tenfold.errors import InputError, ModelError
from tenfold.evaluation import accuracy
from tenfold.runs import inference
from tenfold.runs.evaluate import evaluate_file, evaluate_paths

MIB = 2**20
LAYOUTS = ([28, 28, 1], [1, 28, 28], [28, 28], [784])


def linear(
    weights: NDArray[np.float32],
    takes: list[Any] | None = None,
    *nodes: onnx.NodeProto,
    initializers: tuple[onnx.TensorProto, ...] = (),
    opsets: tuple[tuple[str, int], ...] = (("", 17),),
) -> onnx.ModelProto:
    """Logits "y" of images "x"; `nodes` make "y" of "logits", by default the same."""
    takes = takes or ["N", 28, 28, 1]
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["x"], ["flat"], axis=1),
            helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
            *(nodes or (helper.make_node("Identity", ["logits"], ["y"]),)),
        ],
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, takes)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [takes[0], weights.shape[1]])],
        [numpy_helper.from_array(weights, "weights"), *initializers],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid(*one) for one in opsets], ir_version=9)


@pytest.fixture(scope="module")
def weights(small_model: Any) -> NDArray[np.float32]:
    """Least squares for the ten digits, float32 (784, 10)."""
    return small_model.weights[:, :10]  # type: ignore[no-any-return]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("n", ["N", 1])
def test_a_users_classifier_is_evaluated_in_any_usual_layout(
    layout: list[int], n: str | int, weights: NDArray[np.float32], few_digits: Dataset, tmp_path: Path
) -> None:
    onnx.save(linear(weights, [n, *layout]), tmp_path / "mine.onnx")
    logits = few_digits.x_test.reshape(-1, 784) / 255 @ weights
    powers = np.exp(logits)
    expected = powers / powers.sum(axis=1, keepdims=True)
    few = Dataset("mnist", few_digits.x_train[:0], few_digits.y_train[:0], few_digits.x_test,
                  few_digits.y_test, few_digits.class_names, "")  # fmt: skip

    evaluation = evaluate_file(tmp_path / "mine.onnx", few)

    assert evaluation.images == 500
    assert evaluation.accuracy == accuracy(few.y_test, expected.argmax(axis=1)) > 0.7
    assert evaluation.loss == pytest.approx(-np.log(expected[np.arange(500), few.y_test]).mean(), rel=1e-4)


def test_probabilities_are_used_unchanged(
    weights: NDArray[np.float32], few_digits: Dataset, tmp_path: Path
) -> None:
    onnx.save(linear(weights), tmp_path / "logits.onnx")
    softmax = helper.make_node("Softmax", ["logits"], ["y"])
    onnx.save(linear(weights, None, softmax), tmp_path / "probabilities.onnx")

    losses = [
        evaluate_file(tmp_path / f"{name}.onnx", few_digits).loss for name in ("logits", "probabilities")
    ]

    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda w: linear(w, [64, 28, 28, 1]), r"for any N or 1; it takes tensor\(float\) \[64, 28, 28, 1\]"),
        (lambda w: linear(w.repeat(4, 0)[: 32 * 32], ["N", 1, 32, 32]), r"\['N', 1, 32, 32\]"),
        (lambda w: linear(w[:, :9]), r"expected .* to return 10 numbers per image"),
        (lambda w: linear(w * np.float32(np.nan)), "finite numbers"),
    ],
)
def test_another_form_is_refused(
    model: Callable[[NDArray[np.float32]], onnx.ModelProto],
    message: str,
    weights: NDArray[np.float32],
    few_digits: Dataset,
    tmp_path: Path,
) -> None:
    onnx.save(model(weights), tmp_path / "other.onnx")
    with pytest.raises(InputError, match=message):
        evaluate_file(tmp_path / "other.onnx", few_digits)


def keras_file_with_a_lambda(path: Path) -> None:
    """As Keras writes one; the function would run when it is loaded."""
    config = {"class_name": "Functional", "config": {"layers": [{"class_name": "Lambda", "config": {}}]}}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))


OTHERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "mine.keras": (keras_file_with_a_lambda, "a ZIP archive"),
    "mine.onnx": (keras_file_with_a_lambda, "a ZIP archive"),  # whatever it is called
    "mine.h5": (lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100)), "HDF5"),
    "mine.pkl": (lambda path: path.write_bytes(pickle.dumps([1])), "a pickle"),
    "mine.ort": (lambda path: path.write_bytes(b"\x18\x00\x00\x00ORTM" + bytes(50)), "own format"),
    "saved": (lambda path: path.mkdir(), "a folder, as SavedModels are"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_kinds_of_models_are_refused_by_what_they_are_and_never_opened(
    name: str, tmp_path: Path
) -> None:
    make, what = OTHERS[name]
    make(tmp_path / name)

    with pytest.raises(ModelError, match=rf"expected an ONNX file, received .*{what}.*Keras writes one with"):
        tenfold.Reader(tmp_path / name)
    if name not in ("saved", "mine.keras"):  # which are no file, or which evaluate takes
        with pytest.raises(ModelError, match=f"expected an ONNX file, received .*{what}"):
            evaluate_paths([tmp_path / name], "mnist", print)


@pytest.mark.parametrize("place", ["/etc/hostname", "../../etc/hostname", "beside.bin"])
def test_weights_in_other_files_are_refused(
    place: str, weights: NDArray[np.float32], few_digits: Dataset, tmp_path: Path
) -> None:
    (tmp_path / "beside.bin").write_bytes(weights.tobytes())
    model = linear(weights)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=place)
    (tmp_path / "mine.onnx").write_bytes(model.SerializeToString())

    with pytest.raises(ModelError, match="keeps weights in other files"):
        evaluate_file(tmp_path / "mine.onnx", few_digits)


def bomb(kind: str) -> onnx.ModelProto:
    """Some thirty kilobytes that ask for a hundred gigabytes."""
    weights, n = np.zeros((784, 10), np.float32), 25 * 2**30
    most = [helper.make_node("ReduceMax", ["big"], ["most"], keepdims=0),
            helper.make_node("Add", ["logits", "most"], ["y"])]  # fmt: skip
    match kind:
        case "constant":
            size = numpy_helper.from_array(np.array([n], np.int64), "size")
            one = numpy_helper.from_array(np.ones(1, np.float32))
            node = helper.make_node("ConstantOfShape", ["size"], ["big"], value=one)
            return linear(weights, None, node, *most, initializers=(size,))
        case "expanded":
            size = numpy_helper.from_array(np.array([n, 1, 1], np.int64), "size")
            node = helper.make_node("Expand", ["logits", "size"], ["big"])
            return linear(weights, None, node, *most, initializers=(size,))
        case _:
            big = TensorProto(name="big", data_type=TensorProto.FLOAT, dims=[n], raw_data=bytes(4))
            return linear(weights, None, *most, initializers=(big,))


@pytest.mark.skipif(sys.platform != "linux", reason="the most memory a process had is read from /proc")
@pytest.mark.parametrize("kind", ["constant", "expanded", "declared"])
def test_a_small_file_cannot_ask_for_much_memory(kind: str, digits_csv: Path, tmp_path: Path) -> None:
    (tmp_path / "bomb.onnx").write_bytes(bomb(kind).SerializeToString())

    ended = run_measured("evaluate", str(tmp_path / "bomb.onnx"), "--data", str(digits_csv))

    assert ended.code == 1
    assert "ONNX Runtime" in ended.said
    assert ended.peak_mib < 700


def test_a_graph_that_never_ends_ends_with_one_line(
    few_digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "PATIENCE_S", 3.0)
    path = tmp_path / "endless.onnx"
    path.write_bytes(endless(10))
    with pytest.raises(ModelError, match=r"endless.onnx did not answer within 3 s"):
        evaluate_file(path, few_digits)


def test_operators_that_onnx_runtime_does_not_have_are_refused(
    weights: NDArray[np.float32], few_digits: Dataset, tmp_path: Path
) -> None:
    node = helper.make_node("Evil", ["logits"], ["y"], domain="evil.example")
    model = linear(weights, None, node, opsets=(("", 17), ("evil.example", 1)))
    (tmp_path / "mine.onnx").write_bytes(model.SerializeToString())

    with pytest.raises(ModelError, match=r"cannot be used by ONNX Runtime: .*evil\.example:Evil"):
        evaluate_file(tmp_path / "mine.onnx", few_digits)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.999])
def test_a_truncated_file_is_one_line(
    share: float, weights: NDArray[np.float32], few_digits: Dataset, tmp_path: Path
) -> None:
    content = linear(weights).SerializeToString()
    (tmp_path / "mine.onnx").write_bytes(content[: int(share * len(content))])

    with pytest.raises(ModelError, match="cannot be used by ONNX Runtime") as told:
        evaluate_file(tmp_path / "mine.onnx", few_digits)
    assert "\n" not in str(told.value)
