"""Large pictures are decoded in little more memory than Pillow's copy of them, which is then released."""

import io
import json
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tenfold.errors import ImageError
from tenfold.imaging import memory
from tenfold.imaging.decode import bytes_to_read, decode

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")

SIDE_PX = 3000
_SCRIPT = """
import json, sys
from pathlib import Path
from tenfold.imaging.decode import decode

def bytes_of(name):
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return 1024 * int(line.split()[1])

decode(sys.argv[1])
before = bytes_of("VmRSS")
decode(sys.argv[2])
print(json.dumps([bytes_of("VmHWM") - before, bytes_of("VmRSS") - before]))
"""


def with_exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize(
    ("mode", "kind", "options"),
    [
        ("RGBA", "PNG", {}),
        ("LA", "PNG", {}),
        ("P", "PNG", {"transparency": 1}),
        ("I;16", "PNG", {}),
        ("RGB", "JPEG", {"exif": with_exif(6)}),
        ("CMYK", "TIFF", {"compression": "tiff_lzw"}),
        ("F", "TIFF", {}),
    ],
)
def test_a_large_picture_takes_its_own_memory_and_a_grey_copy(
    mode: str, kind: str, options: dict[str, Any], tmp_path: Path
) -> None:
    paths = [tmp_path / f"{side}.{kind.lower()}" for side in (40, SIDE_PX)]
    for path, side in zip(paths, (40, SIDE_PX), strict=True):
        Image.new(mode, (side, side)).save(path, format=kind, **options)

    done = subprocess.run([sys.executable, "-c", _SCRIPT, *paths], check=True, capture_output=True, text=True)
    at_peak, left = json.loads(done.stdout)

    # Four bytes a pixel at most and one for its grey level; and a few blocks of a million pixels.
    assert at_peak < 5 * SIDE_PX**2 + 25e6
    assert left < SIDE_PX**2 + 8e6  # the grey levels are this process's own


def encoded(kind: str, mode: str = "RGB", **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (100, 80)).save(stream, format=kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "bytes_per_pixel"),
    [
        (encoded("PNG"), 5),
        (encoded("PNG", "L"), 2),
        (encoded("JPEG"), 5),
        (encoded("JPEG", progressive=True, subsampling=0), 4 + 6),
        (encoded("JPEG", progressive=True, subsampling=2), 4 + 3),
        (encoded("WEBP"), 17),
        (encoded("TIFF", compression="tiff_lzw", strip_size=2**30), 5 + 4),
        (encoded("TIFF", strip_size=2**30), 5),
    ],
)
def test_a_picture_that_would_take_too_much_memory_is_refused(
    content: bytes, bytes_per_pixel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_MAX_BYTES_PER_PIXEL", 0)
    needed = bytes_per_pixel * 8000 + 8 * 80  # a pointer to each row
    monkeypatch.setattr(memory, "MAX_DECODING_BYTES", needed)
    assert decode(content).shape == (80, 100)
    monkeypatch.setattr(memory, "MAX_DECODING_BYTES", needed - 1)
    with pytest.raises(ImageError, match=r"has 100 x 80 pixels and would take .* may have 0 million pixels"):
        decode(content)


def test_a_jpeg_with_one_scan_per_channel_is_detected() -> None:
    content = encoded("JPEG", subsampling=0)
    start = content.index(b"\xff\xda")
    several = content[: start + 2] + b"\x00\x08\x01\x01\x00\x00\x3f\x00" + content[start + 14 :]
    with Image.open(io.BytesIO(several)) as image:
        assert memory.bytes_to_decode(image) == 8000 * (4 + 6) + 8 * 80


def test_a_small_picture_in_a_huge_tile_is_refused() -> None:
    """libtiff would allocate a whole tile of 4 GB."""
    tags = {256: 10, 257: 10, 258: 8, 259: 8, 262: 1, 277: 1, 322: 65536, 323: 65536, 324: 200, 325: 10}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    content = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(100)
    with pytest.raises(ImageError, match="has 10 x 10 pixels and would take 4,295 MB"):
        decode(content)


def test_a_picture_one_pixel_wide_is_refused_for_its_rows() -> None:
    stream = io.BytesIO()
    Image.new("1", (1, 48_000_000)).save(stream, "PNG", compress_level=1)
    with pytest.raises(ImageError, match=r"48000000 pixels and would take 4.. MB to decode"):
        decode(stream.getvalue())


def test_the_memory_needed_is_known_from_the_header() -> None:
    png, webp = (encoded(kind, lossless=True) for kind in ("PNG", "WEBP"))
    assert bytes_to_read(webp) > 2 * bytes_to_read(png) >= 2 * 8 * 8000
