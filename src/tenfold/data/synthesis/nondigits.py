"""Non-digits, which a reader must learn to reject.

Letters and signs come from the Hershey fonts, which consist of strokes, like handwriting (A. V. Hershey,
"Calligraphy for computers", U.S. Naval Weapons Laboratory, 1967). Each function returns a spine, a distance
field as `strokes` makes it, of any size.
"""

from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthesis.strokes import SIDE, Fields, Strokes, spine_of

if TYPE_CHECKING:
    from HersheyFonts import HersheyFonts

# Without those that look like a digit in handwriting: O o D Q like 0, I l i like 1, Z z like 2, S s like 5,
# b G like 6, B like 8, g q like 9.
_LETTERS = "ACEFHJKLMNPRTUVWXYacdefhjkmnprtuvwxy"
_SIGNS = "+*#@%&?=<>$(){}[]~^"
_FONTS = ("futural", "rowmans", "rowmand", "scripts", "scriptc", "cursive", "timesi", "timesr")
_LONG = 40  # about the height of a digit, in grid points


def write_letter(digits: Strokes, rng: np.random.Generator) -> Fields:  # noqa: ARG001
    """A letter or a sign; occasionally two, as in a word."""
    letters = _LETTERS if rng.random() < 0.75 else _SIGNS
    text = "".join(rng.choice(list(letters), size=2 if rng.random() < 0.12 else 1))
    return write_text(text, rng)


def write_text(text: str, rng: np.random.Generator) -> Fields:
    """Letters and signs in one of the fonts."""
    strokes = _font(str(rng.choice(_FONTS))).strokes_for_text(text)
    points = [np.array(stroke) for stroke in strokes]
    low, high = (
        np.min([p.min(axis=0) for p in points], axis=0),
        np.max([p.max(axis=0) for p in points], axis=0),
    )
    scale = _LONG / max(*(high - low), 1)
    width, height = np.ceil((high - low) * scale).astype(int) + 24
    line = _blank(width, height)
    cv2.polylines(line, [np.rint((p - low) * scale + 12).astype(np.int32) for p in points], False, 1)
    return spine_of(line)


@cache
def _font(name: str) -> "HersheyFonts":
    from HersheyFonts import HersheyFonts

    font = HersheyFonts()
    font.load_default_font(name)
    return font


def draw_dash(digits: Strokes, rng: np.random.Generator) -> Fields:  # noqa: ARG001
    """A dash, or a slash that leans further than any 1; straight or bent."""
    degrees = rng.uniform(-30, 30) if rng.random() < 0.6 else rng.uniform(40, 60) * rng.choice([1, 1, 1, -1])
    length = rng.uniform(0.5, 1.0) * _LONG
    reach = 0.5 * length * np.array([np.cos(np.radians(degrees)), -np.sin(np.radians(degrees))])
    bend = np.array([-reach[1], reach[0]]) * rng.normal(0, 0.12)
    middle = np.array([SIDE / 2, SIDE / 2])
    line = _blank(SIDE, SIDE)
    _draw_curve(line, np.stack([middle - reach, middle + bend, middle + reach]))
    if rng.random() < 0.15:
        line |= np.roll(line, int(rng.integers(8, 14)), axis=0)  # an equals sign
    return spine_of(line)


def draw_scribble(digits: Strokes, rng: np.random.Generator) -> Fields:  # noqa: ARG001
    """One to four meaningless strokes."""
    line = _blank(SIDE, SIDE)
    for _ in range(rng.integers(1, 5)):
        _draw_curve(line, rng.uniform(6, SIDE - 6, size=(int(rng.integers(2, 5)), 2)))
    return spine_of(line)


def draw_blot(digits: Strokes, rng: np.random.Generator) -> Fields:  # noqa: ARG001
    """A dot, a blot or a comma: ink without a stroke."""
    line = _blank(SIDE, SIDE)
    length = rng.uniform(4, 14)
    axes = [round(length), round(length * rng.uniform(0.5, 1))]  # a longer one could be a bold 1
    cv2.ellipse(line, (SIDE // 2, SIDE // 2), axes, float(rng.uniform(0, 180)), 0, 360, 1, -1)
    if rng.random() < 0.3:
        tail = np.array([SIDE / 2, SIDE / 2]) + rng.uniform(-18, 18, size=2)
        cv2.line(line, (SIDE // 2, SIDE // 2), tuple(tail.astype(int).tolist()), 1, 3)
    return spine_of(line)


def cut_digit(digits: Strokes, rng: np.random.Generator) -> Fields:
    """Part of a digit, as a wrong cut leaves it: one side of a line through its middle.

    Parts with most of the digit, or as narrow as a 1, are not used: they may be legible.
    """
    while True:
        line = digits.spines[rng.integers(len(digits))] == 0
        # Lines of digits are mostly cut upright.
        degrees = rng.normal(0, 15) if rng.random() < 0.7 else rng.uniform(60, 120)
        across = np.cos(np.radians(degrees)) * _X + np.sin(np.radians(degrees)) * _Y
        side = 1 if rng.random() < 0.5 else -1
        part = (line & (side * across > rng.uniform(-3, 5))).astype(np.uint8)
        _, _, width, height = cv2.boundingRect(part)
        if 0.15 * line.sum() < part.sum() < 0.7 * line.sum() and width > 0.35 * height:
            return spine_of(part)


def join_digits(digits: Strokes, rng: np.random.Generator) -> Fields:
    """Two digits side by side, or a digit and half of another, touching or nearly so."""
    left, right = (_trim(digits.spines[rng.integers(len(digits))]) for _ in range(2))
    if rng.random() < 0.5:
        part = int(right.shape[1] * rng.uniform(0.4, 0.8))
        right = right[:, :part] if rng.random() < 0.5 else right[:, -part:]
        if rng.random() < 0.5:
            left, right = right, left
    overlap = int(rng.integers(-5, 5))
    pair = np.full((SIDE, left.shape[1] + right.shape[1] + 2 * SIDE), 255, dtype=np.uint8)
    pair[:, SIDE : SIDE + left.shape[1]] = left
    start = SIDE + left.shape[1] - overlap
    place = pair[:, start : start + right.shape[1]]
    np.minimum(place, right, out=place)
    return _trim(spine_of((pair == 0).astype(np.uint8)), margin=8)


KINDS = {  # with their share
    write_letter: 0.34,
    draw_dash: 0.16,
    draw_scribble: 0.08,
    draw_blot: 0.07,
    cut_digit: 0.15,
    join_digits: 0.20,
}

_X, _Y = np.meshgrid(np.arange(SIDE) - SIDE / 2, np.arange(SIDE) - SIDE / 2)


def _blank(width: int, height: int) -> NDArray[np.uint8]:
    return np.zeros((height, width), dtype=np.uint8)


def _draw_curve(line: NDArray[np.uint8], points: NDArray[np.float64]) -> None:
    """The Bézier curve of `points`, (K, 2) as x and y, one pixel wide."""
    t = np.linspace(0, 1, 24)[:, None, None]
    control = np.broadcast_to(points, (24, *points.shape))
    while control.shape[1] > 1:
        control = (1 - t) * control[:, :-1] + t * control[:, 1:]
    cv2.polylines(line, [np.rint(control[:, 0]).astype(np.int32)], False, 1)


def _trim(spine: Fields, margin: int = 1) -> Fields:
    """Remove the blank columns left and right of the line, except for a margin."""
    columns = np.flatnonzero((spine == 0).any(axis=0))
    return spine[:, max(columns[0] - margin, 0) : columns[-1] + margin + 1]
