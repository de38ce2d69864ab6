"""How certain the digits of a page are, by their own strokes and by all others on the page.

Where most candidates are doubtful, as on a page of words, the most convincing one is probably a letter, too.
A single line is a number or a word as a whole.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tenfold.imaging.layout import PAGE_PX
from tenfold.reader.cut import CutLine
from tenfold.reader.page import Page
from tenfold.symbols import N_DIGITS

# Fitted to drawn pages, and to single lines cut out of them, by held-out writers (benchmarks/confidence.py).
OWN, OTHERS, OFFSET = 0.4, 0.52, -3.54
LINE, LINE_OFFSET = 0.51, -0.72
_MIN_PROBABILITY = 1e-3  # no network is surer than this


def weigh_by_page(lines: Sequence[CutLine], page: Page) -> list[CutLine]:
    """The lines, with the probabilities of digits reduced as far as the page makes them doubtful.

    A logistic regression gives the probability that a digit is right: on a page of several lines, of its own
    evidence and the others'; in a single line, of the mean evidence for all its digits.
    """
    if not is_weighed(lines, page):
        return list(lines)
    likelihoods = iter(_likelihoods(lines, page))
    return [
        replace(line, cuts=tuple(cut.scaled_by(next(likelihoods)) for cut in line.cuts)) for line in lines
    ]


def is_weighed(lines: Sequence[CutLine], page: Page) -> bool:
    """Whether the page says more about its digits than their own strokes do.

    It does not about a digit alone in a picture, which the network for single digits judges; nor about
    several lines in a small picture, which someone has probably cut out.
    """
    n_digits = sum(len(line.cuts) for line in lines)
    return n_digits > 1 if page.has_one_line else n_digits > 0 and max(page.size) > PAGE_PX


def evidence(lines: Sequence[CutLine], page: Page) -> NDArray[np.float64]:
    """The evidence for each digit of the lines, and the mean of all others' on the page: float64 (n, 2); in a
    single line, the mean for all its digits: float64 (n, 1).

    The line network says how likely it is this digit, the layout network how likely a number is there; the
    evidence is the sum of their log-odds. A digit alone on its page has 0 for the others, and with few
    others their mean is drawn towards 0 (the sum is divided by one more).
    """
    cuts = [cut for line in lines for cut in line.cuts]
    of_number = np.array([page.number_probability(cut.box, cut.ink) for cut in cuts])
    own = _log_odds(_confidences(lines)) + _log_odds(of_number)
    if page.has_one_line:
        return np.full((len(own), 1), own.mean())
    return np.stack([own, (own.sum() - own) / len(own)], axis=1)


def _likelihoods(lines: Sequence[CutLine], page: Page) -> list[float]:
    weights, offset = ((LINE,), LINE_OFFSET) if page.has_one_line else ((OWN, OTHERS), OFFSET)
    right = 1 / (1 + np.exp(-(evidence(lines, page) @ weights + offset)))
    likelihoods: list[float] = np.minimum(
        right / np.maximum(_confidences(lines), _MIN_PROBABILITY), 1
    ).tolist()
    return likelihoods


def _confidences(lines: Sequence[CutLine]) -> NDArray[np.float64]:
    return np.array(
        [cut.probabilities[:N_DIGITS].max() for line in lines for cut in line.cuts], dtype=np.float64
    )


def _log_odds(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    bounded = np.clip(probabilities, _MIN_PROBABILITY, 1 - _MIN_PROBABILITY)
    return np.asarray(np.log(bounded / (1 - bounded)))
