"""Files with several pages: TIFF, and PDF, whose pages are untrusted programs."""

import importlib.util
import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tenfold.errors import ImageError
from tenfold.imaging import pdf
from tenfold.imaging.decode import bytes_to_read, decode
from tenfold.imaging.pages import MAX_PAGES, count_pages, has_more_pages

GREYS = (10, 120, 240)


def file_of(kind: str, greys: tuple[int, ...] = GREYS) -> bytes:
    first, *others = (Image.new("L", (72, 36), grey) for grey in greys)
    stream = io.BytesIO()
    first.save(stream, format=kind, save_all=True, append_images=others)
    return stream.getvalue()


def one_page_pdf(page: str, content: bytes = b"") -> bytes:
    """A hand-written PDF with these page entries and this content stream, without a cross-reference table."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R " + page.encode() + b">>endobj\n"
        b"4 0 obj<</Length " + str(len(content)).encode() + b">>stream\n" + content + b"\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>"
    )


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_each_page_is_a_picture(kind: str, tmp_path: Path) -> None:
    content = file_of(kind)
    (tmp_path / "scan").write_bytes(content)

    assert count_pages(content) == count_pages(tmp_path / "scan") == 3
    assert has_more_pages(content)
    for page, grey in enumerate(GREYS, start=1):
        for given in (content, tmp_path / "scan", io.BytesIO(content)):
            levels = decode(given, page=page)
            assert abs(int(np.median(levels)) - grey) <= 3, (page, given)


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_a_single_page_has_no_more_pages(kind: str) -> None:
    content = file_of(kind, (10,))

    assert count_pages(content) == 1
    assert not has_more_pages(content)
    with pytest.raises(ImageError, match=r"no page 2|from 1 to 1, received 2"):
        decode(content, page=2)


def test_frames_of_a_gif_are_not_pages() -> None:
    assert count_pages(file_of("GIF")) == 1


def test_too_many_pages_are_refused() -> None:
    content = file_of("TIFF", tuple(page % 250 for page in range(MAX_PAGES + 1)))

    with pytest.raises(ImageError, match="more than the 100 pages allowed"):
        count_pages(content)
    assert has_more_pages(content)


def test_counting_pages_linked_in_a_circle_ends() -> None:
    content = bytearray(file_of("TIFF", (10,)))
    (first,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, first)
    struct.pack_into("<I", content, first + 2 + 12 * entries, first)

    assert count_pages(bytes(content)) == 1
    assert int(decode(bytes(content))[0, 0]) == 10


def test_a_page_is_rendered_within_the_pixel_limit() -> None:
    poster = one_page_pdf("/MediaBox[0 0 14400 7200]")

    assert decode(poster).shape == (2000, 4000)
    assert decode(poster, 5000).size <= 5000
    assert decode(one_page_pdf("/MediaBox[0 0 72 144]")).shape == (400, 200)


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.4\n" + bytes(1000), file_of("PDF")[:600]])
def test_a_damaged_pdf_gives_a_one_line_error(content: bytes) -> None:
    with pytest.raises(ImageError, match=r"^these bytes cannot be read as a PDF: "):
        count_pages(content)
    with pytest.raises(ImageError, match=r"^these bytes cannot be read as a PDF: "):
        decode(content)


def test_a_page_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "TIMEOUT_S", 0.001)

    with pytest.raises(ImageError, match=r"takes more than 0\.001 s for one page"):
        decode(file_of("PDF"))


def test_a_pdf_with_too_many_bytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_BYTES", 100)

    with pytest.raises(ImageError, match="more than the 100 bytes allowed"):
        decode(file_of("PDF"))


def test_without_the_package_the_error_names_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(ImageError, match=r"is a PDF.*pip install 'tenfold\[pdf\]'"):
        decode(file_of("PDF"))


def test_bytes_to_read_refuses_a_pdf() -> None:
    with pytest.raises(ImageError, match="received a PDF; send its pages as pictures"):
        bytes_to_read(file_of("PDF"))
