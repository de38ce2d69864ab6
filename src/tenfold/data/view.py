"""A data set as a drawing: samples and counts of every class."""

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from tenfold.drawing import Drawing, stack
from tenfold.drawing.digits import place

if TYPE_CHECKING:
    from tenfold.data.dataset import Dataset

_SIDE_PX, _ROW_PX = 34, 40


def draw_samples(data: "Dataset", per_class: int = 16, seed: int = 0) -> Drawing:
    """Up to `per_class` training images of each class (test images if there are no others), by `seed`."""
    images, labels = (data.x_train, data.y_train) if len(data.y_train) else (data.x_test, data.y_test)
    random = np.random.default_rng(seed)
    left = 150 + 8 * max(len(name) for name in data.class_names)
    parts = []
    for label, name in enumerate(data.class_names):
        y = _ROW_PX * label
        of_class = np.flatnonzero(labels == label)
        counts = f"{len(of_class):,} + {int((data.y_test == label).sum()):,}"
        parts.append(f'<text class="row-label" x="24" y="{y + 22}">{escape(name)}</text>')
        parts.append(f'<text class="tick end" x="{left - 20}" y="{y + 22}">{counts}</text>')
        chosen = np.sort(random.choice(of_class, min(per_class, len(of_class)), replace=False))
        if len(chosen):
            row = np.pad(images[chosen], ((0, 0), (0, 0), (2, 2))).transpose(1, 0, 2).reshape(28, -1)
            parts.append(place(row, left, y, _SIDE_PX))
    width = left + round(per_class * _SIDE_PX * 32 / 28) + 24
    samples = Drawing(
        f'<g class="plot">{"".join(parts)}</g>',
        width,
        _ROW_PX * len(data.class_names) + 16,
        "samples of each class",
    )
    return stack(data.name, _facts(data), [[samples]])


def _facts(data: "Dataset") -> list[str]:
    """Shapes and types, then cautions."""
    arrays = ", ".join(
        f"{name} {getattr(data, name).dtype} {getattr(data, name).shape}"
        for name in ("x_train", "y_train", "x_test", "y_test")
    )
    return [arrays, "Images per class: training + test", *data.cautions]
