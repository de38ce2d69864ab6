"""What a data set shows of itself."""

from dataclasses import replace

from tenfold.data import Dataset
from tenfold.drawing.shapes import Raster, Words, shapes_of


def test_a_data_set_prints_in_a_line(few_digits: Dataset) -> None:
    assert repr(few_digits) == (
        "<Dataset few digits: 2,000 training and 500 test images, 28 x 28, 10 classes>"
    )


def test_every_class_has_its_name_its_counts_and_a_row_of_samples(few_digits: Dataset) -> None:
    _, _, shapes = shapes_of(few_digits.show(per_class=3).svg)

    words = [shape.text for shape in shapes if isinstance(shape, Words)]
    assert words[0] == "few digits"
    for label in range(10):
        n_train, n_test = (int((labels == label).sum()) for labels in (few_digits.y_train, few_digits.y_test))
        assert words.index(f"{n_train:,} + {n_test:,}") == words.index(str(label)) + 1
    rows = [shape for shape in shapes if isinstance(shape, Raster)]
    assert len(rows) == 10
    assert all(round(row.width / row.height, 2) == round(3 * 32 / 28, 2) for row in rows)


def test_test_images_alone_are_shown_too(few_digits: Dataset) -> None:
    data = replace(few_digits, x_train=few_digits.x_train[:0], y_train=few_digits.y_train[:0])

    assert sum(isinstance(shape, Raster) for shape in shapes_of(data.show().svg)[2]) == 10
