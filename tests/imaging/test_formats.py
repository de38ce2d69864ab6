"""Formats that Pillow reads with a plug-in or only in recent versions: HEIC and AVIF."""

import io
import sys
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageOps

from tenfold.errors import ImageError
from tenfold.imaging.decode import bytes_to_read, decode

pillow_heif.register_heif_opener()

SHADES = np.kron(np.array([[0, 90], [160, 255], [40, 200]], np.uint8), np.ones((32, 32), np.uint8))
KINDS = ("HEIF", "AVIF")


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format=kind, quality=95, **options)
    return stream.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_heic_and_avif_are_read(kind: str) -> None:
    content = saved(Image.fromarray(SHADES).convert("RGB"), kind)

    assert np.abs(decode(content).astype(int) - SHADES).mean() < 3
    assert bytes_to_read(content) >= 8 * SHADES.size


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_they_are_rotated_upright(kind: str, orientation: int) -> None:
    image = Image.fromarray(SHADES).convert("RGB")
    exif = image.getexif()
    exif[0x0112] = orientation
    content = saved(image, kind, exif=exif.tobytes())
    with Image.open(io.BytesIO(content)) as opened:
        expected = np.asarray(ImageOps.exif_transpose(opened).convert("L"), dtype=int)

    assert np.abs(decode(content).astype(int) - expected).mean() < 3


def test_without_the_plug_in_the_error_names_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = saved(Image.new("RGB", (64, 64)), "HEIF")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)

    with pytest.raises(ImageError, match=r"^these bytes is a HEIC picture.*pip install 'tenfold\[heic\]'"):
        decode(content)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_is_too_large_is_refused_by_its_header(kind: str) -> None:
    content = saved(Image.new("RGB", (640, 480)), kind)

    with pytest.raises(ImageError, match="640 x 480 pixels, more than the 1,000"):
        decode(content, 1000)
    with pytest.raises(ImageError, match="640 x 480 pixels, more than the 1,000"):
        bytes_to_read(content, 1000)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.95])
def test_a_damaged_file_gives_a_one_line_error(kind: str, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    content = saved(Image.fromarray(noise), kind)

    with pytest.raises(ImageError, match=r"^these bytes is (damaged and cannot be read|not a picture)"):
        decode(content[: int(share * len(content))])
