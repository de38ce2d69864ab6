"""Memory for reading one large picture: every kind of file, 50 million pixels, one process each.

usage: python benchmarks/decoding_memory.py [KIND ...]

For each kind, prints the process's megabytes before, at the peak and after. If a kind is refused at that
size, its largest accepted size is read instead. Figures for arrays include the caller's own array, which is
stated. Saves the table in benchmarks/results/.
"""

import math
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from measuring import in_new_process, keep, memory_bytes, parser

SIDE_PX = 7071


def read(path: str) -> dict[str, Any]:
    """The memory for reading a picture twice, in MB, and why it was refused, if it was."""
    from tenfold import ImageError, Reader

    def megabytes(field: str) -> int:
        return memory_bytes(field) // 10**6

    reader, small = Reader(), np.full((2000, 2000), 255, np.uint8)
    small[900:1100, 900:920] = 0
    reader.read(small)
    before, array_mb = megabytes("VmRSS"), 0
    picture: Any = path
    if path.endswith(".npy"):
        picture = np.load(path)
        array_mb = picture.nbytes // 10**6
    refused = None
    try:
        for _ in range(2):
            reader.read(picture)
    except ImageError as error:
        refused = str(error)
    del picture
    return {
        "before": before,
        "peak": megabytes("VmHWM"),
        "after": megabytes("VmRSS"),
        "array": array_mb,
        "refused": refused,
    }


def drawn(side: int, mode: str) -> Image.Image:
    """Bars as high as digits, on white or transparent ground."""
    page = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(page)
    for left in range(side // 10, side - side // 10, side // 10):
        draw.rectangle((left, side // 3, left + side // 100, side // 2), fill=0)
    match mode:
        case "I":
            return page.convert("I")
        case "I;16":
            return Image.fromarray(np.asarray(page).astype(np.uint16) * 257)
        case "F":
            return Image.fromarray(np.asarray(page) / np.float32(255))
        case "RGBA" | "LA":
            page = page.convert(mode)
            page.putalpha(254)
        case "P":
            page = page.quantize(16)
        case _:
            page = page.convert(mode)
    return page


def saved(mode: str, kind: str, **options: Any) -> Callable[[int, Path], None]:
    def save(side: int, path: Path) -> None:
        drawn(side, mode).save(path, format=kind, **options)

    return save


def deep_png(side: int, path: Path) -> None:
    """RGBA of 16 bits, which Pillow does not write."""
    import cv2

    page = np.asarray(drawn(side, "L")).astype(np.uint16) * 257
    page = np.stack([page] * 3 + [np.full_like(page, 65000)], axis=2)
    path.write_bytes(cv2.imencode(".png", page)[1].tobytes())


def interlaced_png(side: int, path: Path) -> None:
    """RGBA in seven passes, which Pillow does not write."""
    import struct
    import zlib

    from service import chunk  # imported late: its own imports would count

    pixels, content = np.asarray(drawn(side, "RGBA")), bytearray()
    passes = (
        (0, 0, 8, 8),
        (0, 4, 8, 8),
        (4, 0, 8, 4),
        (0, 2, 4, 4),
        (2, 0, 4, 2),
        (0, 1, 2, 2),
        (1, 0, 2, 1),
    )
    packer = zlib.compressobj(1)
    for top, left, down, across in passes:
        part = pixels[top::down, left::across]
        rows = np.zeros((part.shape[0], 1 + part[0].size), np.uint8)
        rows[:, 1:] = part.reshape(len(part), -1)
        content += packer.compress(rows.tobytes())
    content += packer.flush()

    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 1)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", bytes(content)) + chunk(b"IEND", b"")
    )


def turned_jpeg(side: int, path: Path) -> None:
    """As phones write them: rotated, with the orientation in EXIF."""
    image = drawn(side, "RGB")
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(path, format="JPEG", exif=exif)


def array(dtype: type, white: int, channels: int = 1) -> Callable[[int, Path], None]:
    def save(side: int, path: Path) -> None:
        page = np.asarray(drawn(side, "1")).astype(dtype) * dtype(white)
        np.save(path, page if channels == 1 else np.repeat(page[:, :, None], channels, axis=2))

    return save


KINDS: dict[str, tuple[str, Callable[[int, Path], None]]] = {
    "PNG, RGBA of 16 bits": (".png", deep_png),
    "PNG, RGBA, interlaced": (".png", interlaced_png),
    "PNG, RGBA": (".png", saved("RGBA", "PNG", compress_level=1)),
    "PNG, RGB": (".png", saved("RGB", "PNG", compress_level=1)),
    "PNG, RGB with a transparent colour": (
        ".png",
        saved("RGB", "PNG", compress_level=1, transparency=(255, 255, 255)),
    ),
    "PNG, LA": (".png", saved("LA", "PNG", compress_level=1)),
    "PNG, P with transparency": (".png", saved("P", "PNG", compress_level=1, transparency=0)),
    "PNG, 16 bits": (".png", saved("I;16", "PNG", compress_level=1)),
    "PNG, 1 bit": (".png", saved("1", "PNG", compress_level=1)),
    "PNG, L": (".png", saved("L", "PNG", compress_level=1)),
    "JPEG, RGB": (".jpg", saved("RGB", "JPEG")),
    "JPEG, turned": (".jpg", turned_jpeg),
    "JPEG, L": (".jpg", saved("L", "JPEG")),
    "JPEG, CMYK": (".jpg", saved("CMYK", "JPEG")),
    "JPEG, progressive": (".jpg", saved("RGB", "JPEG", progressive=True)),
    "JPEG, progressive 4:4:4": (".jpg", saved("RGB", "JPEG", progressive=True, subsampling=0)),
    "WEBP": (".webp", saved("RGB", "WEBP", method=0)),
    "WEBP, transparent": (".webp", saved("RGBA", "WEBP", method=0)),
    "WEBP, lossless": (".webp", saved("RGBA", "WEBP", lossless=True, method=0, quality=0)),
    "TIFF, RGB": (".tif", saved("RGB", "TIFF")),
    "TIFF, RGB, LZW": (".tif", saved("RGB", "TIFF", compression="tiff_lzw")),
    "TIFF, RGBA, deflate, one strip": (
        ".tif",
        saved("RGBA", "TIFF", compression="tiff_adobe_deflate", strip_size=2**31 - 1),
    ),
    "TIFF, CMYK": (".tif", saved("CMYK", "TIFF")),
    "TIFF, I": (".tif", saved("I", "TIFF", compression="tiff_lzw")),
    "TIFF, F": (".tif", saved("F", "TIFF")),
    "TIFF, group 4": (".tif", saved("1", "TIFF", compression="group4")),
    "GIF": (".gif", saved("P", "GIF")),
    "GIF, transparent": (".gif", saved("P", "GIF", transparency=0)),
    "BMP": (".bmp", saved("RGB", "BMP")),
    "array, uint8": (".npy", array(np.uint8, 255)),
    "array, uint8, RGBA": (".npy", array(np.uint8, 255, 4)),
    "array, uint16": (".npy", array(np.uint16, 65535)),
    "array, float32": (".npy", array(np.float32, 1)),
}


def measure(kind: str) -> dict[str, Any]:
    suffix, save = KINDS[kind]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"large{suffix}"
        side = SIDE_PX
        save(side, path)
        figures = in_new_process(read, str(path))
        refused = figures["refused"]
        if refused:
            (most,) = re.findall(r"may have (\d+) million", refused) or [0]
            side = math.isqrt(int(most) * 10**6)
            save(side, path)
            figures = in_new_process(read, str(path))
            if figures["refused"]:
                raise RuntimeError(figures["refused"])
        return {"kind": kind, "megapixels": round(side * side / 1e6, 1), **figures, "refused": refused}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("kinds", nargs="*", metavar="KIND", help="; ".join(KINDS))
    kinds = options.parse_args().kinds
    rows = []
    for kind in kinds or KINDS:
        row = measure(kind)
        rows.append(row)
        print(
            f"{kind:36} {row['megapixels']:5} megapixels: {row['before']:4} MB, {row['peak']:4} at the peak, "
            f"{row['after']:4} after" + (f", {row['array']} of it the array" if row["array"] else ""),
            flush=True,
        )
    if not kinds:
        keep("decoding_memory", {"side_px": SIDE_PX, "kinds": rows})


if __name__ == "__main__":
    main()
