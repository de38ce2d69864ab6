"""How often a drawn table is read with all its rows and columns.

    python benchmarks/drawn_tables.py [--tables 200]

Tables by writers held out of every training, of two to eight rows and columns, an eighth of their cells
empty, drawn and photographed as the pages that the networks are trained on (tenfold.data.synthesis): tilted,
on a desk, in uneven light with shadows, but completely visible. In percent of the tables: with the
right numbers of rows and columns; in percent of the cells of these: read exactly, and in doubt. Needs
`tenfold fetch unipen` and `tenfold fetch pendigits`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import tenfold
from measuring import keep, mean_percent, parser
from nothing import SIDE
from tenfold.data import load_mnist
from tenfold.data.pens import load_characters
from tenfold.data.synthesis.pages import Pages, show_surroundings
from tenfold.data.synthesis.photograph import photograph
from tenfold.data.synthesis.sheet import Sheet, regions_of
from tenfold.data.synthesis.style import write
from tenfold.errors import ImageError
from tenfold.imaging.layout import Region

Rng = np.random.Generator
Rows = list[list[str]]
Picture = NDArray[np.uint8]
MARGIN = 110
EMPTY = 0.12


def choose_rows(rng: Rng, n_rows: int, n_columns: int) -> Rows:
    """Numbers of one or two digits, and empty cells."""
    return [
        [
            "" if rng.random() < EMPTY else "".join(map(str, rng.integers(0, 10, int(rng.integers(1, 3)))))
            for _ in range(n_columns)
        ]
        for _ in range(n_rows)
    ]


def draw(pages: Pages, rng: Rng) -> tuple[Sheet, Rows]:
    """A sheet with a table, and what its cells contain."""
    height = rng.uniform(30, 60)
    style, room = pages.choose_style(height, rng), SIDE - 2 * MARGIN
    tall = height * rng.uniform(1.5, 2.4)
    widths = height * rng.uniform(2.2, 4.2, int(rng.integers(2, 9)))
    widths = widths[np.cumsum(widths) <= room]
    n_rows = min(int(rng.integers(2, 9)), int(room / tall))
    lefts = MARGIN + np.cumsum([0, *widths])
    tops = MARGIN + tall * np.arange(n_rows + 1)
    rows = choose_rows(rng, n_rows, len(widths))
    sheet = Sheet(SIDE, SIDE)
    for row, top in zip(rows, tops, strict=False):
        for text, left in zip(row, lefts, strict=False):
            write(sheet, text, left + 0.3 * height, top + tall - 0.25 * height, height, style, rng)
    for top in tops:
        sheet.line((lefts[0], top), (lefts[-1], top), style.thickness, style.of_rulings)
    for left in lefts:
        sheet.line((left, tops[0]), (left, tops[-1]), style.thickness, style.of_rulings)
    return sheet, rows


def photograph_all(pages: Pages, rng: Rng) -> tuple[Rows, Picture]:
    """A photograph that shows all of a table, and what its cells contain."""
    while True:
        sheet, rows = draw(pages, rng)
        grey, codes = photograph(sheet, SIDE, rng)
        if not any((regions_of(edge) == Region.RULING).any() for edge in edges_of(codes)):
            return rows, grey


def edges_of(picture: Picture) -> tuple[Picture, ...]:
    return picture[0], picture[-1], picture[:, 0], picture[:, -1]


def measure(reader: tenfold.Reader, pages: Pages, n_tables: int, rng: Rng) -> dict[str, Any]:
    has_right_shape: list[bool] = []
    right: list[bool] = []
    in_doubt: list[bool] = []
    for _ in range(n_tables):
        expected, grey = photograph_all(pages, rng)
        try:
            table = reader.read_table(grey)
        except ImageError:
            has_right_shape.append(False)
            continue
        has_right_shape.append(table.shape == (len(expected), len(expected[0])))
        if has_right_shape[-1]:
            for cells, texts in zip(table, expected, strict=True):
                right += [cell.text == text for cell, text in zip(cells, texts, strict=True)]
                in_doubt += [not cell.accepted for cell in cells]
    return {
        "tables": n_tables,
        "with the right shape": mean_percent(has_right_shape),
        "their cells": len(right),
        "right": mean_percent(right),
        "in doubt": mean_percent(in_doubt),
    }


def main() -> None:
    arguments = parser(__doc__, tables=200).parse_args()
    mnist = load_mnist()
    pages = Pages(mnist.x_test, mnist.y_test, load_characters(held_out=True), show_surroundings)
    keep(
        "drawn_tables",
        measure(tenfold.Reader(), pages, arguments.tables, np.random.default_rng(71)),
    )


if __name__ == "__main__":
    main()
