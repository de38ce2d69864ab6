"""A network diagram: the output of each layer, from top to bottom."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from tenfold import wording
from tenfold.drawing.drawing import Drawing

WIDTH = 340
_LEFT, _TEXT = 74, 158  # centre of the drawings, left edge of the text
_SIDE_PX = 1.75  # of one pixel of a layer's image
_SLANT = 0.45  # slope of a box's receding edges
_GAP = 26

# Colours follow the page, if there is one; a standalone picture has its own, for light and dark.
_STYLE = """
.architecture { --a-ink: var(--ink, #1c1b19); --a-soft: var(--muted, #6a665f);
  --a-fill: var(--accent, #0a6ab4);
  font: 13px/1.3 var(--sans, system-ui, sans-serif); display: block; width: 100%; max-width: 420px;
  overflow: visible }
@media (prefers-color-scheme: dark) { .architecture { --a-ink: var(--ink, #eceae4);
  --a-soft: var(--muted, #a5a199); --a-fill: var(--accent, #59aef2) } }
.architecture .body { fill: var(--a-fill); fill-opacity: .16; stroke: var(--a-fill); stroke-width: 1.2;
  stroke-linejoin: round }
.architecture .edges { fill: none }
.architecture .plain { fill: none; stroke: var(--a-soft); stroke-width: 1.2; stroke-linejoin: round }
.architecture .flow { stroke: var(--a-soft); stroke-width: 1; fill: none }
.architecture .name { fill: var(--a-ink); font-weight: 600 }
.architecture .facts { fill: var(--a-soft); font-size: 12px }
"""


def draw_architecture(layers: Sequence[Mapping[str, Any]]) -> str:
    """SVG text of recipe.json's "layers": each with its output's shape, activation and parameters.

    A box has the layer's image size, all to one scale, and the logarithm of its channels as depth; a bar's
    length is the logarithm of its vector's; layers with parameters are coloured. The text can be embedded in
    a page or saved as a file.
    """
    rows, y = [], 8.0
    for index, layer in enumerate(layers):
        shape = tuple(layer["output_shape"])
        height = max(_height(shape), 36.0)
        if index:
            rows.append(_arrow(y - _GAP, y - 4))
        rows.append(_draw_layer(layer, shape, y + height / 2))
        y += height + _GAP
    height = y - _GAP + 8
    described = escape(describe_architecture(layers))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="architecture" role="img" '
        f'viewBox="0 0 {WIDTH} {height:g}">'
        f"<title>{described}</title><style>{_STYLE}</style>{''.join(rows)}</svg>"
    )


def draw_network(layers: Sequence[Mapping[str, Any]]) -> Drawing:
    """The same as a standalone drawing."""
    svg = draw_architecture(layers)
    height = math.ceil(float(svg.partition(f'viewBox="0 0 {WIDTH} ')[2].partition('"')[0]))
    inside = f'<svg x="24" y="16" width="{WIDTH}" height="{height}">{svg}</svg>'
    return Drawing(inside, WIDTH + 48, height + 32, describe_architecture(layers))


def describe_architecture(layers: Sequence[Mapping[str, Any]]) -> str:
    """The same in words, for screen readers."""
    parts = [
        f"{_printed_name(layer)}{f', {_activation(layer)}' if layer['activation'] else ''}, "
        f"{_printed_shape(layer['output_shape'])}"
        for layer in layers
    ]
    return f"The layers in order: {'; '.join(parts)}"


def _draw_layer(layer: Mapping[str, Any], shape: tuple[int, ...], middle: float) -> str:
    style = "body" if layer["parameters"] else "plain"
    drawing = _draw_box(shape, middle, style) if len(shape) == 3 else _draw_vector(shape[-1], middle, style)
    facts = [_printed_shape(shape), *([_activation(layer)] if layer["activation"] else [])]
    return (
        f"{drawing}"
        f'<text class="name" x="{_TEXT}" y="{middle - 3:g}">{escape(_printed_name(layer))}</text>'
        f'<text class="facts" x="{_TEXT}" y="{middle + 14:g}">{escape(" · ".join(facts))}</text>'
    )


def _draw_box(shape: tuple[int, ...], middle: float, style: str) -> str:
    rows, columns, channels = shape
    width, height, depth = columns * _SIDE_PX, rows * _SIDE_PX, _depth(channels)
    rise = depth * _SLANT
    x, y = _LEFT - (width + depth) / 2, middle - (height - rise) / 2  # of the front's upper left corner
    outline = (
        f"M{x:.1f} {y:.1f}l{depth:.1f} {-rise:.1f}h{width:.1f}v{height:.1f}"
        f"l{-depth:.1f} {rise:.1f}h{-width:.1f}z"
    )
    edges = f"M{x:.1f} {y:.1f}h{width:.1f}v{height:.1f}m0 {-height:.1f}l{depth:.1f} {-rise:.1f}"
    return f'<path class="{style}" d="{outline}"/><path class="{style} edges" d="{edges}"/>'


def _draw_vector(units: int, middle: float, style: str) -> str:
    length = max(8.0, 9 * math.log2(units + 1))
    if units > 16:
        return (
            f'<rect class="{style}" x="{_LEFT - length / 2:.1f}" y="{middle - 5:.1f}" width="{length:.1f}" '
            'height="10" rx="2"/>'
        )
    step = 11.0
    first = _LEFT - step * (units - 1) / 2
    return "".join(
        f'<circle class="{style}" cx="{first + step * unit:.1f}" cy="{middle:.1f}" r="4"/>'
        for unit in range(units)
    )


def _arrow(top: float, bottom: float) -> str:
    return f'<path class="flow" d="M{_LEFT} {top + 4:g}V{bottom:g}m-3.5 -4.5l3.5 4.5l3.5 -4.5"/>'


def _height(shape: tuple[int, ...]) -> float:
    """The height of an output's drawing, in pixels."""
    return shape[0] * _SIDE_PX + _depth(shape[2]) * _SLANT if len(shape) == 3 else 10.0


def _depth(channels: int) -> float:
    return 4 + 6 * math.log2(channels)


def _printed_name(layer: Mapping[str, Any]) -> str:
    """The layer's name with a multiplication sign between sizes."""
    words = str(layer["name"]).split(" ")
    return " ".join(word.replace("x", "×") if word[:1].isdigit() else word for word in words)


def _activation(layer: Mapping[str, Any]) -> str:
    return {"relu": "ReLU"}.get(layer["activation"], str(layer["activation"]))


def _printed_shape(shape: Sequence[int]) -> str:
    return " × ".join(wording.count(size) for size in shape)
