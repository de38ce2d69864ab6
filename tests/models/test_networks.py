"""Networks match their builders' docstrings, at the shapes they are used with."""

import numpy as np
import pytest
from scipy.fft import dctn

from tenfold.cores import available_cores
from tenfold.keras_backend import set_up_keras

set_up_keras(available_cores())

import keras  # noqa: E402

from tenfold.models.cnn import build_cnn  # noqa: E402
from tenfold.models.cosine_cnn import build_cosine_cnn, cosine_filters  # noqa: E402
from tenfold.models.layers import summarize_layers  # noqa: E402
from tenfold.models.mlp import build_mlp  # noqa: E402
from tenfold.models.normed_cnn import average_shifts, build_valid_cnn  # noqa: E402

ONE_IMAGE = {2: np.full((1, 784), 0.5, np.float32), 4: np.full((1, 28, 28, 1), 0.5, np.float32)}


@pytest.mark.parametrize(
    "model",
    [
        build_mlp((16,)),
        build_mlp((16, 8), dropout=0.5),
        build_cnn((4, 8), pools=1, units=8, dropout=0.5),
        build_cosine_cnn((8, 4, 4)),
        build_cosine_cnn((8, 4, 4, 4)),
        build_valid_cnn((4, 4, 4)),
        build_valid_cnn((4, 4, 8, 4)),
        average_shifts(build_valid_cnn((4, 4, 4))),
    ],
)
def test_a_network_returns_a_probability_for_each_digit(model: keras.Model) -> None:
    probabilities = np.asarray(model(ONE_IMAGE[len(model.input_shape)]))

    assert probabilities.shape == (1, 10)
    assert probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(), 1, rtol=1e-6)


def test_dropout_leaves_units_out_only_while_training() -> None:
    model = build_mlp((64,), dropout=0.5)
    x = ONE_IMAGE[2]

    assert np.array_equal(model(x, training=False), model(x, training=False))
    assert not np.array_equal(model(x, training=True), model(x, training=True))


@pytest.mark.parametrize(
    "builder", [lambda l2: build_mlp((8, 4), l2=l2), lambda l2: build_cnn((4,), pools=1, units=8, l2=l2)]
)
def test_l2_adds_the_squared_norm_of_every_kernel_but_the_last_to_the_loss(builder) -> None:  # type: ignore[no-untyped-def]
    model = builder(0.01)

    kernels = [layer.kernel for layer in model.layers if hasattr(layer, "kernel")]
    expected = sum(0.01 * float(np.square(np.asarray(kernel)).sum()) for kernel in kernels[:-1])
    np.testing.assert_allclose(sum(float(loss) for loss in model.losses), expected, rtol=1e-5)
    assert builder(0.0).losses == []


def test_layer_summaries_count_what_can_be_counted_by_hand() -> None:
    model = build_cnn((4, 8), pools=1, units=16, first_padding="same")

    conv, pool, second, flatten, dense, last = summarize_layers(model)[1:]

    assert (conv.name, conv.activation) == ("Conv2D 4 3x3 same", "relu")
    assert (conv.output_shape, conv.parameters, conv.multiply_adds) == (
        (28, 28, 4),
        4 * 9 + 4,
        28 * 28 * 9 * 4,
    )
    assert (pool.name, pool.output_shape, pool.parameters, pool.multiply_adds) == (
        "MaxPooling2D 2x2",
        (14, 14, 4),
        0,
        0,
    )
    assert (second.output_shape, second.multiply_adds) == ((12, 12, 8), 12 * 12 * 9 * 4 * 8)
    assert flatten.output_shape == (12 * 12 * 8,)
    assert (dense.parameters, dense.multiply_adds) == (1152 * 16 + 16, 1152 * 16)
    assert (last.activation, last.output_shape) == ("softmax", (10,))


def test_cosine_filters_are_those_of_the_discrete_cosine_transform() -> None:
    filters = cosine_filters(25)[:, :, 0]

    kinds = set()
    for filter_, negative in zip(filters[..., :25].T, filters[..., 25:].T, strict=True):
        assert np.array_equal(filter_, -negative)
        coefficients = dctn(filter_, norm="ortho")
        (place,) = np.argwhere(np.abs(coefficients) > 1e-5)
        assert coefficients[tuple(place)] == pytest.approx(np.sqrt(1 + (place**2).sum()), rel=1e-5)
        kinds.add(tuple(place.tolist()))
    assert len(kinds) == 25


def test_the_cosines_are_not_learnt() -> None:
    model = build_cosine_cnn((8, 4, 4))
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = [np.array(weight) for weight in model.get_weights()]

    model.train_on_batch(np.random.default_rng(0).random((8, 28, 28, 1), np.float32), np.arange(8))

    changed = [not np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True)]
    assert changed == [False] + [True] * (len(before) - 1)
