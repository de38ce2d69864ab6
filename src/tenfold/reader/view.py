"""Show a reading: the picture with a box around each digit, and the text of each line."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tenfold.drawing import Drawing
from tenfold.drawing.digits import address_of
from tenfold.reader.annotate import annotate

if TYPE_CHECKING:
    from tenfold.reader.reading import Reading

_MAX_WIDTH, _MAX_HEIGHT = 720, 900  # of the picture as shown
_PIXEL_RATIO = 2  # pixels of the picture per pixel of the drawing
_LINE_PX = 22


def draw_reading(grey: NDArray[np.uint8] | None, reading: "Reading") -> Drawing:
    """The text of a reading, below its picture, grey uint8 (H, W), unless that is None."""
    parts, width, top = [], 480, 8
    if grey is not None:
        picture = annotate(grey, reading)
        picture.thumbnail((_PIXEL_RATIO * _MAX_WIDTH, _PIXEL_RATIO * _MAX_HEIGHT))
        shrink = max(1.0, picture.width / _MAX_WIDTH, picture.height / _MAX_HEIGHT)
        shown = round(picture.width / shrink), round(picture.height / shrink)
        parts.append(
            f'<image x="0" y="0" width="{shown[0]}" height="{shown[1]}" href="{address_of(picture)}"/>'
        )
        width, top = max(width, shown[0]), shown[1] + 8
    lines = _lines(reading)
    texts = [
        f'<text class="row-label" x="24" y="{top + _LINE_PX * number}">{escape(line)}</text>'
        for number, line in enumerate(lines, start=1)
    ]
    parts.append(f'<g class="plot">{"".join(texts)}</g>')
    return Drawing("".join(parts), width, top + _LINE_PX * (len(lines) + 1), "; ".join(lines))


def _lines(reading: "Reading") -> Sequence[str]:
    return [line.written for line in reading.lines] or ["no digits found"]
