"""The networks that run inside of the page: their layers and weights, as JSON."""

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from tenfold.errors import ModelError
from tenfold.onnx_models.layers import Layer, Weights, layers_of
from tenfold.onnx_models.session import read_onnx
from tenfold.reporting.systems import System
from tenfold.runs.settings import PERMUTATION_SEED

MOST_BYTES = 3_000_000  # of all networks together, as text
_MOST_EXACT = (
    20_000  # weights of an array that stay float32: where they are few, rounding shows in the answers
)
_PIXELS = 784


def pack_networks(systems: Sequence[System], class_names: Sequence[str]) -> tuple[str, list[str]]:
    """What the page needs to compute each system's first network, as JSON, and the systems left out.

    Left out is what has no readable model, other layers than the page knows, or would take more than
    3 MB together with the smaller ones. Without any network, the JSON is empty text.
    """
    packed = {
        number: network
        for number, system in enumerate(systems)
        if (network := _pack(system, number)) is not None
    }
    sizes = {number: len(json.dumps(network)) for number, network in packed.items()}
    kept, total = set(), 0
    for number in sorted(sizes, key=lambda number: sizes[number]):
        total += sizes[number]
        if total <= MOST_BYTES:
            kept.add(number)
    left_out = [system.label for number, system in enumerate(systems) if number not in kept]
    if not kept:
        return "", left_out
    content = {
        "classes": list(class_names),
        "order": np.random.default_rng(PERMUTATION_SEED).permutation(_PIXELS).tolist(),
        "networks": [packed[number] for number in sorted(kept)],
    }
    # What stands in a script ends where its end tag would begin.
    return json.dumps(content, separators=(",", ":")).replace("<", "\\u003c"), left_out


def _pack(system: System, colour: int) -> dict[str, Any] | None:
    try:
        network = layers_of(read_onnx(system.first.onnx_path))
    except ModelError:
        return None
    return {
        "label": system.label,
        "colour": colour,
        "moves": network.moves,
        "layers": [_pack_layer(layer) for layer in network.layers],
    }


def _pack_layer(layer: Layer) -> dict[str, Any]:
    content: dict[str, Any] = {"kind": layer.kind}
    if layer.weights is not None and layer.bias is not None:
        large = layer.weights.size > _MOST_EXACT
        weights = layer.weights.astype(np.float16) if large else layer.weights
        content |= {"shape": layer.weights.shape, "weights": _text(weights), "bias": _text(layer.bias)}
    if layer.kind == "convolution":
        content |= {"strides": layer.strides, "pads": layer.pads}
    if layer.kind == "max pooling":
        content |= {"strides": layer.strides, "size": layer.size}
    return content


def _text(values: Weights | np.ndarray[Any, np.dtype[np.float16]]) -> str:
    return base64.b64encode(values.astype(values.dtype.newbyteorder("<")).tobytes()).decode()
