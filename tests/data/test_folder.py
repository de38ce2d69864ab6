"""A user's own digits: MNIST's, saved as people would."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tenfold.data import Dataset
from tenfold.data.folder import load_folder
from tenfold.data.split import stratified_split
from tenfold.data.table import load_csv
from tenfold.errors import InputError
from tenfold.imaging.decode import decode
from tenfold.imaging.digit_image import digit_image

from .conftest import FILE_NAMES


@pytest.fixture
def write(mnist: Dataset) -> Callable[[Path, int, int], Path]:
    """Writes the n-th test image of a digit, dark on white and five times as large."""

    def write(path: Path, digit: int, n: int) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        image = mnist.x_test[np.flatnonzero(mnist.y_test == digit)[n]]
        Image.fromarray(255 - np.kron(image, np.ones((5, 5), np.uint8))).save(path)
        return path

    return write


Write = Callable[[Path, int, int], Path]


@pytest.fixture
def digits(tmp_path: Path, write: Write) -> Path:
    """A folder with five pictures of each digit."""
    for digit in range(10):
        for n in range(5):
            write(tmp_path / "digits" / str(digit) / f"{n}.png", digit, n)
    return tmp_path / "digits"


def test_a_fifth_of_each_digit_is_held_out(digits: Path) -> None:
    dataset = load_folder(digits)
    assert dataset.name == "digits"
    assert dataset.class_names == tuple("0123456789")
    assert np.bincount(dataset.y_train).tolist() == [4] * 10
    assert np.bincount(dataset.y_test).tolist() == [1] * 10
    assert dataset.sha256 == load_folder(str(digits)).sha256


def test_which_pictures_are_held_out_of_a_plain_folder_never_changes(digits: Path) -> None:
    paths = [digits / str(digit) / f"{n}.png" for digit in range(10) for n in range(5)]
    _, held_out = stratified_split(np.repeat(np.arange(10), 5), 10, seed=0)
    expected = np.stack([digit_image(decode(paths[index])) for index in held_out])
    assert np.array_equal(load_folder(digits).x_test, expected)


def test_pictures_of_mnist_digits_become_mnist_digits_again(digits: Path, mnist: Dataset) -> None:
    dataset = load_folder(digits)
    written = mnist.x_test[[index for d in range(10) for index in np.flatnonzero(mnist.y_test == d)[:5]]]
    labels = np.repeat(np.arange(10), 5)
    for image, label in zip(dataset.x_train, dataset.y_train, strict=True):
        distance = np.abs(written[labels == label].astype(int) - image).mean(axis=(1, 2)).min()
        assert distance < 1


def test_folders_named_train_and_test_are_the_parts(tmp_path: Path, write: Write) -> None:
    for digit in (3, 8):
        for n in range(3):
            write(tmp_path / "train" / str(digit) / f"{n}.jpg", digit, n)
        write(tmp_path / "test" / str(digit) / "9.webp", digit, 9)
    dataset = load_folder(tmp_path)
    assert dataset.y_train.tolist() == [3, 3, 3, 8, 8, 8]
    assert dataset.y_test.tolist() == [3, 8]


def test_system_files_in_folders_are_ignored(digits: Path) -> None:
    (digits / "__MACOSX").mkdir()
    (digits / ".git").mkdir()
    (digits / "3" / ".DS_Store").write_bytes(b"x")
    (digits / "3" / "notes.txt").write_text("x")
    events: list[str] = []
    assert len(load_folder(digits, on_event=events.append).y_train) == 40
    assert events == [f"{digits}: files passed over because they are no pictures: 1"]


def test_classes_may_have_any_names_and_numbers_come_first_by_their_value(
    write: Write, tmp_path: Path
) -> None:
    for name, digit in (("omega", 0), ("10", 1), ("9", 2), ("alpha", 3)):
        for n in range(3):
            write(tmp_path / name / f"{n}.png", digit, n)
    dataset = load_folder(tmp_path)

    assert dataset.class_names == ("9", "10", "alpha", "omega")
    assert np.bincount(np.concatenate([dataset.y_train, dataset.y_test])).tolist() == [3, 3, 3, 3]


def test_two_classes_are_too_few_unless_they_are_digits(write: Write, tmp_path: Path) -> None:
    for name in ("a", "b"):
        for n in range(3):
            write(tmp_path / name / f"{n}.png", 1, n)
    with pytest.raises(InputError, match=r"expected 3 to 100 classes in .*, received 2"):
        load_folder(tmp_path)


def test_a_damaged_picture_is_named(digits: Path) -> None:
    picture = digits / "4" / "2.png"
    picture.write_bytes(picture.read_bytes()[:100])
    with pytest.raises(InputError, match=r"4.2\.png is damaged"):
        load_folder(digits)


def test_a_blank_picture_is_named(digits: Path) -> None:
    Image.new("L", (60, 60), 250).save(digits / "4" / "2.png")
    with pytest.raises(InputError, match=r"expected a digit in .*4.2\.png"):
        load_folder(digits)


def test_a_single_picture_of_a_digit_is_too_few(digits: Path) -> None:
    for n in range(1, 5):
        (digits / "7" / f"{n}.png").unlink()
    with pytest.raises(InputError, match=r"at least 2 pictures of each class in .*, received 1 of 7"):
        load_folder(digits)


def test_an_empty_folder_of_a_digit_is_named(digits: Path) -> None:
    for picture in (digits / "7").iterdir():
        picture.unlink()
    with pytest.raises(InputError, match=r"expected pictures in .*7, received none"):
        load_folder(digits)


def test_a_folder_without_digits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected one folder per class, with pictures"):
        load_folder(tmp_path)
    with pytest.raises(InputError, match="which is not a folder"):
        load_folder(tmp_path / "nowhere")


@pytest.fixture
def table(digits: Path) -> Callable[[str], Path]:
    """Writes a CSV beside the digits."""

    def write_table(content: str) -> Path:
        path = digits / "mine.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return write_table


Table = Callable[[str], Path]


def test_a_csv_names_pictures_and_their_labels(digits: Path, table: Table) -> None:
    rows = [f"{digit}/{n}.png,{digit}" for digit in range(10) for n in range(4)]
    rows += [f"{digits / '0' / '4.png'}, 0"]  # an absolute path
    dataset = load_csv(table("\ufefffile,label\n" + "\n".join(rows) + "\n\n"))
    assert dataset.name == "mine"
    assert len(dataset.y_train) + len(dataset.y_test) == 41
    assert len(dataset.y_test) == 8
    columns = table(
        "label,writer,file\n" + "\n".join(f"{row.split(',')[1]},me,{row.split(',')[0]}" for row in rows)
    )
    assert load_csv(columns).sha256 == dataset.sha256


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "expected the columns file,label in .*, received ''"),
        ("path,digit\n0/0.png,0\n", "expected the columns file,label in .*, received 'path,digit'"),
        ("file,label\n", "expected one line per picture"),
        ("file,label\n0/0.png,0\n0/1.png,ten\n", "at least 2 pictures of each class"),
        ("file,label\n0/0.png\n", "line 2: expected a label, received none"),
        ("file,label\n0/99.png,0\n", "line 2: expected a picture, received '0/99.png'"),
        ("file,label\n,0\n", "line 2: expected a picture, received ''"),
        ("file,label\n0,0\n", "line 2: expected a picture, received '0'"),
        ("file,label\n0/0.png,0\n", "at least 2 pictures of each class in .*, received 1 of 0"),
        ("file,label\n0/0.png,0\nmine.csv,0\n", r"mine\.csv is not a picture tenfold can read"),
    ],
)
def test_a_csv_with_a_mistake_is_refused_with_its_place(table: Table, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_csv(table(content))


def test_a_binary_file_is_not_a_csv(digits: Path) -> None:
    with pytest.raises(InputError, match="to be a CSV in UTF-8"):
        load_csv(digits / "0" / "0.png")
    with pytest.raises(InputError, match="cannot be opened"):
        load_csv(digits / "nowhere.csv")


def test_the_names_of_idx_files_are_not_taken_for_pictures(tmp_path: Path) -> None:
    for name in FILE_NAMES.values():
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(InputError, match="expected one folder per class"):
        load_folder(tmp_path)
