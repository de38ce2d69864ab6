"""Compare tenfold with RapidOCR, a general text recogniser, on labelled pictures.

    pip install rapidocr
    python benchmarks/reading.py DIR [DIR ...] [--limit 130]
    python benchmarks/reading.py DIR [DIR ...] --alone

Each DIR contains labels.csv (file,label) and the pictures, or is a file NAME.npz with images uint8 (N, H, W)
and labels (N,). A label is a digit, a string of digits, or anything else for non-digits. With --alone, only
tenfold reads, all pictures. RapidOCR only recognizes text, without detection, which suits it best on crops;
only the digits of its answers count.
"""

import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import tenfold
from measuring import keep, mean_percent, parser
from tenfold.evaluation import expected_calibration_error
from tenfold.imaging.decode import decode

Picture = Path | NDArray[np.uint8]
LOOK_ALIKES = frozenset("oOlIiSsZzBbgqG")  # look like digits: accepting them is neither right nor wrong


def load(path: Path, limit: int | None) -> tuple[list[Picture], list[str]]:
    """The pictures and labels of one set; a random sample if there are more than `limit`."""
    pictures: list[Picture]
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as kept:
            pictures, labels = list(kept["images"]), [str(label) for label in kept["labels"]]
    else:
        with (path / "labels.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        pictures, labels = [path / row["file"] for row in rows], [row["label"] for row in rows]
    chosen = np.random.default_rng(0).permutation(len(labels))[:limit].tolist()
    return [pictures[i] for i in chosen], [labels[i] for i in chosen]


def judge(reader: tenfold.Reader, pictures: list[Picture], labels: list[str]) -> dict[str, float]:
    """Accuracy on one set, in percent."""
    if any(len(label) > 1 and label.isdigit() for label in labels):
        read = [reader.read(picture).text.replace("\n", "") for picture in pictures]
        return {
            "strings right": mean_percent([text == label for text, label in zip(read, labels, strict=True)])
        }
    digits = reader.read_digits(pictures)
    accepted = np.array([digit.accepted for digit in digits])
    if not all(label.isdigit() for label in labels):
        others = np.array([label not in LOOK_ALIKES for label in labels])
        return {"accepted though no digits": mean_percent(accepted[others])}
    truth = np.array([int(label) for label in labels])
    right = np.array([digit.value for digit in digits]) == truth
    of_ten = np.array([digit.probabilities for digit in digits])
    of_eleven = np.column_stack([of_ten, np.maximum(1 - of_ten.sum(axis=1), 0)])  # with "no digit"
    return {
        "right": mean_percent(right),
        "accepted": mean_percent(accepted),
        "right of the accepted": mean_percent(right[accepted]),
        "calibration error": mean_percent([expected_calibration_error(truth, of_eleven)]),
    }


def compare(pictures: list[Picture], labels: list[str], rapidocr: Callable[[Picture], str]) -> dict[str, Any]:
    """Both readers on one set: accuracy, and median time per picture."""
    reader = tenfold.Reader()

    def ours(picture: Picture) -> str:
        return reader.read(picture).text

    def ours_single(picture: Picture) -> str:
        return str(reader.read_digits([picture])[0].value)

    single = all(len(label) == 1 for label in labels)
    results: dict[str, Any] = {}
    for name, read in (("tenfold", ours_single if single else ours), ("rapidocr", rapidocr)):
        right, seconds = [], []
        for picture, label in zip(pictures, labels, strict=True):
            start = time.perf_counter()
            text = read(picture)
            seconds.append(time.perf_counter() - start)
            right.append("".join(c for c in text if c.isdigit() or c == "?") == label)
        results[name] = {"right": mean_percent(right), "ms": round(1e3 * float(np.median(seconds)), 3)}
    results["times as fast"] = round(results["rapidocr"]["ms"] / results["tenfold"]["ms"], 1)
    return results


def rapidocr_reader() -> Callable[[Picture], str]:
    import logging

    from rapidocr import RapidOCR

    logging.disable(logging.INFO)
    engine = RapidOCR()

    def read(picture: Picture) -> str:
        grey = decode(picture)
        found = engine(np.stack([grey] * 3, axis=-1), use_det=False, use_cls=False, use_rec=True)
        return "".join(found.txts or ())

    return read


def main() -> None:
    options = parser(__doc__, limit=130)
    options.add_argument("sets", type=Path, nargs="+")
    options.add_argument("--alone", action="store_true")
    arguments = options.parse_args()
    results: dict[str, Any] = {}
    rapidocr = None if arguments.alone else rapidocr_reader()
    for path in arguments.sets:
        pictures, labels = load(path, None if arguments.alone else arguments.limit)
        figures = (
            judge(tenfold.Reader(), pictures, labels)
            if rapidocr is None
            else compare(pictures, labels, rapidocr)
        )
        results[path.stem] = {"n": len(labels), **figures}
        print(path.stem, results[path.stem], flush=True)
    keep("reading_alone" if arguments.alone else "reading", results)


if __name__ == "__main__":
    main()
