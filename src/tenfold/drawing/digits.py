"""Pictures of digits in pages and drawings: ink on a transparent background, for light and dark."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Digit = NDArray[np.uint8]  # (28, 28), 0 paper .. 255 ink


def place(images: NDArray[np.uint8], x: float, y: float, side: float) -> str:
    """A digit, or n side by side, (28, 28 n), at a position in a drawing, `side` pixels high."""
    width = side * images.shape[1] / images.shape[0]
    return (
        f'<image class="digits" x="{x:g}" y="{y:g}" width="{width:g}" height="{side:g}" '
        f'href="{data_uri(images)}"/>'
    )


def data_uri(image: Digit) -> str:
    """`image` as a PNG data URI: black, with the ink as opacity."""
    return address_of(Image.fromarray(np.dstack([np.zeros_like(image), image])))


def address_of(picture: Image.Image) -> str:
    """`picture` as a PNG data URI."""
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
