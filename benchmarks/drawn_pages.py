"""Accuracy on drawn pages by writers held out of every training.

    python benchmarks/drawn_pages.py [--pictures 300]

A third of the pictures are pages with numbers, words and drawings (tenfold.data.synthesis), a third are
numbers cut out of such pages, and a third are pages without numbers (`nothing.py`). In percent of the digits
found: right, accepted and correct; wrong, accepted but not that digit; the rest are doubtful. Missing is the
share of the digits' ink that is in no digit's box.

It also fits the weights of `tenfold.reader.confidence` to three times as many other pictures, each of which
counts the same and is by the same writers. Needs `tenfold fetch unipen` and `tenfold fetch pendigits`.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

import tenfold
from measuring import keep, mean_percent, parser
from nothing import SIDE, draw_without_numbers
from tenfold.data import load_mnist
from tenfold.data.pens import load_characters
from tenfold.data.synthesis.pages import Pages, show_surroundings
from tenfold.data.synthesis.photograph import photograph
from tenfold.data.synthesis.sheet import regions_of, values_of
from tenfold.errors import ImageError
from tenfold.imaging.components import find_components
from tenfold.imaging.layout import Region
from tenfold.reader.confidence import evidence, has_context
from tenfold.symbols import N_DIGITS

Rng = np.random.Generator
Picture = NDArray[np.uint8]
KINDS = ("page", "cutout", "none")
HEIGHTS = 25.0, 70.0  # pixels, of digits on pages of SIDE x SIDE
DIGITS = (Region.DIGIT, Region.PRINT)


def draw(pages: Pages, n: int, rng: Rng) -> Iterator[tuple[str, Picture, Picture]]:
    """The kinds of `n` pictures, their grey levels, and the codes of their pixels."""
    for number in range(n):
        kind = KINDS[number % len(KINDS)]
        if kind == "none":
            _, grey = draw_without_numbers(pages, number // len(KINDS), rng)
            yield kind, grey, np.zeros_like(grey)
            continue
        grey, codes = photograph(pages.fill(rng, SIDE, HEIGHTS), SIDE, rng)
        window = choose_number(codes, rng) if kind == "cutout" else np.s_[:, :]
        yield kind, grey[window], codes[window]


def choose_number(codes: Picture, rng: Rng) -> tuple[slice, slice]:
    """A number on a page and up to one height of a digit around it; the whole page if it has no number."""
    is_digit = np.isin(regions_of(codes), DIGITS).view(np.uint8)
    joined = cv2.morphologyEx(is_digit, cv2.MORPH_CLOSE, np.ones((1, round(HEIGHTS[0])), np.uint8))
    _, boxes = find_components(joined)
    tall = boxes[1:][boxes[1:, cv2.CC_STAT_HEIGHT] >= HEIGHTS[0] / 2]
    if not len(tall):
        return np.s_[:, :]
    x, y, width, height, _ = rng.choice(tall).tolist()
    left, right, above, below = (height * rng.uniform(0.1, 1, 4)).astype(int).tolist()
    return np.s_[max(y - above, 0) : y + height + below, max(x - left, 0) : x + width + right]


def value_at(box: tenfold.Box, codes: Picture) -> int | None:
    """The digit that stands in a box, or None."""
    inside = codes[box.y : box.bottom, box.x : box.right]
    inside = inside[regions_of(inside) > Region.RULING]
    is_digit = np.isin(regions_of(inside), DIGITS)
    if not inside.size or is_digit.mean() < 0.5:
        return None
    return int(np.bincount(values_of(inside[is_digit])).argmax())


def fit(reader: tenfold.Reader, pictures: Iterator[tuple[str, Picture, Picture]]) -> dict[str, Any]:
    """The weights of a digit's own evidence and that of the others, and the offset."""
    from sklearn.linear_model import LogisticRegression

    rows: list[NDArray[np.float64]] = []
    right: list[bool] = []
    shares: list[float] = []
    for _, grey, codes in pictures:
        with suppress(ImageError):
            page, lines = reader.candidates(grey)
            if not has_context(lines, page):
                continue
            cuts = [cut for line in lines for cut in line.cuts]
            rows.append(evidence(lines, page))
            right += [
                value_at(page.in_picture(cut.box), codes) == cut.probabilities[:N_DIGITS].argmax()
                for cut in cuts
            ]
            shares += [1 / len(cuts)] * len(cuts)
    model = LogisticRegression(C=np.inf, max_iter=1000).fit(np.concatenate(rows), right, sample_weight=shares)
    (own, others), (offset,) = model.coef_[0], model.intercept_
    weights = {"own": own, "others": others, "offset": offset}
    return {
        "pictures": len(rows),
        "digits": len(right),
        **{name: round(float(weight), 2) for name, weight in weights.items()},
    }


def measure(reader: tenfold.Reader, pictures: Iterator[tuple[str, Picture, Picture]]) -> dict[str, Any]:
    """Accuracy on pages and cut-out numbers, and the share of pages without any on which one is accepted."""
    read: dict[str, list[tuple[bool, bool]]] = {"page": [], "cutout": []}
    invented, missed, ink = [], 0, 0
    for kind, grey, codes in pictures:
        digits: list[tenfold.Digit] = []
        with suppress(ImageError):  # refused pages have no digits
            digits = [digit for line in reader.read(grey).lines for digit in line]
        if kind == "none":
            invented.append(any(digit.accepted for digit in digits))
            continue
        read[kind] += [(digit.accepted, value_at(digit.box, codes) == digit.value) for digit in digits]
        is_digit = np.isin(regions_of(codes), DIGITS)
        ink += int(is_digit.sum())
        for digit in digits:
            box = digit.box
            is_digit[box.y : box.bottom, box.x : box.right] = False
        missed += int(is_digit.sum())
    results: dict[str, Any] = {
        kind: {
            "digits found": len(of_kind),
            "right": mean_percent(accepted and right for accepted, right in of_kind),
            "wrong": mean_percent(accepted and not right for accepted, right in of_kind),
        }
        for kind, of_kind in read.items()
    }
    return {
        **results,
        "missing": round(100 * missed / ink, 2),
        "none": {"pages": len(invented), "with an accepted digit": mean_percent(invented)},
    }


def main() -> None:
    arguments = parser(__doc__, pictures=300).parse_args()
    mnist = load_mnist()
    pages = Pages(mnist.x_test, mnist.y_test, load_characters(held_out=True), show_surroundings)
    reader = tenfold.Reader()
    results = {
        **measure(reader, draw(pages, arguments.pictures, np.random.default_rng(21))),
        "fitted": fit(reader, draw(pages, 3 * arguments.pictures, np.random.default_rng(22))),
    }
    keep("drawn_pages", results)


if __name__ == "__main__":
    main()
