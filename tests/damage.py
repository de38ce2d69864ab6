"""Randomly damaged files, for code that reads untrusted files."""

import io
import random
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def damaged_pictures(page: NDArray[np.uint8], count: int) -> Iterator[bytes]:
    """The given number of files, most of them still recognizable as pictures; the same on every call."""
    seeds = list(_encoded(page))
    chance = random.Random(count)
    for _ in range(count):
        content = bytearray(chance.choice(seeds))
        for _ in range(chance.choice((1, 1, 2, 3))):
            chance.choice(_MUTATIONS)(content, chance)
            content = content or bytearray(1)
        yield bytes(content)


def _encoded(page: NDArray[np.uint8]) -> Iterator[bytes]:
    """Small pictures as many encoders write them."""
    grey = Image.fromarray(page).resize((60, 40))
    colored, clear = grey.convert("RGB"), grey.convert("RGBA")
    clear.putalpha(grey)
    exif = grey.getexif()
    exif[0x0112], exif[0x010E] = 6, "a number"
    variants: list[tuple[Image.Image, str, dict[str, object]]] = [
        (grey, "PNG", {}),
        (colored, "PNG", {"optimize": True, "exif": exif}),
        (clear, "PNG", {}),
        (grey.convert("P"), "PNG", {"transparency": 0}),
        (grey.convert("1"), "PNG", {}),
        (Image.fromarray(np.asarray(grey).astype(np.uint16) * 257), "PNG", {}),
        (colored, "JPEG", {"exif": exif}),
        (grey, "JPEG", {"progressive": True}),
        (colored.convert("CMYK"), "JPEG", {}),
        (colored, "MPO", {"save_all": True, "append_images": [colored]}),
        (colored, "WEBP", {"quality": 50}),
        (clear, "WEBP", {"lossless": True}),
        (colored, "WEBP", {"save_all": True, "append_images": [colored.rotate(90)]}),
        (grey, "BMP", {}),
        (colored, "BMP", {}),
        (grey.convert("1"), "BMP", {}),
        (grey, "TIFF", {"exif": exif}),
        (colored, "TIFF", {"compression": "tiff_lzw"}),
        (grey.convert("1"), "TIFF", {"compression": "group4"}),
        (colored, "TIFF", {"compression": "jpeg"}),
        (grey.convert("F").point(lambda level: level / 255), "TIFF", {"compression": "tiff_adobe_deflate"}),
        (grey, "GIF", {}),
        (colored, "GIF", {"save_all": True, "append_images": [colored.rotate(90)]}),
    ]
    for image, kind, options in variants:
        stream = io.BytesIO()
        image.save(stream, format=kind, **options)
        yield stream.getvalue()


def _flip(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _overwrite(content: bytearray, chance: random.Random) -> None:
    """With what is often a limit, where headers keep their numbers."""
    value = chance.choice((b"\0", b"\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\x80"))
    start = chance.randrange(min(len(content), chance.choice((64, 256, 10**6))))
    content[start : start + len(value)] = value


def _cut(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(content))
    del content[start : start + chance.choice((1, 4, 100, 10**6))]


def _repeat(content: bytearray, chance: random.Random) -> None:
    start, end = sorted(chance.randrange(len(content)) for _ in range(2))
    content[start:start] = content[start:end]


_MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (_flip, _overwrite, _cut, _repeat)
