"""Two MNIST digits glued together: how many pairs are read right.

Digits of the MNIST test set are pushed together until, in the row where they are closest, their ink overlaps
by 0 to 4 pixels, and laid on a white page; the reader has to find the cut.

    python benchmarks/touching_pairs.py --n 2000
"""

import argparse
import json

import numpy as np
from numpy.typing import NDArray

MARGIN_PX = 6


def touching_pairs(
    images: NDArray[np.uint8], labels: NDArray[np.int64], n: int, seed: int
) -> tuple[list[NDArray[np.uint8]], list[str]]:
    """Pictures of two touching digits, dark on white, and what they say.

    `images` uint8 (N, 28, 28), 0 paper .. 255 ink, and `labels` (N,) are MNIST's; the pictures are uint8
    (40, 68).
    """
    rng = np.random.default_rng(seed)
    pictures, texts = [], []
    for left, right in rng.integers(0, len(images), (n, 2)):
        pictures.append(_glue(images[left], images[right], int(rng.integers(0, 5)), int(rng.integers(-2, 3))))
        texts.append(f"{labels[left]}{labels[right]}")
    return pictures, texts


def _glue(
    left: NDArray[np.uint8], right: NDArray[np.uint8], overlap_px: int, shift_px: int
) -> NDArray[np.uint8]:
    """Both in one picture, the right one `shift_px` lower, pushed together until they overlap."""
    height, width = left.shape
    ink = np.zeros((height + 2 * MARGIN_PX, 2 * width + 2 * MARGIN_PX), dtype=np.uint8)
    ink[MARGIN_PX : MARGIN_PX + height, MARGIN_PX : MARGIN_PX + width] = left
    placed = np.zeros_like(ink)
    top = MARGIN_PX + shift_px
    placed[top : top + height, MARGIN_PX + width : MARGIN_PX + 2 * width] = right
    shift = rows_between(ink, placed) + overlap_px
    return 255 - np.maximum(ink, np.roll(placed, -shift, axis=1))


def rows_between(left: NDArray[np.uint8], right: NDArray[np.uint8]) -> int:
    """By how many pixels the right one can move to the left until the two touch in some row.

    Where no row holds ink of both, until the boxes around them touch.
    """
    columns = np.arange(left.shape[1])
    ends = np.where(left > 127, columns, -1).max(axis=1)
    starts = np.where(right > 127, columns, left.shape[1]).min(axis=1)
    both = (ends >= 0) & (starts < left.shape[1])
    gap = (starts - ends)[both].min() if both.any() else starts.min() - ends.max()
    return int(gap) - 1


def main() -> None:
    import tenfold

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    data = tenfold.load_mnist()
    pictures, texts = touching_pairs(data.x_test, data.y_test, arguments.n, arguments.seed)
    reader = tenfold.Reader()
    readings = [reader.read(picture) for picture in pictures]
    found = ["".join(str(d.value) for line in r.lines for d in line.digits) for r in readings]
    right = float(np.mean([a == b for a, b in zip(found, texts, strict=True)]))
    print(json.dumps({"pairs": arguments.n, "seed": arguments.seed, "right": right}))


if __name__ == "__main__":
    main()
