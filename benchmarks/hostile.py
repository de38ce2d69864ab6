"""Time and memory for reading hostile pictures, drawn to take as much of both as possible.

usage: python benchmarks/hostile.py [--only WORD]

Draws patterns of every kind and density, at the working size (2,000 pixels) and at the maximum size (50
megapixels), in several formats. Each is read on one core in a separate process: as a page, and as a picture
of one digit. Prints CPU seconds and peak MiB for each, the slowest last, and saves them in
benchmarks/results/.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

import hostile_pictures as draw
from hostile_pictures import KINDS, Picture
from measuring import in_new_process, keep, memory_bytes, parser

READ, LARGEST = (2000, 2000), (7071, 7071)  # the working size; the maximum size
SHOWN = 10

Draw = Callable[[np.random.Generator], Picture]


def pictures() -> Iterator[tuple[str, Draw, str, dict[str, Any]]]:
    """Each picture's name, drawing function, Pillow mode, and options for saving."""
    for name, drawing, shape in (
        ("bars 3 x 18", partial(draw.bars, width=3, height=18, gap=14), READ),
        ("pepper on A4 at 200 dpi, 0.2 %", partial(draw.pepper, share=0.002), (2339, 1654)),
        ("dither 872 x 532", draw.dither, (532, 872)),
        ("a row of 50 million", draw.specks, (1, 50_000_000)),
        ("a column of 50 million", draw.specks, (50_000_000, 1)),
        ("bars 100 x 500,000", draw.bars, (100, 500_000)),
    ):
        yield name, partial(drawing, shape), "L", {}
    for share in (0.0005, 0.002, 0.01, 0.05, 0.2, 0.5, 0.8):
        yield f"specks, {share:.2%}", partial(draw.specks, READ, share=share), "L", {}
    for size in (1.0, 2.0, 4.0, 8.0):
        yield f"blobs of {size:g}", partial(draw.blobs, READ, size=size), "L", {}
    for height in (8, 12, 20, 32, 64):
        yield f"digits of {height}", partial(draw.digits, READ, height=height), "L", {}
    for kind, drawing in KINDS.items():
        yield kind, partial(drawing, READ), "L", {}
        yield f"{kind}, 50 megapixels", partial(drawing, LARGEST), "L", {}
    for mode in ("1", "P", "RGB", "RGBA", "I;16"):
        yield f"digits, 50 megapixels, {mode}", partial(draw.digits, LARGEST, height=100), mode, {}
    for kind, options in (
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 95, "progressive": True}),
        ("WEBP", {"lossless": True, "method": 0, "quality": 0}),
        ("TIFF", {"compression": "tiff_lzw"}),
    ):
        name = f"blobs, 50 megapixels, {kind} {' '.join(f'{key}={value}' for key, value in options.items())}"
        yield name, partial(draw.blobs, LARGEST, size=4.0), "RGB", {"format": kind, **options}
    for number in range(20):
        yield f"any of them, {number}", partial(draw.draw_any, READ), "L", {}


def save(picture: Picture, mode: str, options: dict[str, Any], path: Path) -> None:
    if mode == "I;16":
        image = Image.fromarray(picture.astype(np.uint16) * 257)
    else:
        image = Image.fromarray(picture).convert(mode)
    image.save(path, **(options or {"format": "PNG", "compress_level": 1}))


def read(path: str) -> dict[str, Any]:
    """Time and memory for reading the picture at `path`."""
    from tenfold.errors import ImageError
    from tenfold.reader import Reader

    cv2.setNumThreads(1)
    reader = Reader(cores=1)
    blank = np.full((40, 40), 255, dtype=np.uint8)
    blank[10:30, 18:22] = 0
    reader.read(blank)
    before = peak_mib()
    start = time.process_time()
    try:
        reading = reader.read(path)
        came_of_it = f"{sum(len(line.digits) for line in reading.lines)} digits"
    except ImageError as error:
        came_of_it = str(error).removeprefix(f"{path} ").partition(", more")[0]
    page_s = time.process_time() - start
    start = time.process_time()
    with suppress(ImageError):  # too large to decode, so refused at once
        reader.read_digits([path])
    digit_s = time.process_time() - start
    return {
        "cpu_s": round(page_s, 2),
        "single_cpu_s": round(digit_s, 2),
        "peak_mib": peak_mib(),
        "peak_mib_before": before,
        "came_of_it": came_of_it,
    }


def peak_mib() -> int:
    """This process's peak memory."""
    return memory_bytes("VmHWM") // 2**20


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--only", default="", help="read the pictures with this in their names")
    arguments = made.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, drawing, mode, options) in enumerate(pictures()):
            if arguments.only not in name:
                continue  # the number is also the seed, so it must not shift
            path = Path(folder) / f"picture.{options.get('format', 'png').lower()}"
            save(drawing(np.random.default_rng(number)), mode, options, path)
            results[name] = {"bytes": path.stat().st_size, **in_new_process(read, str(path))}
            print(f"{name}: {results[name]}", flush=True)
    ordered = sorted(results.items(), key=lambda item: item[1]["cpu_s"])
    keep("hostile", {"n": len(results), "pictures": dict(ordered)})
    for name, of in ordered[-SHOWN:]:
        print(f"{of['cpu_s']:6.2f} s {of['peak_mib']:5} MiB  {name}: {of['came_of_it']}")


if __name__ == "__main__":
    main()
