"""Accuracy on digits and lines by writers held out of every training.

    python benchmarks/held_out_writers.py [--lines 600]

Digits: MNIST's test images and these writers' digits, newly written and pictured, and a quarter as many
non-digits (tenfold.data.synthesis.World). Lines: realistic ones by these writers (Writing), and lines of
MNIST's test digits only (Strings); each is read as a picture, on one core. Needs `tenfold fetch unipen` and
`tenfold fetch pendigits`.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

import tenfold
from measuring import keep, mean_percent, parser
from tenfold.data import Dataset, load_mnist
from tenfold.data.pens import Characters, load_characters
from tenfold.data.synthesis import NO_DIGIT, World
from tenfold.data.synthesis.strings import Strings
from tenfold.data.synthesis.writing import Writing
from tenfold.evaluation import expected_calibration_error
from tenfold.symbols import SIGNS, character_of

Write = Callable[[np.random.Generator], tuple[NDArray[np.uint8], list[int]]]


def judge_digits(reader: tenfold.Reader, mnist: Dataset, characters: Characters) -> dict[str, float]:
    """Accuracy on single digits, and their separation from non-digits, in percent."""
    images, labels = World(mnist.x_test, mnist.y_test, characters).draw(seed=5, epoch=0)
    probabilities = reader.probabilities(images)
    confidence = probabilities[:, :NO_DIGIT].max(axis=1)
    right = probabilities[:, :NO_DIGIT].argmax(axis=1) == labels
    accepted = confidence >= reader.manifest.threshold
    digits = labels != NO_DIGIT
    as_they_are = reader.probabilities(mnist.x_test)[:, :NO_DIGIT].argmax(axis=1) == mnist.y_test
    return {
        "digits": int(digits.sum()),
        "right": mean_percent(right[digits]),
        "accepted": mean_percent(accepted[digits]),
        "wrong and accepted": mean_percent((accepted & ~right)[digits]),
        "others accepted": mean_percent(accepted[~digits]),
        "AUROC": mean_percent([area_under_roc(confidence[digits], confidence[~digits])]),
        "calibration error": mean_percent([expected_calibration_error(labels, probabilities)]),
        "MNIST as it is": mean_percent(as_they_are),
    }


def judge_lines(reader: tenfold.Reader, write: Write, n_lines: int, seed: int) -> dict[str, Any]:
    """Accuracy on lines, in percent of lines, of digits, and of each sign."""
    rng = np.random.default_rng(seed)
    exact, with_signs, seconds = [], [], []
    of_sign: dict[str, list[bool]] = {sign: [] for sign in SIGNS}
    n_digits = wrong = missing = 0
    for _ in range(n_lines):
        strip, symbols = write(rng)
        picture = 255 - cv2.resize(np.pad(strip, 6), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        start = time.process_time()
        lines = reader.read(picture).lines
        seconds.append(time.process_time() - start)
        truth = [symbol for symbol in symbols if symbol < NO_DIGIT]
        found = [digit for line in lines for digit in line.digits]
        exact.append([digit.value if digit.accepted else None for digit in found] == truth)
        written = "".join(line.written for line in lines).replace(" ", "")
        expected = "".join(map(character_of, symbols))
        with_signs.append(written == expected)
        for sign, index in align(expected, written):
            if sign in of_sign:
                of_sign[sign].append(index is not None and written[index] == sign)
        n_digits += len(truth)
        for value, index in align(truth, [digit.value for digit in found]):
            if index is None:
                missing += 1
            else:
                wrong += found[index].accepted and found[index].value != value
    return {
        "lines": n_lines,
        "digits right and accepted": mean_percent(exact),
        "with all signs": mean_percent(with_signs),
        "digits": n_digits,
        "digits wrong and accepted": round(100 * wrong / n_digits, 1),
        "digits missing": round(100 * missing / n_digits, 1),
        "signs right": {sign: [mean_percent(right), len(right)] for sign, right in of_sign.items() if right},
        "processor ms a line": round(1e3 * float(np.mean(seconds)), 1),
    }


def align(truth: Sequence[Any], read: Sequence[Any]) -> list[tuple[Any, int | None]]:
    """Pairs of a true symbol and the index read for it, or None, in the alignment with the fewest changes."""
    costs = np.zeros((len(truth) + 1, len(read) + 1), dtype=int)
    costs[:, 0], costs[0] = np.arange(len(truth) + 1), np.arange(len(read) + 1)
    for i, expected in enumerate(truth, start=1):
        for j, value in enumerate(read, start=1):
            changed = costs[i - 1, j - 1] + (expected != value)
            costs[i, j] = min(changed, costs[i - 1, j] + 1, costs[i, j - 1] + 1)
    pairs: list[tuple[Any, int | None]] = []
    i, j = len(truth), len(read)
    while i or j:
        if i and j and costs[i, j] == costs[i - 1, j - 1] + (truth[i - 1] != read[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((truth[i], j))
        elif i and costs[i, j] == costs[i - 1, j] + 1:
            i -= 1
            pairs.append((truth[i], None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs


def area_under_roc(inside: NDArray[np.float32], outside: NDArray[np.float32]) -> float:
    """The probability that a value of `inside` exceeds one of `outside` (Mann and Whitney, 1947)."""
    ranks = np.concatenate([inside, outside]).argsort(kind="stable").argsort() + 1
    n_above = ranks[: len(inside)].sum() - len(inside) * (len(inside) + 1) / 2
    return float(n_above / (len(inside) * len(outside)))


def main() -> None:
    arguments = parser(__doc__, lines=600).parse_args()
    mnist, characters = load_mnist(), load_characters(held_out=True)
    reader = tenfold.Reader(cores=1)
    writing = Writing(mnist.x_test, mnist.y_test, characters)
    strings = Strings(mnist.x_test, mnist.y_test)
    results: dict[str, Any] = {
        "digits": judge_digits(reader, mnist, characters),
        "lines by held-out writers": judge_lines(reader, writing.write, arguments.lines, seed=77),
        "lines of MNIST": judge_lines(reader, strings.write, arguments.lines, seed=78),
    }
    for name, figures in results.items():
        print(name, figures)
    keep("held_out_writers", results)


if __name__ == "__main__":
    main()
