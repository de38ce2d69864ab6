"""CSVs with a part or a writer for each picture, and CSVs of pixels."""

from pathlib import Path

import numpy as np
import pytest

from tenfold.data import Dataset, load_csv
from tenfold.errors import InputError

from .drawn import draw

PIXELS = ",".join(f"pixel{n}" for n in range(784))


def write_rows(folder: Path, columns: str, rows: list[str]) -> Path:
    """A CSV whose n-th row begins with the n-th picture and a label, 0 or 1 in turn."""
    lines = [f"{draw(folder / f'{n}.png', n).name},{n % 2},{row}" for n, row in enumerate(rows)]
    (folder / "mine.csv").write_text("\n".join([f"file,label,{columns}", *lines]))
    return folder / "mine.csv"


def test_a_column_says_the_part_of_each_picture(tmp_path: Path) -> None:
    table = write_rows(tmp_path, "split", ["train"] * 6 + ["Test"] * 2 + ["val"] * 2)
    events: list[str] = []
    data = load_csv(table, on_event=events.append)
    assert (len(data.y_train), len(data.y_test)) == (8, 2)
    assert (
        "mine: the validation part (2 pictures) joins the training part: every run holds out its own"
        in events
    )


def test_an_unknown_part_is_refused(tmp_path: Path) -> None:
    table = write_rows(tmp_path, "split", ["train", "train", "later"])
    with pytest.raises(InputError, match=r"line 4: expected train, val or test .*, received 'later'"):
        load_csv(table)


def test_a_column_says_who_wrote_each_picture(tmp_path: Path) -> None:
    table = write_rows(tmp_path, "writer", [f"w{n // 4}" for n in range(20)])
    events: list[str] = []
    assert len(load_csv(table, on_event=events.append).y_test) == 4
    assert "mine: split by writer: the test part holds 1 of 5 writers" in events


def write_pixels(path: Path, images: np.ndarray, labels: np.ndarray, heading: str) -> Path:
    values = np.column_stack([labels, images.reshape(len(images), -1)])
    np.savetxt(path, values, fmt="%d", delimiter=",", header=heading, comments="")
    if not heading:
        path.write_text(path.read_text().lstrip("\n"))
    return path


@pytest.mark.parametrize("heading", [f"label,{PIXELS}", ""])
@pytest.mark.parametrize("dark_on_light", [False, True])
def test_a_csv_of_pixels_is_read_as_it_is(
    few_digits: Dataset, tmp_path: Path, heading: str, dark_on_light: bool
) -> None:
    images, labels = few_digits.x_train[:200], few_digits.y_train[:200]
    table = write_pixels(tmp_path / "train.csv", ~images if dark_on_light else images, labels, heading)

    data = load_csv(table)

    assert (len(data.y_train), len(data.y_test)) == (160, 40)
    read = {(image.tobytes(), label) for image, label in zip(data.x_train, data.y_train, strict=True)}
    read |= {(image.tobytes(), label) for image, label in zip(data.x_test, data.y_test, strict=True)}
    assert read == {(image.tobytes(), label) for image, label in zip(images, labels, strict=True)}


def test_pixels_without_labels_are_refused_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text(f"{PIXELS}\n{','.join(['0'] * 784)}\n")
    with pytest.raises(InputError, match=r"expected a column label .* use train\.csv") as refused:
        load_csv(tmp_path / "test.csv")
    assert len(str(refused.value).replace(str(tmp_path), "")) < 250


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (",".join(["3"] + ["0.5"] * 784), "whole numbers from 0 to 255 a line in .*, lines 2 to 2"),
        (",".join(["3"] + ["256"] * 784), "whole numbers from 0 to 255"),
        (",".join(["3"] + ["-1"] * 784), "whole numbers from 0 to 255"),
        (",".join(["3"] + ["nan"] * 784), "whole numbers from 0 to 255"),
        (",".join(["3"] + ["0"] * 783), "whole numbers from 0 to 255"),
        (",".join(["3"] + ["x"] * 784), "expected whole numbers in .*, lines 2 to 2"),
        (",".join(["10"] + ["0"] * 784), "at least 2 pictures of each class in .*, received 1 of 10"),
        ("", "expected one line per picture"),
    ],
)
def test_a_csv_of_pixels_with_a_mistake_is_refused(tmp_path: Path, line: str, message: str) -> None:
    table = tmp_path / "train.csv"
    table.write_text(f"label,{PIXELS}\n{line}")
    with pytest.raises(InputError, match=message) as refused:
        load_csv(table)
    assert len(str(refused.value)) < 300
