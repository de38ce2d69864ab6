"""Folders per writer and per part, pictures that cannot be read, and what is told of one's own digits."""

from itertools import count, product
from pathlib import Path

import numpy as np
import pytest

from tenfold.data import load_data, load_folder, summarize
from tenfold.data.own import load_own_digits
from tenfold.errors import InputError

from .drawn import draw

WRITERS = ("anna", "ben", "carl", "dora", "emil", "fay")


def write(root: Path, names: list[str], each: int = 3, first: int = 0) -> Path:
    """So many pictures in each of the folders."""
    numbers = count(first)
    for name, n in product(names, range(each)):
        draw(root / name / f"{n}.png", next(numbers))
    return root


def told(root: Path) -> list[str]:
    events: list[str] = []
    load_folder(root, on_event=events.append)
    return [event.removeprefix(f"{root.name}: ") for event in events]


@pytest.mark.parametrize("layout", ["{digit}/{writer}", "{writer}/{digit}"])
def test_no_writer_is_in_both_parts(tmp_path: Path, layout: str) -> None:
    write(tmp_path, [layout.format(digit=d, writer=w) for w, d in product(WRITERS, range(10))])

    data = load_folder(tmp_path)

    # Each writer has three pictures of each digit, so that whole writers have thirty.
    assert (len(data.y_train), len(data.y_test)) == (150, 30)
    assert np.bincount(data.y_test).tolist() == [3] * 10
    assert data.sha256 == load_folder(tmp_path).sha256
    assert "split by writer: the test part holds 1 of 6 writers" in told(tmp_path)
    assert len(load_own_digits(tmp_path).y_test) == 30


def test_pictures_by_one_writer_are_split_by_picture(tmp_path: Path) -> None:
    write(tmp_path, [f"anna/{digit}" for digit in range(10)], each=5)
    assert len(load_folder(tmp_path).y_test) == 10
    assert "all pictures are by one writer: a fifth of them is the test part" in told(tmp_path)


def test_writers_in_both_parts_are_named(tmp_path: Path) -> None:
    write(tmp_path, ["train/anna/0", "train/ben/0", "test/anna/0", "test/carl/0"])
    assert "writers in both training and test: anna" in told(tmp_path)


def test_folders_that_may_be_digits_or_writers_are_refused(tmp_path: Path) -> None:
    write(tmp_path, ["1/3", "2/3"])
    with pytest.raises(InputError, match=r"cannot tell digits from writers in .*; rename the writers"):
        load_folder(tmp_path)


def test_a_digit_has_pictures_or_writers(tmp_path: Path) -> None:
    write(tmp_path, ["3", "3/anna"])
    with pytest.raises(InputError, match=r"pictures or a folder per writer .*, received both"):
        load_folder(tmp_path)


def test_folders_below_the_writers_are_named(tmp_path: Path) -> None:
    write(tmp_path, ["3/anna", "3/ben", "3/ben/old"])
    assert f"{tmp_path}: folders passed over because they lie too deep: 3/ben/old" in told(tmp_path)


@pytest.mark.parametrize("name", ["val", "valid", "validation"])
def test_a_validation_part_joins_the_training_part(tmp_path: Path, name: str) -> None:
    write(tmp_path, ["train/3", "train/8", f"{name}/3", f"{name}/8", "test/3", "test/8"])
    data = load_folder(tmp_path)
    assert (len(data.y_train), len(data.y_test)) == (12, 6)
    joined = "the validation part (6 pictures) joins the training part: every run holds out its own"
    assert joined in told(tmp_path)


def test_a_validation_part_is_the_test_part_if_there_is_no_other(tmp_path: Path) -> None:
    write(tmp_path, ["Train/3", "Train/8", "Val/3"])
    data = load_folder(tmp_path)
    assert (len(data.y_train), len(data.y_test)) == (6, 3)
    assert "the validation part (3 pictures) is the test part, because there is no other" in told(tmp_path)


def test_a_fifth_of_a_training_part_alone_is_held_out(tmp_path: Path) -> None:
    write(tmp_path, ["train/3", "train/8"], each=5)
    assert len(load_folder(tmp_path).y_test) == 2
    assert "there is only a training part: a fifth of it is the test part" in told(tmp_path)


def test_a_test_part_alone_is_refused(tmp_path: Path) -> None:
    write(tmp_path, ["test/3", "val/3"])
    with pytest.raises(InputError, match="expected a train part, received test and val"):
        load_folder(tmp_path)


def test_parts_next_to_digits_are_refused(tmp_path: Path) -> None:
    write(tmp_path, ["train/3", "test/3", "8"])
    with pytest.raises(InputError, match=r"expected no other folder next to test, train in .*, received 8"):
        load_folder(tmp_path)


def test_all_pictures_that_cannot_be_read_are_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, [str(digit) for digit in range(10)], each=6)
    for n in range(4):
        (tmp_path / str(n) / "0.png").write_bytes(b"no picture")
    (tmp_path / "5" / "5.png").write_bytes((tmp_path / "5" / "5.png").read_bytes()[:60])

    with pytest.raises(InputError) as refused:
        load_data(tmp_path)

    message = str(refused.value)
    assert message.startswith("5 of 60 pictures cannot be read: 0/0.png, 1/0.png and 3 more (")
    assert "leave them out with --skip-damaged" in message

    events: list[str] = []
    read: list[tuple[int, int]] = []
    data = load_data(
        tmp_path,
        skip_damaged=True,
        on_event=events.append,
        on_pictures=lambda done, total: read.append((done, total)),
    )
    assert len(data.y_train) + len(data.y_test) == 55
    assert "5 of 60 pictures cannot be read and are left out: 0/0.png, 1/0.png and 3 more" in events
    assert read == [(done, 60) for done in range(1, 61)]
    assert len(load_own_digits(tmp_path, skip_damaged=True).y_train) == 55


def test_skipping_every_picture_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, ["3"])
    for picture in (tmp_path / "3").iterdir():
        picture.write_bytes(b"")
    with pytest.raises(InputError, match="3 of 3 pictures cannot be read"):
        load_folder(tmp_path, skip_damaged=True)


def test_an_error_is_a_short_line_however_long_the_names_are(tmp_path: Path) -> None:
    write(tmp_path, ["3"], each=2)
    for n in range(9):
        (tmp_path / "3" / f"{n}{'long ' * 40}.png").write_bytes(b"no picture")
    with pytest.raises(InputError) as refused:
        load_folder(tmp_path)
    assert len(str(refused.value)) < 300
    assert "\n" not in str(refused.value)


def test_duplicates_across_parts_and_labels_are_reported(tmp_path: Path) -> None:
    write(tmp_path, ["train/3", "train/8", "test/3", "test/8"], each=3)
    copy = (tmp_path / "train" / "3" / "0.png").read_bytes()
    (tmp_path / "test" / "3" / "a.png").write_bytes(copy)
    (tmp_path / "train" / "8" / "b.png").write_bytes(copy)

    leaked, contradictory = (
        "test pictures that are also in the training part (1 of 7) make the test accuracy look better "
        "than it is: test/3/a.png",
        "the same picture under several labels: ",
    )
    lines = told(tmp_path)
    assert leaked in lines
    assert any(line.startswith(contradictory) for line in lines)
    assert leaked in summarize(load_folder(tmp_path)).cautions
    events: list[str] = []
    load_own_digits(tmp_path, on_event=events.append)
    assert leaked in events


def test_missing_digits_and_imbalance_are_reported(tmp_path: Path) -> None:
    write(tmp_path, ["train/1"], each=9)
    write(tmp_path, ["train/2", "train/3", "test/1", "test/2", "test/4"], each=3, first=100)
    lines = told(tmp_path)
    assert "no pictures of 0, 5, 6, 7, 8, 9: a classifier cannot learn them" in lines
    assert "no training pictures of 4: they are tested, but not learned" in lines
    assert "no test pictures of 3: their accuracy is not measured" in lines
    assert "unbalanced: 9 training pictures of 1, 3 of 2" in lines


def test_sound_digits_have_no_cautions(tmp_path: Path) -> None:
    write(tmp_path, [str(digit) for digit in range(10)], each=5)
    assert told(tmp_path) == []
    assert load_folder(tmp_path).cautions == ()
