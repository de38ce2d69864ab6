"""A run's charts for notebooks."""

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from tenfold import wording
from tenfold.drawing import Drawing, arrange
from tenfold.drawing.digits import place
from tenfold.drawing.plot import Panel, bar, colour_style
from tenfold.evaluation import reliability_curve
from tenfold.runs.figures import History, learning_plots, reliability_plot, shade_errors

WIDTH = 760
_CELL_PX = 34
_DIGIT_PX, _COLUMN_PX, _ROW_PX = 56, 74, 96
_CARD_PX, _CARDS_PER_ROW = 122, 6


def draw_history(history: History, label: str) -> Drawing:
    """Accuracy and loss per epoch."""
    plots = learning_plots([history], label)
    panels = [
        Panel(title, plot.inside(), left=64 + at * (WIDTH // 2), top=48, width=280, height=170)
        for at, (title, plot) in enumerate(plots)
    ]
    drawing = arrange(panels, label="; ".join(plot.label for _, plot in plots), width=WIDTH, height=290)
    held_out = "Solid: held-out images." if "val_accuracy" in history[0] else "None were held out."
    return _with_note(drawing, f"Dashed or hollow: training images. {held_out}")


def draw_calibration(labels: NDArray[np.int64], probabilities: NDArray[np.float32], label: str) -> Drawing:
    """Accuracy against confidence; well calibrated on the diagonal."""
    plot = reliability_plot(reliability_curve(labels, probabilities), 0, label)
    panel = Panel("Calibration: how often it is right", plot.inside(), left=64, top=66, width=290, height=290)
    drawing = arrange([panel], label=plot.label, width=380, height=430)
    return _with_note(drawing, "Larger marks: more images. Strokes: 95 % intervals.")


def draw_confusion(matrix: NDArray[np.int64], names: Sequence[str]) -> Drawing:
    """True classes in rows, predicted ones in columns; stronger colours mean more mistakes."""
    shades = shade_errors(matrix)
    left = 40 + 8 * max(map(len, names))
    side = _CELL_PX * len(names)
    parts = [
        f'<text class="row-label" x="{left}" y="24">True class (rows) and predicted class (columns)</text>'
    ]
    for i, name in enumerate(names):
        middle = _CELL_PX * (i + 0.5)
        parts.append(f'<text class="tick end" x="{left - 10}" y="{66 + middle + 4:g}">{escape(name)}</text>')
        parts.append(_column_head(name, left + middle))
        for j in range(len(names)):
            x, y = left + _CELL_PX * j, 66 + _CELL_PX * i
            parts.append(_cell(x, y, int(matrix[i, j]), float(shades[i, j]), right=i == j))
    wrong = int(matrix.sum() - matrix.trace())
    label = f"Confusion matrix: {wrong:,} of {int(matrix.sum()):,} images read wrong"
    return Drawing(
        f'<g class="plot"{colour_style(0)}>{"".join(parts)}</g>', max(left + side + 24, 380), 90 + side, label
    )


def draw_digits(
    images: NDArray[np.uint8], true: Sequence[str], read: Sequence[str], *, columns: int = 9
) -> Drawing:
    """Images with their true class, and the predicted one if it differs."""
    parts = []
    for index, (image, name, answer) in enumerate(zip(images, true, read, strict=True)):
        x, y = 24 + _COLUMN_PX * (index % columns), 24 + _ROW_PX * (index // columns)
        parts.append(place(image, x, y, _DIGIT_PX))
        said = escape(name) if name == answer else f"{escape(name)} read as {escape(answer)}"
        kind = "tick middle" if name == answer else "wrong middle small"
        parts.append(f'<text class="{kind}" x="{x + _DIGIT_PX / 2:g}" y="{y + _DIGIT_PX + 18}">{said}</text>')
    wrong = sum(name != answer for name, answer in zip(true, read, strict=True))
    return Drawing(
        f'<g class="plot"{colour_style(1)}>{"".join(parts)}</g>',
        48 + _COLUMN_PX * min(columns, max(len(true), 1)),
        32 + _ROW_PX * -(-len(true) // columns),
        f"{wording.plural(len(true), 'image')}, {wrong} of them read wrong",
    )


def draw_mistakes(
    images: NDArray[np.uint8],
    numbers: Sequence[int],
    labels: NDArray[np.int64],
    probabilities: NDArray[np.float32],
    names: Sequence[str],
) -> Drawing:
    """The images with their numbers in the test set, and two probabilities: of the predicted class above, in
    colour, and of the true class below."""
    parts = ['<text class="row-label" x="24" y="24">The worst mistakes (#: test image)</text>']
    for at, (image, number, true, row) in enumerate(zip(images, numbers, labels, probabilities, strict=True)):
        x, y = 24 + _CARD_PX * (at % _CARDS_PER_ROW), 40 + 150 * (at // _CARDS_PER_ROW)
        read = int(row.argmax())
        parts.append(place(image, x, y, _DIGIT_PX))
        parts.append(f'<text class="tick small" x="{x + _DIGIT_PX + 6}" y="{y + 12}">#{number}</text>')
        caption = f"{escape(names[true])} read as {escape(names[read])}"
        parts.append(f'<text class="row-label" x="{x}" y="{y + _DIGIT_PX + 20}">{caption}</text>')
        for line, (label, kind) in enumerate(((read, "alone"), (int(true), "both"))):
            middle = y + _DIGIT_PX + 34 + 16 * line
            parts.append(_probability(x, middle, names[label], float(row[label]), kind))
    return Drawing(
        f'<g class="plot"{colour_style(1)}>{"".join(parts)}</g>',
        24 + _CARD_PX * min(_CARDS_PER_ROW, max(len(numbers), 1)),
        40 + 150 * -(-len(numbers) // _CARDS_PER_ROW),
        f"The {wording.plural(len(numbers), 'worst mistake')} on the test images",
    )


def _probability(x: float, middle: float, name: str, probability: float, kind: str) -> str:
    """A class, a bar, and its probability, in the 98 pixels of a card."""
    short = name if len(name) < 3 else f"{name[:2]}."
    return (
        f'<text class="tick small" x="{x}" y="{middle + 4}">{escape(short)}</text>'
        f'<svg x="{x + 16}" y="{middle - 3}" width="44" height="6">{bar(0, 50, 100, 6, "track")}'
        f"{bar(0, 50, 100 * probability, 6, kind)}</svg>"
        f'<text class="tick small end" x="{x + 100}" y="{middle + 4}">'
        f"{wording.percent(probability, 0)}</text>"
    )


def _cell(x: float, y: float, count: int, shade: float, *, right: bool) -> str:
    kind = "right" if right else "" if count else "none"
    style = f' style="fill:color-mix(in srgb, var(--c) {60 * shade:.1f}%, var(--wash))"' if count else ""
    size = _CELL_PX - 1
    ground = f'<rect class="cell" x="{x + 0.5}" y="{y + 0.5}" width="{size}" height="{size}"{style}/>'
    ground = "" if right else ground
    middle = f'x="{x + _CELL_PX / 2:g}" y="{y + _CELL_PX / 2 + 4:g}"'
    return f'{ground}<text class="middle {kind}" {middle}>{count}</text>'


def _column_head(name: str, x: float) -> str:
    return f'<text class="tick middle" x="{x:g}" y="56">{escape(name[:4])}</text>'


def _with_note(drawing: Drawing, note: str) -> Drawing:
    words = f'<g class="plot"><text class="tick" x="64" y="{drawing.height - 12}">{escape(note)}</text></g>'
    return Drawing(drawing.inside + words, drawing.width, drawing.height, drawing.label)
