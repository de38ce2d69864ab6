"""Many pictures: which ones are found, and that a bad one does not affect the rest."""

import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tenfold.errors import InputError
from tenfold.reader import Reader
from tenfold.reader.files import Drawings, find_sources, read_sources


def names(*inputs: Path | str) -> list[str]:
    return [source.name for source in find_sources(list(map(str, inputs))).sources]


def labels(*inputs: Path | str) -> list[str]:
    return [str(source.label) for source in find_sources(list(map(str, inputs))).sources]


def test_a_folder_stands_for_all_pictures_below_it_sorted(tmp_path: Path) -> None:
    found = ["a.PNG", "b/a.jpeg", "b/c/z.webp", "c.tif", "d.heic", "e.avif", "f.PDF"]
    for name in [*found, "notes.txt", ".hidden.png", "b/readme"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()

    assert names(tmp_path) == [str(tmp_path / name) for name in found]
    assert labels(tmp_path) == found


def test_files_without_a_picture_suffix_are_listed_as_skipped(tmp_path: Path) -> None:
    for name in ("a.png", "notes.txt", ".hidden.txt", "b/readme"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")

    found = find_sources([str(tmp_path), "notes.txt"])

    assert [str(path.relative_to(tmp_path)) for path in found.passed_over] == [
        "b/readme",
        "gone.png",
        "notes.txt",
    ]
    assert [source.name for source in found.sources] == [str(tmp_path / "a.png"), "notes.txt"]


@pytest.mark.parametrize("ending", ["tif", "pdf"])
def test_all_pages_are_read_on_request(
    ending: str, small_reader: Reader, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    blank = Image.new("L", (300, 200), "white")
    sheet = Image.fromarray(page)
    sheet.save(tmp_path / f"scan.{ending}", save_all=True, append_images=[blank, sheet])
    sources = find_sources([str(tmp_path / f"scan.{ending}")]).sources

    (first,) = read_sources(sources, small_reader, single=False)
    pages = list(read_sources(sources, small_reader, single=False, pages=True))

    assert first.has_more_pages
    assert first.source.page is None
    assert [outcome.source.page for outcome in pages] == [1, 2, 3]
    assert [str(outcome.source.label) for outcome in pages] == [
        f"scan.{ending}-page-{number}" for number in (1, 2, 3)
    ]
    texts = [outcome.trace and outcome.trace.reading.text for outcome in pages]
    assert first.trace is not None
    assert texts == [first.trace.reading.text, "", first.trace.reading.text]
    assert not any(outcome.has_more_pages for outcome in pages)


def test_a_bad_page_does_not_stop_the_others(
    small_reader: Reader, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    sheet, large = Image.fromarray(page), Image.new("L", (2000, 2000), "white")
    sheet.save(tmp_path / "scan.tif", save_all=True, append_images=[large, sheet])
    sources = find_sources([str(tmp_path / "scan.tif")]).sources

    outcomes = list(read_sources(sources, small_reader, single=False, pages=True, max_pixels=3_000_000))

    assert [outcome.trace is None for outcome in outcomes] == [False, True, False]
    assert outcomes[1].error is not None
    assert outcomes[1].error.startswith(f"page 2: {tmp_path / 'scan.tif'} has 2000 x 2000 pixels")


def test_files_keep_their_order_and_may_have_any_name(tmp_path: Path) -> None:
    assert names("b.dat", "-", tmp_path / "a.png") == ["b.dat", "-", str(tmp_path / "a.png")]


def test_drawings_of_pictures_with_the_same_name_get_different_labels(tmp_path: Path) -> None:
    assert labels("x/1.png", "y/1.png", "-", "1.png") == ["1.png", "1.png-2", "stdin", "1.png-3"]


def test_a_bad_picture_is_named_and_the_rest_are_read(
    small_reader: Reader, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    for number in range(10):
        Image.fromarray(page).save(tmp_path / f"{number}.png")
    (tmp_path / "4.png").write_bytes(b"oh")
    (tmp_path / "7.png").write_bytes((tmp_path / "7.png").read_bytes()[:200])

    outcomes = list(read_sources(find_sources([str(tmp_path)]).sources, small_reader, single=False))

    assert [outcome.trace is None for outcome in outcomes] == [n in (4, 7) for n in range(10)]
    assert outcomes[4].error is not None
    assert outcomes[4].error.startswith(f"{tmp_path / '4.png'} is not a picture tenfold can read")
    assert outcomes[7].error is not None
    assert f"{tmp_path / '7.png'} is damaged" in outcomes[7].error


def test_a_folder_without_pictures_is_an_error(small_reader: Reader, tmp_path: Path) -> None:
    (outcome,) = read_sources(find_sources([str(tmp_path)]).sources, small_reader, single=False)

    assert outcome.error == f"expected pictures in the folder {tmp_path}, received none"


def test_a_picture_can_come_from_standard_input(
    small_reader: Reader, page: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.BytesIO()
    Image.fromarray(page).save(stream, format="PNG")
    stream.seek(0)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=stream))

    (outcome,) = read_sources(find_sources(["-"]).sources, small_reader, single=False)

    assert outcome.trace is not None
    assert outcome.trace.reading == small_reader.read(page)


def test_a_single_digit_is_read_as_read_digits_does(
    small_reader: Reader, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    path = tmp_path / "digit.png"
    Image.fromarray(page[50:140, 40:160]).save(path)

    (outcome,) = read_sources(find_sources([str(path)]).sources, small_reader, single=True)

    assert outcome.trace is not None
    (line,) = outcome.trace.reading.lines
    assert list(line.digits) == small_reader.read_digits([path])


@pytest.mark.parametrize(
    ("annotate", "several", "message"),
    [
        ("out.jpg", False, r"expected a \.png file .* received out\.jpg"),
        ("out", False, "expected a .png file"),
        ("out.png", True, "expected a folder .* received the file out.png"),
    ],
)
def test_a_drawing_path_of_the_wrong_kind_is_refused_before_reading(
    annotate: str, several: bool, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        Drawings(Path(annotate), None, several=several)


def test_drawings_of_several_pictures_do_not_overwrite_each_other(
    small_reader: Reader, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    for name in ("in/a.png", "in/b/a.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(page).save(tmp_path / name)
    drawings = Drawings(tmp_path / "drawn", tmp_path / "explained", several=True)

    for outcome in read_sources(find_sources([str(tmp_path / "in")]).sources, small_reader, single=False):
        drawings.draw(outcome)

    for name in ("drawn/a.png.png", "drawn/b/a.png.png", "explained/a.png", "explained/b/a.png"):
        assert (tmp_path / name).exists()
