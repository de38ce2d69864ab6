"""Many pictures: which are found, and that a bad one does not spoil the rest."""

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
    return [source.name for source in find_sources(list(map(str, inputs)))]


def labels(*inputs: Path | str) -> list[str]:
    return [str(source.label) for source in find_sources(list(map(str, inputs)))]


def test_a_folder_is_every_picture_in_it_and_below_sorted(tmp_path: Path) -> None:
    found = ["a.PNG", "b/a.jpeg", "b/c/z.webp", "c.tif"]
    for name in [*found, "notes.txt", ".hidden.png", "b/readme"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()

    assert names(tmp_path) == [str(tmp_path / name) for name in found]
    assert labels(tmp_path) == found


def test_files_keep_their_order_and_any_name(tmp_path: Path) -> None:
    assert names("b.dat", "-", tmp_path / "a.png") == ["b.dat", "-", str(tmp_path / "a.png")]


def test_what_is_made_from_each_picture_has_a_name_of_its_own(tmp_path: Path) -> None:
    assert labels("x/1.png", "y/1.png", "-", "1.png") == ["1.png", "1.png-2", "stdin", "1.png-3"]


def test_a_bad_picture_among_many_is_named_and_the_rest_is_read(
    small_reader: Reader, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    for number in range(10):
        Image.fromarray(page).save(tmp_path / f"{number}.png")
    (tmp_path / "4.png").write_bytes(b"oh")
    (tmp_path / "7.png").write_bytes((tmp_path / "7.png").read_bytes()[:200])

    outcomes = list(read_sources(find_sources([str(tmp_path)]), small_reader, single=False))

    assert [outcome.trace is None for outcome in outcomes] == [n in (4, 7) for n in range(10)]
    assert outcomes[4].error is not None
    assert outcomes[4].error.startswith(f"{tmp_path / '4.png'}: expected a picture")
    assert outcomes[7].error is not None
    assert f"{tmp_path / '7.png'} is damaged" in outcomes[7].error


def test_a_folder_without_pictures_is_an_error_of_its_own(small_reader: Reader, tmp_path: Path) -> None:
    (outcome,) = read_sources(find_sources([str(tmp_path)]), small_reader, single=False)

    assert outcome.error == f"expected pictures in the folder {tmp_path}, received none"


def test_a_picture_comes_from_standard_input(
    small_reader: Reader, page: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.BytesIO()
    Image.fromarray(page).save(stream, format="PNG")
    stream.seek(0)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=stream))

    (outcome,) = read_sources(find_sources(["-"]), small_reader, single=False)

    assert outcome.trace is not None
    assert outcome.trace.reading == small_reader.read(page)


def test_a_single_digit_is_read_as_read_digits_does(
    small_reader: Reader, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    path = tmp_path / "digit.png"
    Image.fromarray(page[50:140, 40:160]).save(path)

    (outcome,) = read_sources(find_sources([str(path)]), small_reader, single=True)

    assert outcome.trace is not None
    (line,) = outcome.trace.reading.lines
    assert list(line.digits) == small_reader.read_digits([path])


@pytest.mark.parametrize(
    ("annotate", "several", "message"),
    [
        ("out.jpg", False, r"expected a file \.png .* received out\.jpg"),
        ("out", False, "expected a file .png"),
        ("out.png", True, "expected a folder .* received the file out.png"),
    ],
)
def test_a_path_of_the_wrong_kind_to_draw_to_is_refused_before_anything_is_read(
    annotate: str, several: bool, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        Drawings(Path(annotate), None, several=several)


def test_drawings_of_several_pictures_keep_apart(
    small_reader: Reader, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    for name in ("in/a.png", "in/b/a.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(page).save(tmp_path / name)
    drawings = Drawings(tmp_path / "drawn", tmp_path / "explained", several=True)

    for outcome in read_sources(find_sources([str(tmp_path / "in")]), small_reader, single=False):
        drawings.draw(outcome)

    for name in ("drawn/a.png.png", "drawn/b/a.png.png", "explained/a.png", "explained/b/a.png"):
        assert (tmp_path / name).exists()
