"""A picture of one digit, as networks are trained on it and as it is read."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tenfold.data import Dataset
from tenfold.data.folder import load_folder
from tenfold.imaging.digit_image import digit_image, ink_of_digit, isolate
from tenfold.imaging.ink import find_ink
from tenfold.imaging.normalize import normalize
from tenfold.reader import Reader

_SIZES = (20, 28, 64, 300, 2000, 2600)
_MNIST_INK = 33.3  # the mean level of its training images


def seven(side: int, stroke: int, *, dark_paper: bool = False, speck: bool = False) -> np.ndarray:
    """A drawn 7, grey (side, side)."""
    paper, ink = (10, 240) if dark_paper else (245, 15)
    grey = np.full((side, side), paper, dtype=np.uint8)
    corners = (np.array([(0.3, 0.2), (0.7, 0.2), (0.45, 0.8)]) * side).astype(np.int32)
    cv2.polylines(grey, [corners], isClosed=False, color=ink, thickness=stroke)
    if speck:
        grey[-max(side // 40, 1) :, : max(side // 40, 1)] = ink
    return grey


def test_training_and_reading_prepare_a_digit_the_same_way(tmp_path: Path) -> None:
    folder = tmp_path / "7"
    folder.mkdir()
    for side in _SIZES:
        for stroke in sorted({1, max(side // 60, 1), max(side // 12, 1)}):
            for dark_paper in (False, True):
                name = f"{side}-{stroke}-{dark_paper:d}.png"
                cv2.imwrite(str(folder / name), seven(side, stroke, dark_paper=dark_paper, speck=side > 28))
    reader = Reader()

    data = load_folder(tmp_path)

    learned = {image.tobytes() for image in (*data.x_train, *data.x_test)}
    prepared = [reader.prepare(path).image for path in sorted(folder.iterdir())]
    assert {image.tobytes() for image in prepared} == learned
    assert len(data.y_train) + len(data.y_test) == len(prepared)


@pytest.mark.parametrize("side", _SIZES)
@pytest.mark.parametrize("dark_paper", [False, True])
def test_a_hairline_has_ink_at_any_size(side: int, dark_paper: bool) -> None:
    image = digit_image(seven(side, 1, dark_paper=dark_paper))
    assert _MNIST_INK / 3 < image.mean() < _MNIST_INK


def test_a_ruling_as_dark_as_the_digit_is_removed() -> None:
    ruled = seven(200, 9)
    ruled[180:183] = 0

    assert np.array_equal(ink_of_digit(ruled) > 0.5, ink_of_digit(seven(200, 9)) > 0.5)


def test_specks_do_not_make_the_digit_smaller() -> None:
    clean, specked = seven(2000, 1), seven(2000, 1, speck=True)
    assert np.array_equal(digit_image(clean), digit_image(specked))


def test_pictures_in_mnists_style_keep_their_ink(mnist: Dataset) -> None:
    """Except for about 6 in 1,000, in which fragments away from the digit are removed as specks."""
    pictures = mnist.x_train[:500]
    unchanged = [np.array_equal(digit_image(grey), normalize(find_ink(grey))) for grey in pictures]
    assert np.mean(unchanged) > 0.98


def hook(with_bar: bool = False) -> np.ndarray:
    """The hook of a 5 in the middle of a picture (100, 100); with its bar, which does not touch it."""
    ink = np.zeros((100, 100), dtype=np.float32)
    corners = np.array([(40, 30), (40, 50), (58, 52), (60, 68), (38, 72)])
    cv2.polylines(ink, [corners], isClosed=False, color=1, thickness=5)
    if with_bar:
        cv2.line(ink, (44, 20), (64, 20), 1, 5)
    return ink


def test_a_single_digit_is_unchanged() -> None:
    assert np.array_equal(isolate(hook()), hook())


def test_the_detached_bar_of_a_5_belongs_to_it() -> None:
    assert np.array_equal(isolate(hook(with_bar=True)), hook(with_bar=True))


@pytest.mark.parametrize(
    "clutter",
    [
        pytest.param(np.s_[90:92, 10:12], id="a speck"),
        pytest.param(np.s_[84:90, 74:80], id="a dot"),
        pytest.param(np.s_[0:100, 97:100], id="the edge of a page"),
        pytest.param(np.s_[30:60, 0:9], id="a sliver of a neighbour"),
    ],
)
def test_clutter_is_removed(clutter: tuple[slice, slice]) -> None:
    ink = hook()
    ink[clutter] = 1
    assert np.array_equal(isolate(ink), hook())


def test_a_frame_around_the_digit_is_removed() -> None:
    ink = hook()
    cv2.rectangle(ink, (0, 0), (99, 99), 1, 3)
    assert np.array_equal(isolate(ink), hook())


def test_blank_ink_stays_blank() -> None:
    assert not isolate(np.zeros((5, 5), dtype=np.float32)).any()


def test_the_input_is_not_modified() -> None:
    ink = hook()
    ink[90:92, 10:12] = 1
    before = ink.copy()
    isolate(ink)
    assert np.array_equal(ink, before)
