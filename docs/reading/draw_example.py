"""Draw example.jpg: two lines of MNIST test digits on squared paper, as if photographed with a phone.

python docs/reading/draw_example.py
tenfold read docs/reading/example.jpg --explain docs/reading
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data import load_mnist

LINES = ("31415926", "27182818")
HEIGHT, WIDTH, SQUARE = 420, 1200, 52
PAPER, INK, GRID = (222, 226, 224), (96, 52, 38), (206, 196, 176)  # blue, green, red


def main() -> None:
    chance = np.random.default_rng(2)
    ink = np.zeros((HEIGHT, WIDTH), np.float32)
    for row, line in enumerate(LINES):
        for column, digit in enumerate(draw_line(line, chance)):
            y = 70 + 165 * row + int(chance.integers(-8, 8))
            x = 110 + 122 * column + int(chance.integers(-14, 14))
            place = ink[y : y + digit.shape[0], x : x + digit.shape[1]]
            np.maximum(place, digit, out=place)
    page = np.broadcast_to(np.array(PAPER, np.float32), (HEIGHT, WIDTH, 3)).copy()
    page[SQUARE // 2 :: SQUARE] = page[:, SQUARE // 2 :: SQUARE] = GRID
    page += ink[..., None] * 0.85 * (np.array(INK, np.float32) - page)
    page = cv2.warpAffine(
        page, cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), -1.2, 1), (WIDTH, HEIGHT), borderValue=PAPER
    )
    page = cv2.GaussianBlur(page * shadow()[..., None], (0, 0), 1.1)
    page += chance.normal(0, 3, page.shape)
    cv2.imwrite(
        str(Path(__file__).with_name("example.jpg")),
        np.clip(page, 0, 255).astype(np.uint8),
        [cv2.IMWRITE_JPEG_QUALITY, 85],
    )


def draw_line(line: str, chance: np.random.Generator) -> list[NDArray[np.float32]]:
    """A random digit image for each character, about 100 pixels high, 0 paper .. 1 ink."""
    mnist = load_mnist()
    digits = []
    for character in line:
        digit = mnist.x_test[chance.choice(np.flatnonzero(mnist.y_test == int(character)))]
        large = cv2.resize(digit.astype(np.float32), (140, 140), interpolation=cv2.INTER_CUBIC)
        digits.append(1 / (1 + np.exp(-(cv2.GaussianBlur(large, (0, 0), 2) - 110) / 12)))
    return digits


def shadow() -> NDArray[np.float32]:
    """The light on the page: falling off to the right, with the soft edge of a hand's shadow below."""
    down, across = np.mgrid[0 : 1 : HEIGHT * 1j, 0 : 1 : WIDTH * 1j].astype(np.float32)
    edge = 1 / (1 + np.exp((0.75 - down + 0.35 * across) * 14))
    return (1 - 0.18 * across) * (1 - 0.3 * edge)


if __name__ == "__main__":
    main()
