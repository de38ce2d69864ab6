import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tenfold.data import Dataset, fetch, load_data
from tenfold.errors import InputError

from .conftest import Tiny


def test_mnist_is_the_default_and_has_a_name(mnist: Dataset) -> None:
    assert load_data().sha256 == mnist.sha256
    assert load_data("mnist").name == "mnist"


def test_an_npz_is_recognised_by_its_content(mnist: Dataset, tmp_path: Path) -> None:
    copy = tmp_path / "copy.npz"
    shutil.copy(fetch("mnist"), copy)
    dataset = load_data(copy)
    assert (dataset.name, dataset.origin) == ("mnist", str(copy))


def test_other_arrays_are_accepted_but_not_as_mnist(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "tiny.npz").write_bytes(tiny.npz())
    told: list[str] = []

    assert load_data(tmp_path / "tiny.npz", on_event=told.append).name == "tiny"
    assert load_data(tiny.write_idx_folder(tmp_path / "idx"), on_event=told.append).name == "idx"
    assert [line.endswith("neither MNIST nor Fashion-MNIST as published") for line in told] == [True, True]


def test_a_damaged_file_called_mnist_is_refused(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "mnist.npz").write_bytes(tiny.npz())
    with pytest.raises(
        InputError, match=r"mnist\.npz does not hold mnist as published; download the file again"
    ):
        load_data(tmp_path / "mnist.npz")


def test_a_damaged_file_is_the_users_to_replace(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "cut.npz").write_bytes(tiny.npz()[:-50])
    with pytest.raises(InputError, match=r"cut\.npz is damaged: .*; download the file again$"):
        load_data(tmp_path / "cut.npz")


def test_a_folder_and_a_csv_hold_the_users_own_digits(tmp_path: Path) -> None:
    stroke = np.full((40, 40), 255, np.uint8)
    stroke[5:35, 18:22] = 0
    (tmp_path / "1").mkdir()
    for name in ("a.png", "b.png", "c.png"):
        Image.fromarray(stroke).save(tmp_path / "1" / name)
    assert load_data(tmp_path).y_train.tolist() == [1, 1]
    (tmp_path / "digits.CSV").write_text("file,label\n1/a.png,1\n1/b.png,1\n")
    assert load_data(str(tmp_path / "digits.CSV")).name == "digits"


@pytest.mark.parametrize("name", ["minst", "fashion_mnist"])
def test_a_misspelt_name_suggests_the_nearest(name: str) -> None:
    with pytest.raises(InputError, match=f"received '{name}'; did you mean (fashion-)?mnist"):
        load_data(name)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "digits.zip").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"expected a folder, an \.npz or a \.csv"):
        load_data(tmp_path / "digits.zip")
