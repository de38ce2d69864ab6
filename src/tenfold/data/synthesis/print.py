"""Printed text, in free fonts."""

from functools import cache
from importlib.resources import files

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tenfold.data.synthesis.pen import Ink

# Each package contains one family of fonts, under the SIL Open Font License or Apache's.
_PACKAGES = ("font_roboto", "font_source_serif_pro", "font_caladea")
_PX = 32  # of the fonts, before scaling
_WORDS = """
    name date total no page class school student signature amount account please use black ink only the of and
    for number points question score section room code city street phone sum subject first last year per unit
    price quantity tax bank pay order teacher grade marks candidate examination paper sheet form January
    February March April May June July August September October November December Mon Tue Wed
    """


def choose_print(rng: np.random.Generator, most_words: int = 4) -> str:
    """A few words as on forms, sometimes with a colon, a number or in capitals."""
    words = [str(word) for word in rng.choice(_WORDS.split(), int(rng.integers(1, most_words + 1)))]
    text = " ".join(words)
    text = text.upper() if rng.random() < 0.2 else text[0].upper() + text[1:] if rng.random() < 0.6 else text
    if rng.random() < 0.35:
        text += str(rng.choice(list(":.,;?)")))
    if rng.random() < 0.35:
        text += " " + "".join(map(str, rng.integers(0, 10, int(rng.integers(1, 5)))))
    return text


def print_text(text: str, font: int) -> list[tuple[str, Ink, int]]:
    """Each character of `text`, its ink, float32 (40, w), and the column where it begins.

    A digit is 23 rows high; the baseline is row 32.
    """
    drawn: list[tuple[str, Ink, int]] = []
    x = 0.0
    face = _faces()[font % len(_faces())]
    for character in text:
        width = face.getlength(character)
        if character != " ":
            image = Image.new("L", (int(width) + 8, 40))
            ImageDraw.Draw(image).text((4, 32), character, fill=255, font=face, anchor="ls")
            drawn.append((character, np.asarray(image, dtype=np.float32) / np.float32(255), round(x) - 4))
        x += width
    return drawn


@cache
def _faces() -> list[ImageFont.FreeTypeFont]:
    paths = [str(path) for package in _PACKAGES for path in (files(package) / "files").iterdir()]
    return [ImageFont.truetype(path, _PX) for path in sorted(paths) if path.endswith(".ttf")]
