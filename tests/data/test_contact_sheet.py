from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tenfold.data import Dataset
from tenfold.data.contact_sheet import render_contact_sheet, write_contact_sheet
from tenfold.errors import InputError


def test_a_sheet_is_a_png_of_reasonable_size(mnist: Dataset, tmp_path: Path) -> None:
    write_contact_sheet(mnist, tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.format == "PNG"
        assert sheet.mode == "RGB"
        assert 800 < sheet.width < 1600
        assert 600 < sheet.height < 1000
    assert [entry.name for entry in tmp_path.iterdir()] == ["sheet.png"]


def test_the_seed_chooses_the_samples(mnist: Dataset) -> None:
    sheet = np.asarray(render_contact_sheet(mnist, seed=1))
    assert np.array_equal(sheet, np.asarray(render_contact_sheet(mnist, seed=1)))
    assert not np.array_equal(sheet, np.asarray(render_contact_sheet(mnist, seed=2)))


def test_each_class_shows_its_own_samples(mnist: Dataset) -> None:
    black_threes = np.where((mnist.y_train == 3)[:, None, None], np.uint8(255), np.uint8(0))
    dataset = replace(mnist, x_train=np.broadcast_to(black_threes, mnist.x_train.shape))
    sheet = np.asarray(render_contact_sheet(dataset).convert("L"))
    black_rows = np.flatnonzero((sheet < 10).sum(axis=1) > 400)
    assert np.ptp(black_rows) < 60, "one row of tiles is black"


def test_a_class_with_few_images_or_none_leaves_room(mnist: Dataset) -> None:
    few = np.flatnonzero(mnist.y_train != 5)[:30]
    dataset = replace(mnist, x_train=mnist.x_train[few], y_train=mnist.y_train[few])
    assert render_contact_sheet(dataset).size == render_contact_sheet(mnist).size


def test_a_folder_that_is_not_there_is_the_users_mistake(mnist: Dataset, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be written to .*: No such file"):
        write_contact_sheet(mnist, tmp_path / "nowhere" / "sheet.png")
