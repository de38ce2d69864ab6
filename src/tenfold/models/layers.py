"""Parameters and cost of each layer of a network."""

import math
from dataclasses import dataclass

import keras


@dataclass(frozen=True)
class LayerSummary:
    """One layer. Shapes exclude the batch; `multiply_adds` are per image."""

    name: str  # e.g. "Conv2D 32 3x3 same"
    activation: str  # "relu", "softmax", ... or ""
    output_shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    trainable_parameters: int


def summarize_layers(model: keras.Model) -> list[LayerSummary]:
    """Every layer in order, the input first. Bias additions and comparisons are not counted."""
    return [_summarize(layer) for layer in model.layers]


def _summarize(layer: keras.layers.Layer) -> LayerSummary:
    shape = tuple(layer.output.shape[1:])
    activation, multiply_adds = "", 0
    match layer:
        case keras.layers.InputLayer():
            name = "Input"
        case keras.layers.Conv2D():
            name = f"Conv2D {layer.filters} {_by(layer.kernel_size)} {layer.padding}"
            activation = layer.activation.__name__
            multiply_adds = math.prod(shape[:2]) * math.prod(layer.kernel.shape)
        case keras.layers.MaxPooling2D():
            name = f"MaxPooling2D {_by(layer.pool_size)}"
        case keras.layers.Dense():
            name = f"Dense {layer.units}"
            activation = layer.activation.__name__
            multiply_adds = math.prod(layer.kernel.shape)
        case keras.layers.Dropout():
            name = f"Dropout {layer.rate:g}"
        case _:
            name = type(layer).__name__
    return LayerSummary(
        name=name,
        activation="" if activation == "linear" else activation,
        output_shape=shape,
        parameters=layer.count_params(),
        multiply_adds=multiply_adds,
        trainable_parameters=sum(math.prod(weight.shape) for weight in layer.trainable_weights),
    )


def _by(size: tuple[int, ...]) -> str:
    return "x".join(map(str, size))
