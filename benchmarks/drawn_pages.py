"""Accuracy on drawn pages by writers held out of every training.

    python benchmarks/drawn_pages.py [--pictures 400]

A quarter of the pictures each are pages with numbers, words and drawings (tenfold.data.synthesis), numbers
cut out of such pages, words cut out of them, and pages without numbers (`nothing.py`). In percent of the
digits found: right, accepted and correct; wrong, accepted but not that digit; the rest are doubtful. Missing
is the share of the digits' ink that is in no digit's box. Needs `tenfold fetch unipen` and `tenfold fetch
pendigits`.
"""

from collections.abc import Iterator, Sequence
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

Rng = np.random.Generator
Picture = NDArray[np.uint8]
Window = tuple[slice, slice]
KINDS = ("page", "cutout", "none", "word")
HEIGHTS = 25.0, 70.0  # pixels, of digits on pages of SIDE x SIDE
DIGITS = (Region.DIGIT, Region.PRINT)


def held_out_pages() -> Pages:
    """The source of pages with MNIST's test images, by held-out writers."""
    mnist = load_mnist()
    return Pages(mnist.x_test, mnist.y_test, load_characters(held_out=True), show_surroundings)


def draw(pages: Pages, n: int, kinds: Sequence[str], rng: Rng) -> Iterator[tuple[str, Picture, Picture]]:
    """The kinds of `n` pictures, their grey levels, and the codes of their pixels."""
    for number in range(n):
        kind = kinds[number % len(kinds)]
        if kind == "none":
            _, grey = draw_without_numbers(pages, number // len(kinds), rng)
            yield kind, grey, np.zeros_like(grey)
            continue
        grey, codes = photograph(pages.fill(rng, SIDE, HEIGHTS), SIDE, rng)
        window: Window | None = np.s_[:, :]
        if kind == "cutout":
            window = choose(DIGITS, codes, rng) or window
        while kind == "word" and (window := choose((Region.TEXT,), codes, rng, without=DIGITS)) is None:
            grey, codes = photograph(pages.fill(rng, SIDE, HEIGHTS), SIDE, rng)
        yield kind, grey[window], codes[window]


def choose(
    regions: Sequence[Region], codes: Picture, rng: Rng, without: Sequence[Region] = ()
) -> Window | None:
    """A number or word on a page and up to one height of a character around it; None if the page has none.

    Nothing in it belongs to the regions `without`.
    """
    written = np.isin(regions_of(codes), regions).view(np.uint8)
    joined = cv2.morphologyEx(written, cv2.MORPH_CLOSE, np.ones((1, round(HEIGHTS[0])), np.uint8))
    _, boxes = find_components(joined)
    tall = boxes[1:][boxes[1:, cv2.CC_STAT_HEIGHT] >= HEIGHTS[0] / 2]
    rng.shuffle(tall)
    for x, y, width, height, _ in tall.tolist():
        left, right, above, below = (height * rng.uniform(0.1, 1, 4)).astype(int).tolist()
        window = np.s_[max(y - above, 0) : y + height + below, max(x - left, 0) : x + width + right]
        if not np.isin(regions_of(codes[window]), without).any():
            return window
    return None


def value_at(box: tenfold.Box, codes: Picture) -> int | None:
    """The digit that stands in a box, or None."""
    inside = codes[box.y : box.bottom, box.x : box.right]
    inside = inside[regions_of(inside) > Region.RULING]
    is_digit = np.isin(regions_of(inside), DIGITS)
    if not inside.size or is_digit.mean() < 0.5:
        return None
    return int(np.bincount(values_of(inside[is_digit])).argmax())


def measure(reader: tenfold.Reader, pictures: Iterator[tuple[str, Picture, Picture]]) -> dict[str, Any]:
    """Accuracy on pages and cut-out numbers, and the share of other pictures with an accepted digit."""
    read: dict[str, list[tuple[bool, bool]]] = {"page": [], "cutout": []}
    invented: dict[str, list[bool]] = {"none": [], "word": []}
    missed, ink = 0, 0
    for kind, grey, codes in pictures:
        digits: list[tenfold.Digit] = []
        with suppress(ImageError):  # refused pages have no digits
            digits = [digit for line in reader.read(grey).lines for digit in line]
        if kind in invented:
            invented[kind].append(any(digit.accepted for digit in digits))
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
        **{
            kind: {"pictures": len(some), "with an accepted digit": mean_percent(some)}
            for kind, some in invented.items()
        },
    }


def main() -> None:
    arguments = parser(__doc__, pictures=400).parse_args()
    pictures = draw(held_out_pages(), arguments.pictures, KINDS, np.random.default_rng(21))
    keep("drawn_pages", measure(tenfold.Reader(), pictures))


if __name__ == "__main__":
    main()
