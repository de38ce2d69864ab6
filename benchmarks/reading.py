"""Read labelled pictures with tenfold and with RapidOCR, a general text recogniser, and compare.

    pip install rapidocr
    python benchmarks/reading.py DIR [DIR ...] [--limit 500]

Each DIR holds labels.csv (file,label) and the pictures, or is a file NAME.npz with images uint8 (N, H, W) and
labels (N,). Of both readers the digits they find are compared with the label's, everything else they say
is left out; RapidOCR is asked for text only, not for where it is, which is what serves it best on crops.
"""

import argparse
import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import tenfold
from ratios import keep
from tenfold.imaging.decode import decode

Picture = Path | NDArray[np.uint8]


def load(path: Path, limit: int) -> tuple[list[Picture], list[str]]:
    """The pictures and labels of one set; of more than `limit`, so many drawn at random."""
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


def tenfold_reader(single: bool) -> Callable[[Picture], str]:
    reader = tenfold.Reader()
    if single:
        return lambda picture: str(reader.read_digits([picture])[0].value)
    return lambda picture: reader.read(picture).text


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


def measure(read: Callable[[Picture], str], pictures: list[Picture], labels: list[str]) -> dict[str, float]:
    """The share read right, digit for digit, and the median time for one picture."""
    right, seconds = 0, []
    for picture, label in zip(pictures, labels, strict=True):
        start = time.perf_counter()
        text = read(picture)
        seconds.append(time.perf_counter() - start)
        right += "".join(filter(str.isdigit, text)) == label
    return {"right": round(right / len(labels), 4), "ms": round(1e3 * float(np.median(seconds)), 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", type=Path, nargs="+")
    parser.add_argument("--limit", type=int, default=500)
    arguments = parser.parse_args()
    results: dict[str, Any] = {}
    rapidocr = rapidocr_reader()
    for path in arguments.sets:
        pictures, labels = load(path, arguments.limit)
        ours = measure(tenfold_reader(single=all(len(label) == 1 for label in labels)), pictures, labels)
        theirs = measure(rapidocr, pictures, labels)
        ratio = round(theirs["ms"] / ours["ms"], 1)
        results[path.stem] = {"n": len(labels), "tenfold": ours, "rapidocr": theirs, "times as fast": ratio}
        print(path.stem, results[path.stem], flush=True)
    keep("reading", results)


if __name__ == "__main__":
    main()
