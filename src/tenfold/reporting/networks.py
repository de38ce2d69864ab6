"""The networks that run in the page: their layers and weights, as JSON."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from tenfold.errors import ModelError
from tenfold.onnx_models.layers import Layer, Weights, layers_of
from tenfold.onnx_models.session import read_onnx
from tenfold.reporting.finished_models import FinishedModel
from tenfold.reporting.systems import Study
from tenfold.runs.settings import PERMUTATION_SEED

MAX_BYTES = 3_000_000  # for all networks together, as text
_MAX_EXACT = 20_000  # smaller arrays of weights stay float32: their rounding would show in the answers
_PIXELS = 784


@dataclass(frozen=True)
class Candidate:
    """A network that may run in the page. `colour` is its system's, None for a finished model."""

    label: str
    colour: int | None
    onnx_path: Path


def candidates_of(study: Study, models: Sequence[FinishedModel]) -> list[list[Candidate]]:
    """The first network of every system, those on permuted pixels, and finished models."""
    colours = {system.label: colour for colour, system in enumerate(study.systems)}
    own = [Candidate(each.label, colours[each.label], each.first.onnx_path) for each in study.systems]
    twins = [
        Candidate(twin.label, colours[system.label], twin.first.onnx_path)
        for system in study.systems
        if (twin := study.permuted_twin(system))
    ]
    return [own, twins, [Candidate(model.label, None, model.path) for model in models]]


def pack_networks(
    groups: Sequence[Sequence[Candidate]], class_names: Sequence[str]
) -> tuple[str, list[Candidate], list[str]]:
    """The networks for the page as JSON; the networks included; the names of those left out.

    A network is left out if its model cannot be read, has layers the page does not support, or does not fit
    into 3 MB after the previous groups and the smaller networks of its own. The JSON is empty text if there
    are no networks.
    """
    packed: dict[Candidate, str] = {}
    for group in groups:
        texts = {candidate: text for candidate in group if (text := _pack(candidate, len(class_names)))}
        for candidate in sorted(texts, key=lambda candidate: len(texts[candidate])):
            if len(texts[candidate]) + sum(map(len, packed.values())) <= MAX_BYTES:
                packed[candidate] = texts[candidate]
    candidates = list(chain.from_iterable(groups))
    shown = [candidate for candidate in candidates if candidate in packed]
    left_out = [candidate.label for candidate in candidates if candidate not in packed]
    if not shown:
        return "", [], left_out
    content = {
        "classes": list(class_names),
        "order": np.random.default_rng(PERMUTATION_SEED).permutation(_PIXELS).tolist(),
        "networks": [json.loads(packed[candidate]) for candidate in shown],
    }
    # A "</script>" in the JSON would end the script.
    return json.dumps(content, separators=(",", ":")).replace("<", "\\u003c"), shown, left_out


def _pack(candidate: Candidate, n_classes: int) -> str:
    """A network as JSON; empty if it cannot run in the page."""
    try:
        network = layers_of(read_onnx(candidate.onnx_path))
    except ModelError:
        return ""
    content = {
        "label": candidate.label,
        "moves": network.moves,
        "layers": [_pack_layer(layer) for layer in _among_classes(network.layers, n_classes)],
    }
    return json.dumps(content)


def _among_classes(layers: Sequence[Layer], n_classes: int) -> list[Layer]:
    """The layers, extended to end in class probabilities: some models return logits, or an extra output for
    "none of them"."""
    before = list(layers[:-1] if layers[-1].kind == "softmax" else layers)
    last = before[-1]
    if last.weights is not None and last.bias is not None and len(last.bias) == n_classes + 1:
        before[-1] = replace(last, weights=last.weights[:, :n_classes], bias=last.bias[:n_classes])
    return [*before, Layer("softmax")]


def _pack_layer(layer: Layer) -> dict[str, Any]:
    content: dict[str, Any] = {"kind": layer.kind}
    if layer.weights is not None and layer.bias is not None:
        large = layer.weights.size > _MAX_EXACT
        weights = layer.weights.astype(np.float16) if large else layer.weights
        content |= {"shape": layer.weights.shape, "weights": _text(weights), "bias": _text(layer.bias)}
    if layer.kind == "convolution":
        content |= {"strides": layer.strides, "pads": layer.pads}
    if layer.kind == "max pooling":
        content |= {"strides": layer.strides, "size": layer.size}
    return content


def _text(values: Weights | np.ndarray[Any, np.dtype[np.float16]]) -> str:
    return base64.b64encode(values.astype(values.dtype.newbyteorder("<")).tobytes()).decode()
