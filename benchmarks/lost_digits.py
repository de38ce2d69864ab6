"""Where the reader loses the digits of drawn pages.

    python benchmarks/lost_digits.py [--pages 150]

Pages by writers held out of every training (`drawn_pages.py`). For each handwritten digit: how it is read, or
the step that loses most of it, in percent of the digits. Digits of the same value that touch count as one.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

import tenfold
from drawn_pages import HEIGHTS, Picture
from measuring import keep, parser
from nothing import SIDE
from tenfold.data import load_mnist
from tenfold.data.pens import load_characters
from tenfold.data.synthesis.pages import Pages, show_surroundings
from tenfold.data.synthesis.photograph import photograph
from tenfold.data.synthesis.sheet import code_of
from tenfold.errors import ImageError
from tenfold.imaging.components import find_components
from tenfold.imaging.layout import Region
from tenfold.reader.page import Page
from tenfold.symbols import N_DIGITS

Mask = NDArray[np.bool_]
SEEN = 0.25  # of the strongest ink
MIN_HEIGHT = 8  # pixels; anything lower is a fragment


def digits_in(codes: Picture) -> Iterator[tuple[int, Mask]]:
    """The value and the pixels (H, W) of each handwritten digit on a page."""
    for value in range(N_DIGITS):
        of_value = (codes == code_of(Region.DIGIT, value)).view(np.uint8)
        labels, stats = find_components(
            cv2.morphologyEx(of_value, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        )
        for label in np.flatnonzero(stats[:, cv2.CC_STAT_HEIGHT] >= MIN_HEIGHT).tolist():
            yield value, labels == label


def in_picture(ink: NDArray[np.float32], page: Page) -> Mask:
    """The pixels of the picture, bool (H, W), where a page's ink lies."""
    return cv2.warpPerspective((ink > SEEN).astype(np.float32), page.homography, page.size) > 0.5


def judge(reader: tenfold.Reader, grey: Picture, codes: Picture) -> Iterator[str]:
    """What became of each digit of a picture."""
    try:
        trace = reader.trace(grey)
    except ImageError:
        yield from ("refused" for _ in digits_in(codes))
        return
    read = np.full(grey.shape, "", dtype="<U12")
    value_of = np.full(grey.shape, -1)
    for box in trace.reading.passed_over:
        read[box.y : box.bottom, box.x : box.right] = "passed over"
    for line in trace.reading.lines:
        for digit in line:
            window = np.s_[digit.box.y : digit.box.bottom, digit.box.x : digit.box.right]
            read[window] = "accepted" if digit.accepted else "doubtful"
            value_of[window] = digit.value
    pages = [traced.page for traced in trace.pages]
    ink = np.any([in_picture(page.ink, page) for page in pages], axis=0)
    rulings = np.any([in_picture(page.rulings, page) for page in pages], axis=0)
    words = np.any([in_picture(page.words, page) for page in pages], axis=0)
    for value, pixels in digits_in(codes):
        how = Counter(read[pixels].tolist()).most_common(1)[0][0]
        if how == "accepted":
            yield "right" if (value_of[pixels] == value).mean() > 0.5 else "wrong"
        elif how == "doubtful":
            yield how
        else:
            shares = {
                "not seen as ink": 1 - float((ink | rulings | words)[pixels].mean()),
                "removed as ruling": float(rulings[pixels].mean()),
                "removed as word": float(words[pixels].mean()),
                how or "in no digit's box": float(ink[pixels].mean()),
            }
            yield max(shares, key=lambda step: shares[step])


def main() -> None:
    arguments = parser(__doc__, pages=150).parse_args()
    mnist, rng = load_mnist(), np.random.default_rng(31)
    pages = Pages(mnist.x_test, mnist.y_test, load_characters(held_out=True), show_surroundings)
    reader = tenfold.Reader()
    steps: Counter[str] = Counter()
    for _ in range(arguments.pages):
        steps.update(judge(reader, *photograph(pages.fill(rng, SIDE, HEIGHTS), SIDE, rng)))
    results: dict[str, Any] = {
        "digits": steps.total(),
        **{step: round(100 * n / steps.total(), 1) for step, n in steps.most_common()},
    }
    print(results)
    keep("lost_digits", results)


if __name__ == "__main__":
    main()
