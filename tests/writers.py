"""Characters as two writers with very even hands would write them: with the strokes of two Hershey fonts."""

from pathlib import Path

import numpy as np
from HersheyFonts import HersheyFonts

from tenfold.data.pen_arrays import as_arrays
from tenfold.data.pens import Characters, as_characters

FONTS = ("futural", "scripts")
TEXT = "0123456789.,-/:+=()%" + "abcdefghijklmnopqrstuvwxyzACEHNOXZ" + "$#*&@?<>[]{}!'|"


def arrays_of(fonts: tuple[str, ...] = FONTS) -> dict[str, np.ndarray]:
    """The arrays of a collection, as the published ones have them; writer n writes in the font n."""
    characters = []
    for writer, name in enumerate(fonts):
        font = HersheyFonts()
        font.load_default_font(name)
        unit = 100 / np.ptp([y for stroke in font.strokes_for_text("8") for _, y in stroke])
        for label in TEXT:
            ways = [np.array(stroke, dtype=float) * unit for stroke in font.strokes_for_text(label)]
            corner = np.concatenate(ways).min(axis=0)
            characters.append((label, writer, [np.rint(way - corner).astype(np.int16) for way in ways]))
    return as_arrays(characters)


def characters_of(fonts: tuple[str, ...] = FONTS) -> Characters:
    return as_characters(arrays_of(fonts))


def write_collection(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    np.savez_compressed(path, allow_pickle=False, **arrays)
    return path
