"""Strings of two to five MNIST digits, most apart, some touching, some overlapping: how many are read right.

By default of training images that were held out when the bundled networks were trained: what is chosen by
such figures must leave the test images alone.

    python benchmarks/mnist_strings.py --n 1000 [--test]
"""

import argparse
import json

import cv2
import numpy as np
from numpy.typing import NDArray

import tenfold
from tenfold.training.trainer import hold_out
from touching_pairs import rows_between

HEIGHT, MARGIN, SCALE = 44, 10, 1.7
APART, TOUCHING = 0.65, 0.25  # the rest overlaps


def draw_string(
    images: NDArray[np.uint8], labels: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], str]:
    """A picture of a string, dark on white, uint8 (H, W), and what it says."""
    chosen = rng.integers(0, len(images), int(rng.integers(2, 6)))
    ink = np.zeros((HEIGHT, 0), dtype=np.uint8)
    for image in images[chosen]:
        size = float(np.exp(rng.normal(0, 0.1)))
        digit = cv2.resize(image, None, fx=size, fy=size, interpolation=cv2.INTER_LINEAR)
        above = min(max(HEIGHT // 2 - len(digit) // 2 + int(rng.integers(-2, 3)), 0), HEIGHT - len(digit))
        column = np.zeros((HEIGHT, digit.shape[1]), dtype=np.uint8)
        column[above : above + len(digit)] = digit
        ink = _put_beside(ink, column, _overlap(rng)) if ink.size else column
    page = cv2.copyMakeBorder(ink, 0, 0, MARGIN, MARGIN, cv2.BORDER_CONSTANT, value=0)
    large = cv2.resize(page, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_CUBIC)
    return (255 - large).astype(np.uint8), "".join(map(str, labels[chosen]))


def _overlap(rng: np.random.Generator) -> int:
    chance = rng.random()
    if chance < APART:
        return -int(rng.integers(2, 8))
    return 0 if chance < APART + TOUCHING else int(rng.integers(1, 3))


def _put_beside(ink: NDArray[np.uint8], digit: NDArray[np.uint8], overlap_px: int) -> NDArray[np.uint8]:
    """Push the digit from the right until it overlaps the ink by so many pixels in some row."""
    width = ink.shape[1] + 2 * digit.shape[1]
    left, right = np.zeros((2, HEIGHT, width), dtype=np.uint8)
    left[:, : ink.shape[1]] = ink
    right[:, -digit.shape[1] :] = digit
    both = np.maximum(left, np.roll(right, -rows_between(left, right) - overlap_px, axis=1))
    return np.asarray(both[:, : np.flatnonzero(both.any(axis=0))[-1] + 1], dtype=np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--test", action="store_true", help="of test images")
    arguments = parser.parse_args()
    data, rng = tenfold.load_mnist(), np.random.default_rng(arguments.seed)
    images, labels = (data.x_test, data.y_test) if arguments.test else hold_out(data, seed=0)[1]
    reader, right, accepted = tenfold.Reader(), 0, 0
    for _ in range(arguments.n):
        picture, text = draw_string(images, labels, rng)
        reading = reader.read(picture)
        right += "".join(str(d.value) for line in reading.lines for d in line.digits) == text
        accepted += reading.text == text
    n = arguments.n
    print(json.dumps({"strings": n, "right": right / n, "right_and_accepted": accepted / n}))


if __name__ == "__main__":
    main()
