"""What pages show apart from numbers: doodles, and marks for machines."""

import math

import cv2
import numpy as np

from tenfold.data.synthesis.pen import HEIGHT
from tenfold.data.synthesis.scribbles import draw_tally
from tenfold.data.synthesis.sheet import Sheet, shrink
from tenfold.data.synthesis.style import Style, type_text, write
from tenfold.data.synthesis.texts import choose_word
from tenfold.imaging.layout import Region

Rng = np.random.Generator
_FINDER = np.pad(np.pad(np.ones((3, 3)), 1), 1, constant_values=1)  # the corners of a square code


def doodle(sheet: Sheet, x: float, y: float, height: float, style: Style, rng: Rng) -> float:
    """Smileys, boxes, scribbles, words, spirals, stars, arrows and tally marks."""
    for _ in range(int(rng.integers(1, 5))):
        size = height * rng.uniform(0.8, 4)
        at_x, at_y = x + rng.random() * 0.8 * (sheet.shape[1] - x), y + size * rng.uniform(0.5, 1)
        kind = int(rng.integers(7))
        if kind == 0:
            outline(sheet, at_x, at_y, size / 2, size * rng.uniform(0.3, 0.6), style, rng, region=Region.TEXT)
            for side in (-0.18, 0.18):
                outline(
                    sheet,
                    at_x + side * size,
                    at_y - 0.1 * size,
                    0.03 * size,
                    0.05 * size,
                    style,
                    rng,
                    region=Region.TEXT,
                )
        elif kind == 1:
            sheet.box(
                at_x - size / 2,
                at_y - size / 2,
                at_x + size / 2,
                at_y + size / 2,
                style.thickness + 1,
                style.of_hand,
            )
        elif kind == 2:
            steps = rng.normal(0, size / 6, (int(rng.integers(4, 14)), 2))
            _stroke(sheet, np.cumsum(steps, axis=0) + np.array([at_x, at_y]), style, Region.TEXT, height)
        elif kind == 3:
            write(sheet, choose_word(rng), at_x, at_y + size / 2, height * rng.uniform(0.7, 1.5), style, rng)
        elif kind == 4:
            rays = rng.uniform(2, 9)  # few points per turn make a star, many a spiral
            angles = np.linspace(0, 2 * math.pi * rays, int(rng.integers(12, 60)))
            radii = size / 2 * (np.linspace(0.1, 1, len(angles)) if rng.random() < 0.5 else 1)
            around = np.stack([np.cos(angles), np.sin(angles)], axis=1) * np.reshape(radii, (-1, 1))
            _stroke(sheet, np.array([at_x, at_y]) + around, style, Region.TEXT, height)
        elif kind == 5:
            arrow(sheet, (at_x, at_y), rng.uniform(0, 2 * math.pi), size, style, height)
        else:
            ink = shrink(draw_tally(style.penman.width, rng), size / HEIGHT / 2)
            sheet.put(ink, at_x, at_y, Region.TEXT, style.of_hand)
    return 3 * height


def chart(sheet: Sheet, x: float, y: float, height: float, style: Style, rng: Rng) -> float:
    """Boxes and ovals with a word or a number each, connected by arrows."""
    n, wide, pitch = int(rng.integers(2, 5)), height * rng.uniform(3, 6), height * rng.uniform(2.6, 3.6)
    round_ones, aside = rng.random() < 0.3, 0.0
    for step in range(n):
        left, top = x + aside, y + step * pitch
        foot = top + height * rng.uniform(1.5, 1.9)
        if round_ones:
            outline(sheet, left + wide / 2, (top + foot) / 2, wide / 2, (foot - top) / 2, style, rng)
        else:
            sheet.box(left, top, left + wide, foot, style.thickness + 1, style.of_hand)
        text = choose_word(rng)[: int(wide / height)] if rng.random() < 0.8 else str(rng.integers(100))
        write(sheet, text, left + 0.4 * height, foot - 0.4 * height, height * 0.8, style, rng)
        aside = max(height * rng.normal(0, 2), -x)
        if step < n - 1:
            start, end = (left + wide / 2, foot), (x + aside + wide / 2, y + (step + 1) * pitch)
            angle = math.atan2(end[1] - start[1], end[0] - start[0])
            arrow(sheet, start, angle, math.dist(start, end), style, height)
    return n * pitch


def arrow(
    sheet: Sheet, start: tuple[float, float], angle: float, length: float, style: Style, height: float
) -> None:
    """An arrow, whose head matches digits of a `height`."""
    end = np.array(start) + length * np.array([math.cos(angle), math.sin(angle)])
    barbs = [
        end - 0.4 * height * np.array([math.cos(angle + turn), math.sin(angle + turn)])
        for turn in (-0.5, 0.5)
    ]
    _stroke(sheet, np.array([start, end, barbs[0], end, barbs[1]]), style, Region.TEXT, height)


def note(sheet: Sheet, x: float, y: float, height: float, style: Style, rng: Rng) -> float:
    """Lines of words, written by hand."""
    pitch, n = height * rng.uniform(1.3, 2.2), int(rng.integers(1, 6))
    for row in range(n):
        words = " ".join(choose_word(rng) for _ in range(int(rng.integers(1, 6))))
        write(sheet, words, x, y + height + row * pitch, height * rng.uniform(0.7, 1.2), style, rng)
    return n * pitch


def mark(sheet: Sheet, x: float, y: float, height: float, style: Style, rng: Rng) -> float:
    """Marks for machines: a square code, bars, solid shapes, or circles, some of them filled."""
    kind, size = int(rng.integers(4)), height * rng.uniform(1, 4)
    if kind == 0:
        n = int(rng.integers(15, 30))
        code = (rng.random((n, n)) < 0.5).astype(np.float32)
        for row, column in ((0, 0), (0, n - 7), (n - 7, 0)):
            code[row : row + 7, column : column + 7] = _FINDER
        side = max(round(size), n)
        modules = cv2.resize(code, (side, side), interpolation=cv2.INTER_NEAREST)
        sheet.put(np.asarray(modules, dtype=np.float32), x, y, Region.TEXT)
    elif kind == 1:
        bars = np.repeat(rng.random((1, 60)) < 0.5, max(round(size / 2), 4), axis=0).astype(np.float32)
        bars = np.repeat(bars, int(rng.integers(1, 3)), axis=1)
        sheet.put(bars, x, y, Region.TEXT)
    elif kind == 2:
        for _ in range(int(rng.integers(1, 5))):
            shape = np.zeros((round(height) + 2,) * 2, dtype=np.float32)
            corners = rng.uniform(0, height, (int(rng.integers(3, 7)), 2))
            cv2.fillConvexPoly(shape, cv2.convexHull(corners.astype(np.int32)), 1.0)
            sheet.put(shape, x + rng.random() * 6 * height, y + rng.random() * size, Region.TEXT)
    else:
        radius, rows = height * rng.uniform(0.25, 0.6), int(rng.integers(1, 6))
        for row in range(rows):
            for column in range(int(rng.integers(2, 6))):
                at_x, at_y = x + (2 * column + 1) * 1.5 * radius, y + (2 * row + 1) * 1.4 * radius
                layer = np.zeros(sheet.shape, dtype=np.float32)
                cv2.circle(
                    layer, (round(at_x), round(at_y)), round(radius), 1.0, -1 if rng.random() < 0.25 else 1
                )
                sheet.put(layer, 0, 0, Region.TEXT, style.of_print)
                if rng.random() < 0.4:
                    type_text(sheet, str(row), at_x - 0.3 * radius, at_y + 0.5 * radius, radius, style)
        size = rows * 2.8 * radius
    return size + 0.5 * height


def outline(
    sheet: Sheet,
    x: float,
    y: float,
    across: float,
    down: float,
    style: Style,
    rng: Rng,
    region: Region = Region.RULING,
) -> None:
    angles = np.linspace(0, 2 * math.pi * rng.uniform(0.95, 1.1), 40) + rng.uniform(0, 6)
    wobble = 1 + 0.05 * np.sin(angles * rng.integers(1, 4) + rng.uniform(0, 6))
    points = np.stack([x + across * wobble * np.cos(angles), y + down * wobble * np.sin(angles)], axis=1)
    _stroke(sheet, points, style, region, 2 * down)


def _stroke(sheet: Sheet, points: np.ndarray, style: Style, region: Region, height: float) -> None:
    layer = np.zeros(sheet.shape, dtype=np.float32)
    width = max(1, min(round(style.penman.width * height / HEIGHT), 6))
    cv2.polylines(layer, [np.rint(points).astype(np.int32)], False, 1.0, width, cv2.LINE_AA)
    sheet.put(layer, 0, 0, region, style.of_hand)
