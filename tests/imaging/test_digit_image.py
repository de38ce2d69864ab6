"""A picture of one digit, as networks are trained on it and as they read it."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tenfold.data import Dataset
from tenfold.data.folder import load_folder
from tenfold.imaging.digit_image import digit_image
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


def test_a_digit_is_learned_as_it_is_read(tmp_path: Path) -> None:
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


def test_specks_do_not_make_the_digit_smaller() -> None:
    clean, specked = seven(2000, 1), seven(2000, 1, speck=True)
    assert np.array_equal(digit_image(clean), digit_image(specked))


def test_pictures_like_mnists_come_out_as_their_ink_does(mnist: Dataset) -> None:
    """But for about 6 in 1,000: fragments away from the digit are specks to it."""
    pictures = mnist.x_train[:500]
    unchanged = [np.array_equal(digit_image(grey), normalize(find_ink(grey))) for grey in pictures]
    assert np.mean(unchanged) > 0.98
