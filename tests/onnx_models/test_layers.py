"""Networks as layers in a row; that they compute the same is tested in a browser, in tests/reporting."""

import numpy as np
import onnx
import pytest
from onnx import helper

from small_model import SmallModel
from small_networks import MakeNetwork
from tenfold.errors import ModelError
from tenfold.onnx_models.layers import layers_of


@pytest.mark.parametrize(
    ("kind", "layers"),
    [
        ("dense", "dense relu dense softmax"),
        ("convolutional", "convolution relu max_pooling dense relu dense softmax"),
        ("normalised", "convolution max_pooling scale relu convolution relu dense softmax"),
    ],
)
def test_operators_become_layers_and_normalisation_is_folded(
    make_network: MakeNetwork, kind: str, layers: str
) -> None:
    network = layers_of(make_network(kind))

    assert " ".join(layer.kind.replace(" ", "_") for layer in network.layers) == layers
    assert network.moves == ((0, 0, 1),)


def test_a_mean_over_moved_images_is_one_network_and_its_moves(make_network: MakeNetwork) -> None:
    moved, alone = layers_of(make_network("moved")), layers_of(make_network("normalised"))

    assert moved.moves == ((0, 0, 1), (1, 0, 1), (-1, 0, 1))
    assert [layer.kind for layer in moved.layers] == [layer.kind for layer in alone.layers]


def test_other_layers_are_refused() -> None:
    model = SmallModel.onnx(np.zeros((784, 10), np.float32))
    model.graph.node.append(helper.make_node("Tanh", ["logits"], ["curved"]))
    model.graph.output[0].name = "curved"

    with pytest.raises(ModelError, match="the model has the operator Tanh"):
        layers_of(model.SerializeToString())


def test_values_that_go_round_in_a_circle_are_refused() -> None:
    model = SmallModel.onnx(np.zeros((784, 10), np.float32))
    model.graph.node[0].input[0] = "logits"

    with pytest.raises(ModelError, match="form a cycle"):
        layers_of(model.SerializeToString())


def test_a_mean_of_endlessly_many_answers_is_refused() -> None:
    model = SmallModel.onnx(np.zeros((784, 10), np.float32))
    for depth in range(60):
        before = f"sum{depth - 1}" if depth else "logits"
        model.graph.node.append(helper.make_node("Add", [before, before], [f"sum{depth}"]))
    model.graph.node.append(helper.make_node("Mul", ["sum59", "share"], ["mean"]))
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array(2.0**-60, np.float32), "share"))
    model.graph.output[0].name = "mean"

    with pytest.raises(ModelError, match="more than 100 answers"):
        layers_of(model.SerializeToString())


def test_a_damaged_file_is_refused_whatever_is_damaged(make_network: MakeNetwork) -> None:
    content = make_network("normalised")
    random = np.random.default_rng(0)
    others = [content[: int(cut)] for cut in random.integers(0, len(content), 60)]
    for place in random.integers(0, 3000, 300):
        others.append(content[:place] + bytes([int(random.integers(256))]) + content[place + 1 :])

    refused = 0
    for other in others:
        try:
            layers_of(other)
        except ModelError:
            refused += 1
    assert refused > 60


def test_the_same_weights_in_other_encodings_are_read() -> None:
    values = (np.arange(7840).reshape(784, 10) / 7840).astype(np.float32)
    raw = SmallModel.onnx(values)
    listed = SmallModel.onnx(values)
    listed.graph.initializer[0].CopyFrom(
        onnx.helper.make_tensor("weights", onnx.TensorProto.FLOAT, values.shape, values.ravel().tolist())
    )

    for model in (raw, listed):
        (layer,) = layers_of(model.SerializeToString()).layers
        np.testing.assert_array_equal(layer.weights, values)
