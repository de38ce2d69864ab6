"""Forms, tables and sheets on desks, drawn with MNIST's test images and read by the bundled networks."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import tenfold
from tenfold.data import Dataset

Page = NDArray[np.uint8]


@pytest.fixture(scope="module")
def reader() -> tenfold.Reader:
    return tenfold.Reader()


def write(page: Page, images: NDArray[np.uint8], x: int, y: int, side: int = 44) -> None:
    """Put digits, uint8 (N, 28, 28), next to each other on light paper."""
    for number, image in enumerate(images):
        large = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
        place = np.s_[y : y + side, x + number * (side - 8) : x + number * (side - 8) + side]
        page[place] = np.minimum(page[place], 245 - (large * 0.9).astype(np.uint8))


def grid(rows: int, columns: int, width: int = 160, height: int = 80) -> Page:
    page = np.full((rows * height + 80, columns * width + 80), 245, dtype=np.uint8)
    for row in range(rows + 1):
        cv2.line(page, (40, 40 + row * height), (40 + columns * width, 40 + row * height), 90, 2)
    for column in range(columns + 1):
        cv2.line(page, (40 + column * width, 40), (40 + column * width, 40 + rows * height), 90, 2)
    return page


def filled(mnist: Dataset, rng: np.random.Generator, rows: int, columns: int) -> tuple[Page, list[list[str]]]:
    """A table of numbers of one to three digits, and empty cells."""
    page, truth = grid(rows, columns), []
    for row in range(rows):
        texts = []
        for column in range(columns):
            chosen = rng.integers(0, len(mnist.y_test), int(rng.integers(0, 4)))
            write(page, mnist.x_test[chosen], 40 + column * 160 + 14, 40 + row * 80 + 18)
            texts.append("".join(map(str, mnist.y_test[chosen])))
        truth.append(texts)
    return page, truth


def numbers(mnist: Dataset, start: int) -> tuple[Page, list[str]]:
    """Three lines of six digits."""
    page = np.full((330, 360), 245, dtype=np.uint8)
    for row in range(3):
        write(page, mnist.x_test[start + 6 * row : start + 6 * row + 6], 40, 40 + 90 * row)
    labels = mnist.y_test[start : start + 18].reshape(3, 6)
    return page, ["".join(map(str, line)) for line in labels]


def share_right(expected: list[str], received: list[str]) -> float:
    return float(np.mean([one == other for one, other in zip(expected, received, strict=True)]))


def test_tables_keep_their_rows_columns_and_empty_cells(reader: tenfold.Reader, mnist: Dataset) -> None:
    rng, cells = np.random.default_rng(2), []
    for _ in range(6):
        page, truth = filled(mnist, rng, rows=4, columns=3)
        table = reader.read_table(page)
        assert table.shape == (4, 3)
        cells += [
            (text, cell.text)
            for texts, row in zip(truth, table, strict=True)
            for text, cell in zip(texts, row, strict=True)
        ]

    assert share_right(*map(list, zip(*cells, strict=True))) >= 0.9
    assert all(received == "" for expected, received in cells if not expected)


def test_a_tilted_table_keeps_its_rows_and_columns(reader: tenfold.Reader, mnist: Dataset) -> None:
    rng = np.random.default_rng(3)
    for degrees in (-8, -4, 4, 8):
        page, truth = filled(mnist, rng, rows=5, columns=5)
        height, width = page.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.85)
        tilted = cv2.warpAffine(page, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)

        table = reader.read_table(tilted)

        assert table.shape == (5, 5)
        cells = [cell.text for row in table for cell in row]
        assert share_right([text for texts in truth for text in texts], cells) >= 0.8
        digits = {digit for line in table.reading for digit in line}
        assert {digit for row in table for cell in row for digit in cell.digits} <= digits


def test_thin_rulings_beside_thick_ones_divide_cells(reader: tenfold.Reader, mnist: Dataset) -> None:
    thick = cv2.erode(grid(2, 2, width=200, height=160), np.ones((5, 5), np.uint8))
    thin = grid(4, 4, width=100, height=80) // 10 + 206  # 215 on paper of 230
    noise = np.random.default_rng(4).normal(0, 2, thick.shape)
    page = np.clip(np.minimum(thick, thin) + noise, 0, 255).astype(np.uint8)
    for number in range(16):
        row, column = divmod(number, 4)
        write(page, mnist.x_test[number : number + 1], 40 + column * 100 + 28, 40 + row * 80 + 18)

    table = reader.read_table(page)

    assert table.shape == (4, 4)
    assert share_right(list(map(str, mnist.y_test[:16])), [cell.text for row in table for cell in row]) >= 0.8


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_on_its_side_or_upside_down_is_rotated(
    reader: tenfold.Reader, mnist: Dataset, degrees: int
) -> None:
    right = []
    for start in range(0, 180, 18):
        page, expected = numbers(mnist, start)
        turned = np.ascontiguousarray(np.rot90(page, degrees // 90))
        reading = reader.read(turned)
        right.append([line.text for line in reading.lines] == expected)
        upright = reader.read(page)
        assert [line.text for line in upright.lines] == expected or not right[-1]
        for line in reading.lines if right[-1] else ():
            for digit in line:
                box = digit.box
                assert turned[box.y : box.bottom, box.x : box.right].min() < 150

    assert np.mean(right) >= 0.7


def lay(desk: Page, page: Page, corners: list[tuple[int, int]]) -> None:
    """Show a page on a desk, with its corners, clockwise from its upper left one, at `corners`."""
    height, width = page.shape
    whole = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(whole, np.array(corners, dtype=np.float32))
    cv2.warpPerspective(page, matrix, desk.shape[::-1], dst=desk, borderMode=cv2.BORDER_TRANSPARENT)


def dark_desk(seed: int, height: int, width: int) -> Page:
    return np.random.default_rng(seed).normal(70, 4, (height, width)).clip(0, 255).astype(np.uint8)


def test_a_sheet_on_a_dark_desk_is_read_like_the_sheet_alone(reader: tenfold.Reader, mnist: Dataset) -> None:
    right = []
    for number, start in enumerate(range(0, 180, 18)):
        page, expected = numbers(mnist, start)
        desk = dark_desk(number, 700, 800)
        lay(desk, page, [(200, 150), (590, 170), (580, 520), (190, 500)])
        right.append([line.text for line in reader.read(desk).lines] == expected)

    assert np.mean(right) >= 0.7


def test_two_tilted_sheets_one_of_them_upside_down_are_read_one_after_the_other(
    reader: tenfold.Reader, mnist: Dataset
) -> None:
    right = []
    for number, start in enumerate(range(0, 180, 36)):
        left, of_left = numbers(mnist, start)
        upside_down, of_right = numbers(mnist, start + 18)
        desk = dark_desk(number, 700, 1300)
        lay(desk, left, [(120, 150), (510, 90), (560, 440), (170, 500)])
        lay(desk, upside_down, [(1150, 560), (750, 500), (800, 140), (1200, 200)])
        reading = reader.read(desk)
        right += [
            one == other
            for one, other in zip([line.text for line in reading], of_left + of_right, strict=False)
        ]
        for digit in (digit for line in reading for digit in line):
            box = digit.box
            assert desk[box.y : box.bottom, box.x : box.right].min() < 150

    assert np.mean(right) >= 0.8
    assert len(right) == 30


def test_printed_text_gives_no_digits(reader: tenfold.Reader) -> None:
    page = np.full((300, 700), 250, dtype=np.uint8)
    for row, words in enumerate(
        ["Three lines of plain English", "give nothing to read, since", "all of it is letters"]
    ):
        cv2.putText(page, words, (30, 80 + 80 * row), cv2.FONT_HERSHEY_DUPLEX, 1.2, 20, 2, cv2.LINE_AA)

    assert [digit for line in reader.read(page).lines for digit in line if digit.accepted] == []


def test_a_crop_of_a_cell_with_its_frame_is_read_as_its_digit(reader: tenfold.Reader, mnist: Dataset) -> None:
    right = 0
    for index in range(40):
        page = np.full((100, 100), 245, dtype=np.uint8)
        write(page, mnist.x_test[index : index + 1], 22, 22, side=56)
        cv2.rectangle(page, (10, 10), (90, 90), 70, 2)
        right += reader.read(page).text == str(mnist.y_test[index])

    assert right >= 36


def test_noise_around_a_small_digit_does_not_hide_it(reader: tenfold.Reader, mnist: Dataset) -> None:
    rng, right = np.random.default_rng(0), 0
    for index in range(40):
        noisy = mnist.x_test[index] + rng.integers(0, 12, (28, 28))
        right += reader.read(np.minimum(noisy, 255).astype(np.uint8)).text == str(mnist.y_test[index])

    assert right >= 34
