"""Fit the weights with which a page says how certain its digits are (tenfold.reader.confidence).

    python benchmarks/confidence.py [--pictures 1800]

To a third each of drawn pages, of numbers cut out of such pages, and of pages without numbers
(`drawn_pages.py`), by writers held out of every training. Words cut out of pages are left out, because nobody
knows how often users read those. Each picture counts the same. Needs `tenfold fetch unipen` and `tenfold
fetch pendigits`.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

import tenfold
from drawn_pages import Picture, draw, held_out_pages, value_at
from measuring import keep, parser
from tenfold.errors import ImageError
from tenfold.reader.confidence import evidence, is_weighed
from tenfold.symbols import N_DIGITS

KINDS = ("page", "cutout", "none")


class Examples:
    """Evidence for digits, and which of them are right; each picture counts the same."""

    def __init__(self) -> None:
        self._evidence: list[NDArray[np.float64]] = []
        self._right: list[bool] = []
        self._weights: list[float] = []

    def add(self, evidence: NDArray[np.float64], right: Sequence[bool]) -> None:
        """Add the digits of one picture."""
        self._evidence.append(evidence)
        self._right += right
        self._weights += [1 / len(right)] * len(right)

    def counts(self) -> dict[str, int]:
        return {"pictures": len(self._evidence), "digits": len(self._right)}

    def fit(self) -> tuple[list[float], float]:
        """The weights and offset of the logistic regression."""
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=np.inf, max_iter=1000)
        model.fit(np.concatenate(self._evidence), self._right, sample_weight=self._weights)
        return np.round(model.coef_[0], 2).tolist(), round(float(model.intercept_[0]), 2)


def fit(reader: tenfold.Reader, pictures: Iterator[tuple[str, Picture, Picture]]) -> dict[str, Any]:
    """The weights and offset of a page's digits, and those of a single line's."""
    of_page, of_line = Examples(), Examples()
    for _, grey, codes in pictures:
        with suppress(ImageError):
            for page, lines in reader.candidates(grey):
                if not is_weighed(lines, page):
                    continue
                right = [
                    value_at(page.in_picture(cut.box), codes) == cut.probabilities[:N_DIGITS].argmax()
                    for line in lines
                    for cut in line.cuts
                ]
                (of_line if page.has_one_line else of_page).add(evidence(lines, page), right)
    (own, others), offset = of_page.fit()
    (line,), line_offset = of_line.fit()
    return {
        "pages": of_page.counts(),
        "lines": of_line.counts(),
        **{"own": own, "others": others, "offset": offset, "line": line, "line offset": line_offset},
    }


def main() -> None:
    arguments = parser(__doc__, pictures=1800).parse_args()
    pictures = draw(held_out_pages(), arguments.pictures, KINDS, np.random.default_rng(22))
    keep("confidence", fit(tenfold.Reader(), pictures))


if __name__ == "__main__":
    main()
