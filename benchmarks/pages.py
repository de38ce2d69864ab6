"""Compare tenfold with RapidOCR on labelled pictures of forms, tables, sums and pages.

    pip install rapidocr
    python benchmarks/pages.py DIR [--alone]

DIR contains a folder per set, with labels.csv (file,label) and the pictures. A label holds the digits that a
person reads, a line per line or field; signs do not count. The reading is aligned with it, from top to
bottom, with the fewest changes. In percent of the label's digits: right, accepted and correct; doubtful,
shown as `?`; wrong, accepted but another digit or none; missing, not found. RapidOCR finds the text itself,
and never answers `?`. With --alone, only tenfold reads.
"""

import csv
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import tenfold
from measuring import keep, mean_percent, parser
from tenfold.imaging.decode import decode

Said = list[tuple[str, bool]]  # digits, and whether each is certain
KINDS = ("right", "doubtful", "wrong", "missing")


def judge(said: Said, label: str) -> Counter[str]:
    """The numbers of right, doubtful, wrong and missing digits, by the alignment with the fewest changes."""
    costs = np.zeros((len(said) + 1, len(label) + 1), dtype=int)
    costs[:, 0], costs[0] = np.arange(len(said) + 1), np.arange(len(label) + 1)
    for i, (digit, _) in enumerate(said, start=1):
        for j, expected in enumerate(label, start=1):
            together = costs[i - 1, j - 1] + (digit != expected)
            costs[i, j] = min(together, costs[i - 1, j] + 1, costs[i, j - 1] + 1)
    counts: Counter[str] = Counter()
    i, j = len(said), len(label)
    while i or j:
        if i and j and costs[i, j] == costs[i - 1, j - 1] + (said[i - 1][0] != label[j - 1]):
            i, j = i - 1, j - 1
            digit, certain = said[i]
            counts["doubtful" if not certain else "right" if digit == label[j] else "wrong"] += 1
        elif i and costs[i, j] == costs[i - 1, j] + 1:
            i -= 1
            counts["wrong"] += said[i][1]
        else:
            j -= 1
            counts["missing"] += 1
    return counts


def measure(pictures: list[tuple[Path, str]], read: Callable[[Path], Said]) -> dict[str, Any]:
    """A reader's accuracy on one set, and its time per picture."""
    exact, counts, seconds = 0, Counter[str](), []
    for path, label in pictures:
        begun = time.perf_counter()
        said = read(path)
        seconds.append(time.perf_counter() - begun)
        exact += said == [(digit, True) for digit in label]
        counts += judge(said, label)
    digits = sum(len(label) for _, label in pictures)
    return {
        "exact": mean_percent([exact / len(pictures)]),
        **{kind: mean_percent([counts[kind] / digits]) for kind in KINDS},
        "ms": round(1e3 * float(np.median(seconds))),
    }


def ours() -> Callable[[Path], Said]:
    reader = tenfold.Reader()
    return lambda path: [
        (str(digit.value), digit.accepted) for line in reader.read(path).lines for digit in line
    ]


def rapidocr() -> Callable[[Path], Said]:
    import logging

    from rapidocr import RapidOCR

    logging.disable(logging.INFO)
    engine = RapidOCR()

    def read(path: Path) -> Said:
        found = engine(np.stack([decode(path)] * 3, axis=-1))
        return [(c, True) for text in found.txts or () for c in text if c in "0123456789"]

    return read


def load(folder: Path) -> list[tuple[Path, str]]:
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        return [(folder / row["file"], "".join(row["label"].split())) for row in csv.DictReader(file)]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--alone", action="store_true")
    arguments = options.parse_args()
    readers = {"tenfold": ours()} if arguments.alone else {"tenfold": ours(), "rapidocr": rapidocr()}
    sets = {path.parent.name: load(path.parent) for path in sorted(arguments.folder.glob("*/labels.csv"))}
    sets["all"] = [picture for pictures in sets.values() for picture in pictures]
    results: dict[str, Any] = {}
    for name, pictures in sets.items():
        results[name] = {
            "n": len(pictures),
            **{who: measure(pictures, read) for who, read in readers.items()},
        }
        print(name, results[name], flush=True)
    keep("pages_alone" if arguments.alone else "pages", results)


if __name__ == "__main__":
    main()
