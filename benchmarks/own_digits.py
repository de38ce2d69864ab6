"""What preparing digits to learn from as the reader does changes, compared with bringing all ink to size.

usage: python benchmarks/own_digits.py [--images N]

Prints the mean level of a 7 drawn with a pen of one pixel on 2,000, prepared either way, and how many of
MNIST's first N training images (all by default), as pictures, come out the same. Results are kept in
benchmarks/results/.
"""

import argparse

import cv2
import numpy as np

from ratios import keep
from tenfold.data import load_mnist
from tenfold.imaging.digit_image import digit_image
from tenfold.imaging.ink import find_ink
from tenfold.imaging.normalize import normalize

SIDE_PX = 2000
CORNERS = np.array([(0.3, 0.2), (0.7, 0.2), (0.45, 0.8)])


def measure_thin_seven() -> dict[str, float]:
    grey = np.full((SIDE_PX, SIDE_PX), 255, dtype=np.uint8)
    cv2.polylines(grey, [(CORNERS * SIDE_PX).astype(np.int32)], isClosed=False, color=0, thickness=1)
    return {
        "all ink": round(float(normalize(find_ink(grey)).mean()), 1),
        "as read": round(float(digit_image(grey).mean()), 1),
    }


def measure_mnist(n_images: int) -> dict[str, int]:
    pictures = load_mnist().x_train[:n_images]
    same = sum(np.array_equal(normalize(find_ink(grey)), digit_image(grey)) for grey in pictures)
    return {"images": len(pictures), "same": same}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--images", type=int, default=60_000)
    n_images = parser.parse_args().images
    keep("own_digits", {"mean level of a thin 7": measure_thin_seven(), "mnist": measure_mnist(n_images)})


if __name__ == "__main__":
    main()
