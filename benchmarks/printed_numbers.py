"""Which printed and handwritten numbers are marked as print.

    python benchmarks/printed_numbers.py [--pages 60]

Pages of printed numbers, in the fonts of the training pages, and of numbers by writers held out of every
training, one to six digits long, drawn and photographed (tenfold.data.synthesis). In percent of the numbers
found, by their length: marked as print.

It also fits the weights of `tenfold.reader.printed` to twice as many other pages; print and handwriting are
equally frequent. Needs `tenfold fetch unipen` and `tenfold fetch pendigits`.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

import tenfold
from drawn_pages import Picture
from measuring import keep, mean_percent, parser
from nothing import SIDE
from tenfold.data import load_mnist
from tenfold.data.pens import load_characters
from tenfold.data.synthesis.pages import Pages, show_surroundings
from tenfold.data.synthesis.photograph import photograph
from tenfold.data.synthesis.sheet import Sheet, regions_of
from tenfold.data.synthesis.style import type_text, write
from tenfold.errors import ImageError
from tenfold.imaging.layout import Region
from tenfold.reader.printed import evenness

Rng = np.random.Generator
Number = tuple[bool, bool, tenfold.Line]  # printed, marked as print, with boxes on the page
HEIGHTS = 18.0, 60.0  # pixels, of digits on pages of SIDE x SIDE
MOST_DIGITS = 6
MARGIN = 40


def fill(pages: Pages, rng: Rng) -> Sheet:
    """A sheet of numbers, each either printed or handwritten."""
    sheet, foot = Sheet(SIDE, SIDE), float(MARGIN)
    while (foot := foot + (height := rng.uniform(*HEIGHTS))) < SIDE - MARGIN:
        style, x = pages.choose_style(height, rng), float(MARGIN)
        while x < SIDE - MOST_DIGITS * height:
            text = "".join(map(str, rng.integers(0, 10, int(rng.integers(1, MOST_DIGITS + 1)))))
            if rng.random() < 0.5:
                x = type_text(sheet, text, x, foot, height, style)
            else:
                x = write(sheet, text, x, foot, height, style, rng)
            x += height * rng.uniform(1.5, 6)
        foot += 0.8 * height
    return sheet


def numbers(reader: tenfold.Reader, pages: Pages, n_pages: int, rng: Rng) -> Iterator[Number]:
    """The numbers found on drawn pages, without those in which print and handwriting meet."""
    for _ in range(n_pages):
        grey, codes = photograph(fill(pages, rng), SIDE, rng)
        with suppress(ImageError):
            for page in reader.trace(grey).pages:
                for line, on_page in zip(page.read, page.lines_on_page, strict=True):
                    start = 0
                    for part in on_page.parts:
                        digits = line.digits[start : start + len(part)]
                        start += len(part)
                        if len({kind_of(digit, codes) for digit in digits}) == 1 and digits:
                            printed = kind_of(digits[0], codes)
                            if printed is not None:
                                yield printed, digits[0].printed, part


def kind_of(digit: tenfold.Digit, codes: Picture) -> bool | None:
    """Whether a printed or a handwritten digit stands in its box; None for anything else."""
    box = digit.box
    inside = regions_of(codes[box.y : box.bottom, box.x : box.right])
    inside = inside[inside > Region.RULING]
    for kind, region in ((True, Region.PRINT), (False, Region.DIGIT)):
        if inside.size and (inside == region).mean() > 0.8:
            return kind
    return None


def measure(found: Iterator[Number]) -> dict[str, Any]:
    marked: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for printed, is_marked, number in found:
        length = str(len(number)) if len(number) < 4 else "4 to 6"
        marked["printed" if printed else "handwritten", length].append(is_marked)
    return {
        kind: {
            length: {"numbers": len(of_length), "marked": mean_percent(of_length)}
            for (of, length), of_length in sorted(marked.items())
            if of == kind
        }
        for kind in ("printed", "handwritten")
    }


def fit(found: Iterator[Number]) -> dict[str, Any]:
    """The weights of a logistic regression without offset: a number of one digit says nothing."""
    from sklearn.linear_model import LogisticRegression

    some = [(evenness([digit.box for digit in number]), printed) for printed, _, number in found]
    model = LogisticRegression(C=np.inf, max_iter=1000, fit_intercept=False, class_weight="balanced")
    model.fit(*map(np.array, zip(*some, strict=True)))
    deviation, offset = np.round(model.coef_[0], 2).tolist()
    return {"numbers": len(some), "deviation": deviation, "offset": offset}


def main() -> None:
    arguments = parser(__doc__, pages=60).parse_args()
    mnist = load_mnist()
    pages = Pages(mnist.x_test, mnist.y_test, load_characters(held_out=True), show_surroundings)
    reader = tenfold.Reader()
    results = {
        **measure(numbers(reader, pages, arguments.pages, np.random.default_rng(41))),
        "fitted": fit(numbers(reader, pages, 2 * arguments.pages, np.random.default_rng(42))),
    }
    keep("printed_numbers", results)


if __name__ == "__main__":
    main()
