"""Pictures that need more work than writing: patterns of thousands of connected components, endless lines,
one component that fills everything.

`draw` draws a picture of a kind at any size.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
Shape = tuple[int, int]

_PAPER, _INK = 255, 0


def draw(kind: str, shape: Shape, rng: np.random.Generator) -> Picture:
    """A picture uint8 (H, W) of a kind in `KINDS`, dark on white, with random parameters."""
    return KINDS[kind](shape, rng)


def draw_any(shape: Shape, rng: np.random.Generator) -> Picture:
    """A picture of any kind, or two overlaid, on any kind of paper."""
    picture = draw(str(rng.choice(sorted(KINDS))), shape, rng)
    if rng.random() < 0.3:
        picture = np.minimum(picture, draw(str(rng.choice(sorted(KINDS))), shape, rng))
    if rng.random() < 0.2:
        picture = _in_bad_light(picture, rng)
    return ~picture if rng.random() < 0.2 else picture


def bars(shape: Shape, rng: np.random.Generator, width: int = 0, height: int = 0, gap: int = 0) -> Picture:
    """Rows of upright bars, each like a 1."""
    width, height = width or _some(rng, 1, 6), height or _some(rng, 1, 30)
    gap = gap or _some(rng, 1, 20)
    rows, columns = np.arange(shape[0]) % (height + gap) < height, np.arange(shape[1]) % (width + gap) < width
    return _ink(np.logical_and.outer(rows, columns))


def stairs(shape: Shape, rng: np.random.Generator, size: int = 0) -> Picture:
    """Squares, each a little lower than the one before, so that few are in one line."""
    size = size or _some(rng, 2, 12)
    rows, columns = np.indices(shape, dtype=np.int32)
    lower = columns // (size + 1) * (size * 2 // 3 + 1)
    return _ink(((rows + lower) % (3 * size) < size) & (columns % (size + 1) < size))


def dots(shape: Shape, rng: np.random.Generator, pitch: int = 0) -> Picture:
    """One pixel per square of `pitch`."""
    pitch = pitch or _some(rng, 2, 9)
    picture = np.full(shape, _PAPER, dtype=np.uint8)
    picture[::pitch, ::pitch] = _INK
    return picture


def discs(shape: Shape, rng: np.random.Generator, count: int = 0) -> Picture:
    """Discs of all sizes, anywhere."""
    picture = np.full(shape, _PAPER, dtype=np.uint8)
    count = count or _some(rng, 1, shape[0] * shape[1] // 50 + 2)
    for y, x, radius in zip(
        rng.integers(shape[0], size=count),
        rng.integers(shape[1], size=count),
        rng.geometric(0.3, size=count),
        strict=True,
    ):
        cv2.circle(picture, (int(x), int(y)), int(radius), _INK, -1)
    return picture


def checkers(shape: Shape, rng: np.random.Generator, side: int = 0) -> Picture:
    """A checkerboard: squares touch at corners and form one component."""
    side = side or _some(rng, 1, 12)
    rows, columns = np.arange(shape[0]) // side, np.arange(shape[1]) // side
    return _ink(np.add.outer(rows, columns) % 2 == 0)


def dither(shape: Shape, rng: np.random.Generator) -> Picture:
    """A grey gradient, in black and white by error diffusion."""
    first, last, drop = rng.uniform((0, 0, 0), (256, 256, 40))
    grey = np.add.outer(np.linspace(0, drop, shape[0]), np.linspace(first, last, shape[1]))
    return np.asarray(Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).convert("1").convert("L"))


def screen(shape: Shape, rng: np.random.Generator) -> Picture:
    """The same as in print, with dots that grow with the darkness."""
    pitch, angle = rng.uniform(3, 9), rng.uniform(0, np.pi / 2)
    rows, columns = np.indices(shape, dtype=np.float32)
    across = (rows * np.sin(angle) + columns * np.cos(angle)) * (2 * np.pi / pitch)
    down = (rows * np.cos(angle) - columns * np.sin(angle)) * (2 * np.pi / pitch)
    return _ink(np.cos(across) + np.cos(down) > np.linspace(-1.5, 1.9, shape[1], dtype=np.float32))


def combs(shape: Shape, rng: np.random.Generator, pitch: int = 0) -> Picture:
    """Interlocking combs."""
    pitch = pitch or _some(rng, 2, 9)
    picture = np.full(shape, _PAPER, dtype=np.uint8)
    picture[:, ::pitch] = _INK
    height = max(2 * pitch, shape[0] // _some(rng, 1, 9))
    for number, top in enumerate(range(0, shape[0], height)):
        spine = top if number % 2 else top + height - 1
        picture[top : top + 1], picture[spine : spine + 1] = _PAPER, _INK
    return picture


def frames(shape: Shape, rng: np.random.Generator, pitch: int = 0) -> Picture:
    """Nested rectangles."""
    pitch = pitch or _some(rng, 2, 9)
    rows, columns = (np.minimum(np.arange(side), np.arange(side)[::-1]) for side in shape)
    return _ink(np.minimum.outer(rows, columns) % pitch == 0)


def hooks(shape: Shape, rng: np.random.Generator, pitch: int = 0) -> Picture:
    """Nested right angles that run into the picture's edge."""
    pitch = pitch or _some(rng, 2, 9)
    rows, columns = (np.arange(side) for side in shape)
    return _ink(np.minimum.outer(rows, columns) % pitch == 0)


def spiral(shape: Shape, rng: np.random.Generator, pitch: float = 0) -> Picture:
    """One stroke that winds around itself until it fills the picture."""
    pitch = pitch or rng.uniform(2.5, 12)
    picture = np.full(shape, _PAPER, dtype=np.uint8)
    turns = np.hypot(*shape) / 2 / pitch
    angle = np.sqrt(np.linspace(0, 1, int(40 * turns**1.5) + 2)) * 2 * np.pi * turns
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1) * (pitch * angle / 2 / np.pi)[:, None]
    middle = np.array(shape[::-1]) / 2
    cv2.polylines(picture, [np.rint(points + middle).astype(np.int32)], isClosed=False, color=_INK)
    return picture


def rulings(shape: Shape, rng: np.random.Generator, pitch: int = 0) -> Picture:
    """Lines from edge to edge, level or a little slanted, with gaps or without."""
    pitch = pitch or _some(rng, 2, 12)
    picture = np.full(shape, _PAPER, dtype=np.uint8)
    drop = int(rng.integers(-pitch, pitch + 1)) if rng.random() < 0.5 else 0
    for y in range(0, shape[0], pitch):
        cv2.line(picture, (0, y), (shape[1] - 1, y + drop), _INK, 1)
    if rng.random() < 0.4:
        picture[:, :: _some(rng, 3, 40)] = _PAPER
    return picture


def squared(shape: Shape, rng: np.random.Generator, pitch: int = 0) -> Picture:
    """Squared paper, its lines all one component."""
    pitch = pitch or _some(rng, 2, 12)
    picture = np.full(shape, _PAPER, dtype=np.uint8)
    picture[::pitch], picture[:, ::pitch] = _INK, _INK
    return picture


def specks(shape: Shape, rng: np.random.Generator, share: float = 0.0) -> Picture:
    """A share `share` of black pixels, anywhere."""
    return _ink(rng.random(shape, dtype=np.float32) < (share or float(10 ** rng.uniform(-4, -0.05))))


def noise(shape: Shape, rng: np.random.Generator) -> Picture:
    """Random grey levels."""
    return rng.integers(0, 256, shape, dtype=np.uint8)


def blobs(shape: Shape, rng: np.random.Generator, size: float = 0.0) -> Picture:
    """Smoothed noise: components of all shapes, the size of digits."""
    size = size or rng.uniform(0.8, 6)
    smooth = cv2.GaussianBlur(rng.random(shape, dtype=np.float32), (0, 0), size)
    return _ink(smooth < np.quantile(smooth, rng.uniform(0.05, 0.7)))


def pepper(shape: Shape, rng: np.random.Generator, share: float = 0.0) -> Picture:
    """A page of digits with black specks."""
    return np.minimum(digits(shape, rng, 40), specks(shape, rng, share))


def digits(shape: Shape, rng: np.random.Generator, height: int = 0) -> Picture:
    """Digits all over the page, as dense as possible."""
    height = height or _some(rng, 6, 40)
    picture = np.full(shape, _PAPER, dtype=np.uint8)
    number = "".join(rng.choice(list("0123456789"), size=shape[1] // height * 2 + 1))
    for y in range(height, shape[0] + height, round(1.3 * height)):
        cv2.putText(
            picture, number, (2, y), cv2.FONT_HERSHEY_SIMPLEX, height / 22, _INK, max(1, height // 10)
        )
    return picture


def table(shape: Shape, rng: np.random.Generator, height: int = 0) -> Picture:
    """Digits in rows and columns, each half its height from the next."""
    height = height or _some(rng, 6, 40)
    picture = np.full(shape, _PAPER, dtype=np.uint8)
    for y in range(height, shape[0], 3 * height // 2):
        for x in range(height // 2, shape[1] - height, 3 * height // 2):
            digit = str(rng.integers(10))
            cv2.putText(
                picture, digit, (x, y), cv2.FONT_HERSHEY_SIMPLEX, height / 22, _INK, max(1, height // 10)
            )
    return picture


def blank(shape: Shape, rng: np.random.Generator) -> Picture:
    """One grey level."""
    return np.full(shape, rng.integers(256), dtype=np.uint8)


def waves(shape: Shape, rng: np.random.Generator) -> Picture:
    """Smooth grey waves without edges."""
    y, x = rng.uniform(0.001, 0.4, 2)
    rows, columns = np.arange(shape[0], dtype=np.float32), np.arange(shape[1], dtype=np.float32)
    grey = np.add.outer(np.sin(y * rows), np.sin(x * columns))
    return np.asarray(127 + 60 * grey, dtype=np.uint8)


KINDS: dict[str, Callable[..., Picture]] = {
    kind.__name__: kind
    for kind in (
        bars,
        blank,
        blobs,
        checkers,
        combs,
        digits,
        discs,
        dither,
        dots,
        frames,
        hooks,
        noise,
        pepper,
        rulings,
        screen,
        specks,
        spiral,
        squared,
        stairs,
        table,
        waves,
    )
}


def _ink(mask: NDArray[np.bool_]) -> Picture:
    return np.where(mask, np.uint8(_INK), np.uint8(_PAPER))


def _some(rng: np.random.Generator, low: int, high: int) -> int:
    return int(rng.integers(low, high + 1))


def _in_bad_light(picture: Picture, rng: np.random.Generator) -> Picture:
    """Darker to one side, and rough."""
    light = np.linspace(1, rng.uniform(0.3, 1), picture.shape[1], dtype=np.float32)
    rough = rng.normal(0, rng.uniform(0.5, 12), picture.shape).astype(np.float32)
    return np.asarray(np.clip(picture * light + rough, 0, 255), dtype=np.uint8)
