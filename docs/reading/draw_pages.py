"""Draw form.jpg, marks.jpg and desk.jpg: a form, a table of marks, and that table on a desk.

The digits are MNIST's test digits.

python docs/reading/draw_pages.py
tenfold read docs/reading/marks.jpg --table
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data import load_mnist

Page = NDArray[np.float32]  # (h, w, 3), blue, green, red
PAPER, INK, PRINT = (240, 244, 244), (120, 50, 30), (60, 60, 60)
FORM = {"Customer no.": "40817", "Order no.": "926", "Date": "12112026"}
MARKS = [
    ["12", "7", "19"],
    ["9", "", "9"],
    ["14", "10", "24"],
    ["8", "6", "14"],
    ["15", "11", "26"],
]
FOLDER = Path(__file__).parent


def blank(height: int, width: int) -> Page:
    return np.broadcast_to(np.array(PAPER, np.float32), (height, width, 3)).copy()


def write(page: Page, text: str, x: int, y: int, side: int, pitch: int, chance: np.random.Generator) -> None:
    """Write random digits from MNIST's test images, starting at (x, y)."""
    mnist = load_mnist()
    for number, character in enumerate(text):
        digit = mnist.x_test[chance.choice(np.flatnonzero(mnist.y_test == int(character)))]
        large = cv2.resize(digit.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
        ink = 0.9 / (1 + np.exp(-(cv2.GaussianBlur(large, (0, 0), side / 70) - 110) / 14))
        left, top = x + number * pitch + int(chance.integers(-2, 3)), y + int(chance.integers(-3, 4))
        place = page[top : top + side, left : left + side]
        place += ink[..., None] * (np.array(INK, np.float32) - place)


def label(page: Page, text: str, x: int, y: int) -> None:
    ink = np.zeros(page.shape[:2], np.uint8)
    cv2.putText(ink, text, (x, y), cv2.FONT_HERSHEY_DUPLEX, 0.9, 255, 1, cv2.LINE_AA)
    page += ink[..., None] / np.float32(255) * (np.array(PRINT, np.float32) - page)


def rule(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    cv2.line(page, start, end, PRINT, 2, cv2.LINE_AA)


def draw_form(chance: np.random.Generator) -> Page:
    page = blank(420, 900)
    label(page, "Please write one digit in each box.", 40, 60)
    for row, (name, number) in enumerate(FORM.items()):
        top = 100 + 100 * row
        label(page, name, 40, top + 45)
        for cell in range(len(number) + 1):
            rule(page, (290 + 64 * cell, top), (290 + 64 * cell, top + 72))
        for y in (top, top + 72):
            rule(page, (290, y), (290 + 64 * len(number), y))
        write(page, number, 294, top + 8, 56, 64, chance)
    return page


def draw_marks(chance: np.random.Generator) -> Page:
    page = blank(600, 760)
    columns, tops = (40, 230, 420, 610), range(90, 90 + 80 * (len(MARKS) + 1), 80)
    for x, name in zip(columns, ("Part A", "Part B", "Sum"), strict=False):
        label(page, name, x + 10, 70)
    for x in columns:
        rule(page, (x, tops[0]), (x, tops[-1]))
    for y in tops:
        rule(page, (columns[0], y), (columns[-1], y))
    for texts, top in zip(MARKS, tops, strict=False):
        for text, x in zip(texts, columns, strict=False):
            write(page, text, x + 30, top + 14, 52, 44, chance)
    return page


def lay_on_a_desk(sheet: Page, chance: np.random.Generator) -> Page:
    """The sheet in perspective on a dark desk, in the light of a lamp."""
    height, width = 1000, 1300
    grain = cv2.resize(chance.normal(0, 1, (180, 6)).astype(np.float32), (width, height))
    desk = np.array((40, 62, 92), np.float32) + 7 * grain[..., None]
    corners = np.array([(330, 150), (1060, 250), (960, 880), (170, 720)], np.float32)
    whole = np.array([(0, 0), (sheet.shape[1], 0), sheet.shape[1::-1], (0, sheet.shape[0])], np.float32)
    matrix = cv2.getPerspectiveTransform(whole, corners)
    seen = cv2.warpPerspective(sheet, matrix, (width, height), dst=desk, borderMode=cv2.BORDER_TRANSPARENT)
    down, across = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    return np.asarray(seen * (1.05 - 0.3 * across - 0.1 * down)[..., None], dtype=np.float32)


def save(name: str, page: Page, chance: np.random.Generator) -> None:
    noisy = cv2.GaussianBlur(page, (0, 0), 0.8) + chance.normal(0, 2.5, page.shape)
    shown = np.clip(noisy, 0, 255).astype(np.uint8)
    cv2.imwrite(str(FOLDER / name), shown, [cv2.IMWRITE_JPEG_QUALITY, 80])


def main() -> None:
    chance = np.random.default_rng(14)
    marks = draw_marks(chance)
    save("form.jpg", draw_form(chance), chance)
    save("marks.jpg", marks, chance)
    save("desk.jpg", lay_on_a_desk(marks, chance), chance)


if __name__ == "__main__":
    main()
