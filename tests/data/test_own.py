"""A folder per digit, however few pictures, prepared as for a reader's network."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tenfold.data import Dataset
from tenfold.data.own import load_own_digits
from tenfold.errors import InputError

Keep = Callable[[NDArray[np.uint8], int], Path]


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Keeps a picture as the service keeps corrections: black on white with a margin."""

    def keep(image: NDArray[np.uint8], label: int) -> Path:
        folder = tmp_path / str(label)
        folder.mkdir(exist_ok=True)
        path = folder / f"{len(list(folder.iterdir())):04}.png"
        Image.fromarray(255 - np.pad(image, 6)).save(path)
        return path

    return keep


def test_one_picture_of_one_digit_is_enough(few_digits: Dataset, keep: Keep, tmp_path: Path) -> None:
    keep(few_digits.x_train[0], 5)

    own = load_own_digits(tmp_path)

    assert own.y_train.tolist() == [5]
    assert own.x_test.shape == (0, 28, 28)
    # Unchanged but for the faintest grey levels.
    np.testing.assert_allclose(own.x_train[0].astype(int), few_digits.x_train[0], atol=11)


def test_of_ten_pictures_of_a_digit_two_are_held_out(few_digits: Dataset, keep: Keep, tmp_path: Path) -> None:
    for digit, n in ((3, 10), (7, 9)):
        for index in np.flatnonzero(few_digits.y_train == digit)[:n]:
            keep(few_digits.x_train[index], digit)

    own, again = load_own_digits(tmp_path), load_own_digits(tmp_path)

    assert own.y_train.tolist() == [3] * 8 + [7] * 9
    assert own.y_test.tolist() == [3, 3]
    assert own.sha256 == again.sha256


@pytest.mark.parametrize("damage", [b"", b"\x89PNG\r\n\x1a\n cut", b"no picture"])
def test_a_picture_that_cannot_be_read_is_named(
    few_digits: Dataset, keep: Keep, tmp_path: Path, damage: bytes
) -> None:
    keep(few_digits.x_train[0], 5)
    keep(few_digits.x_train[1], 5).write_bytes(damage)

    with pytest.raises(InputError, match=r"5.0001\.png"):
        load_own_digits(tmp_path)


def test_a_blank_picture_is_named(keep: Keep, tmp_path: Path) -> None:
    keep(np.zeros((28, 28), dtype=np.uint8), 5)

    with pytest.raises(InputError, match=r"0000\.png, received a picture without contrast"):
        load_own_digits(tmp_path)


def test_other_folders_are_refused(few_digits: Dataset, keep: Keep, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="which is not a folder"):
        load_own_digits(tmp_path / "missing")
    with pytest.raises(InputError, match="one folder per class, with pictures"):
        load_own_digits(tmp_path)
    keep(few_digits.x_train[0], 10)
    with pytest.raises(InputError, match="received 10"):
        load_own_digits(tmp_path)
