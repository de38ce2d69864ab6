"""The contents of pages: lines, tables, combs, forms, sums, print.

Each function draws a block onto a `Sheet`, its upper left corner at (x, y), with digits of a `height` in
pixels, and returns the height that it occupies.
"""

from collections.abc import Callable

import cv2
import numpy as np

from tenfold.data.synthesis.doodles import chart, doodle, mark, note, outline
from tenfold.data.synthesis.pen import HEIGHT
from tenfold.data.synthesis.print import choose_print
from tenfold.data.synthesis.sheet import Sheet
from tenfold.data.synthesis.style import Style, type_text, write
from tenfold.data.synthesis.texts import BAR, choose_text
from tenfold.imaging.layout import Region

Rng = np.random.Generator
# How frequent each digit is: a 1 looks like a ruling or an l, and is the hardest to recognise.
_SHARES = np.where(np.arange(10) == 1, 0.28, 0.08)


def _number(rng: Rng, most: int = 6) -> str:
    n = int(rng.integers(1, most + 1))
    return "".join(map(str, rng.choice(10, n, p=_SHARES)))


def lines(sheet: Sheet, x: float, y: float, height: float, style: Style, rng: Rng) -> float:
    """Handwritten lines, some on rulings."""
    pitch, n = height * rng.uniform(1.35, 2.4), int(rng.integers(1, 6))
    ruled, tilt, dots = rng.random() < 0.4, rng.normal(0, 0.01), _choose_dots(rng)
    for row in range(n):
        foot = y + height + row * pitch
        text = choose_text(rng) or _number(rng)
        write(sheet, text, x + height * abs(rng.normal(0, 0.3)), foot, height, style, rng)
        if ruled:
            at = foot + height * rng.uniform(-0.05, 0.2)
            _rule(sheet, (x - height, at), (sheet.shape[1], at + tilt * sheet.shape[1]), dots, style)
    return n * pitch


def single(sheet: Sheet, x: float, y: float, height: float, style: Style, rng: Rng) -> float:
    """One number or amount, sometimes underlined, circled or boxed."""
    text = _number(rng, 3) if rng.random() < 0.5 else choose_text(rng)
    end = write(sheet, text, x + height, y + 1.6 * height, height, style, rng)
    kind = rng.random()
    left, right, top, foot = x + 0.6 * height, end + 0.4 * height, y + 0.3 * height, y + 1.9 * height
    if kind < 0.15:
        outline(sheet, (left + right) / 2, (top + foot) / 2, (right - left) / 2, (foot - top) / 2, style, rng)
    elif kind < 0.25:
        sheet.line(
            (left, foot), (right, foot + rng.normal(0, 0.06) * height), style.thickness + 1, style.of_hand
        )
    elif kind < 0.4:
        sheet.box(left, top, right, foot, style.thickness + int(rng.integers(0, 4)), style.of_rulings)
    return 2.4 * height


def table(sheet: Sheet, x: float, y: float, height: float, style: Style, rng: Rng) -> float:
    """A grid whose cells contain numbers, marks, print or nothing."""
    columns, rows = int(rng.integers(1, 8)), int(rng.integers(1, 8))
    tall = height * rng.uniform(1.25, 2.6)
    edges = x + np.cumsum([0, *(height * rng.uniform(1.2, 4.5, columns))])
    heads, printed = rng.random() < 0.4, rng.random() < 0.12
    for row in range(rows):
        for column in range(columns):
            left, foot = (
                edges[column] + height * rng.uniform(0.1, 0.4),
                y + (row + 1) * tall - height * rng.uniform(0.1, 0.3),
            )
            kind = rng.random()
            if (row == 0 and heads) or kind < 0.08:
                type_text(sheet, choose_print(rng, 1)[:6], left, foot, height * rng.uniform(0.4, 0.8), style)
            elif kind < (0.75 if printed else 0.2):
                type_text(sheet, _number(rng, 3), left, foot, height * rng.uniform(0.5, 0.9), style)
            elif kind < 0.75:
                room = (edges[column + 1] - edges[column]) / height
                write(
                    sheet,
                    _number(rng, max(int(room / 0.8), 1)),
                    left,
                    foot,
                    height * rng.uniform(0.85, 1.1),
                    style,
                    rng,
                )
            elif kind < 0.82:
                write(sheet, str(rng.choice([*"xV-", BAR])), left, foot, height, style, rng)
    all_rows, all_columns = rng.random() < 0.85, rng.random() < 0.85
    for row in range(rows + 1):
        if all_rows or row in (0, rows):
            sheet.line(
                (edges[0], y + row * tall), (edges[-1], y + row * tall), style.thickness, style.of_rulings
            )
    for column, edge in enumerate(edges):
        if all_columns or column in (0, columns):
            sheet.line((edge, y), (edge, y + rows * tall), style.thickness, style.of_rulings)
    return rows * tall + height


def comb(sheet: Sheet, x: float, y: float, height: float, style: Style, rng: Rng) -> float:
    """One digit per compartment: boxes, a comb with teeth, dotted separators or shaded boxes."""
    n, cell = int(rng.integers(1, 10)), height * rng.uniform(0.95, 1.7)
    top, foot = y + 0.2 * height, y + height * rng.uniform(1.4, 1.8)
    kind = int(rng.integers(5))
    gap = height * rng.uniform(0.1, 0.5) if kind == 0 else 0.0
    tall, guided = foot - top, rng.random() < 0.25
    thickness = style.thickness + (int(rng.integers(0, max(2, round(0.12 * height)))) if kind == 0 else 0)
    for index in range(n + 1):
        left = x + index * (cell + gap)
        if index < n and rng.random() < 0.85:
            character = _number(rng, 1) if rng.random() < 0.93 else "-"
            small = height * rng.uniform(0.75, 1.1)
            write(
                sheet,
                character,
                left + cell * rng.uniform(0.05, 0.35),
                foot - 0.2 * height * rng.random(),
                small,
                style,
                rng,
            )
        if kind == 0 and index < n:
            sheet.box(left, top, left + cell, foot, thickness, style.of_rulings)
            if guided:
                _dot(sheet, left + 0.25 * cell, top + 0.2 * tall, 0.5 * cell, 0.6 * tall, style)
        elif kind == 1:
            sheet.line((left, top), (left, foot), thickness, style.of_rulings)
        elif kind == 2:
            sheet.line((left, foot - 0.3 * height), (left, foot), thickness, style.of_rulings)
        elif kind == 3:
            for at in np.arange(top, foot, max(3.0, 0.12 * height)):
                sheet.line((left, at), (left, at + 1), max(1, thickness - 1), style.of_rulings)
        elif kind == 4 and index < n:
            sheet.shade(left + 0.06 * cell, top, left + 0.94 * cell, foot, 0.3 * style.of_rulings)
    if kind in (1, 2, 3):
        sheet.line((x, foot), (x + n * cell, foot), thickness, style.of_rulings)
    if kind == 1 or (kind == 3 and rng.random() < 0.5):
        sheet.line((x, top), (x + n * cell, top), thickness, style.of_rulings)
    return foot - y + 0.4 * height


def _dot(sheet: Sheet, left: float, top: float, across: float, down: float, style: Style) -> None:
    """A frame of fine dots to guide a digit."""
    for x in np.arange(left, left + across, 4):
        for y in (top, top + down / 2, top + down):
            sheet.line((x, y), (x, y), 1, style.of_rulings)
    for y in np.arange(top, top + down, 4):
        for x in (left, left + across):
            sheet.line((x, y), (x, y), 1, style.of_rulings)


def form(sheet: Sheet, x: float, y: float, height: float, style: Style, rng: Rng) -> float:
    """Printed labels, each followed by writing, on a line or in a box."""
    pitch, n, dots = height * rng.uniform(1.6, 2.8), int(rng.integers(1, 5)), _choose_dots(rng)
    for row in range(n):
        foot = y + height * 1.2 + row * pitch
        end = type_text(
            sheet, choose_print(rng, 3), x, foot, height * rng.uniform(0.35, 0.8), style
        ) + height * rng.uniform(0.3, 1)
        text = _number(rng) if rng.random() < 0.6 else choose_text(rng)
        stop = max(write(sheet, text, end + 0.3 * height, foot, height, style, rng), end + 3 * height)
        kind = rng.random()
        if kind < 0.4:
            _rule(sheet, (end, foot + 0.12 * height), (stop, foot + 0.12 * height), dots, style)
        elif kind < 0.7:
            sheet.box(
                end,
                foot - 1.25 * height,
                stop + 0.3 * height,
                foot + 0.3 * height,
                style.thickness,
                style.of_rulings,
            )
    return n * pitch + height


def sums(sheet: Sheet, x: float, y: float, height: float, style: Style, rng: Rng) -> float:
    """Written sums: numbers below each other, a sign, a line, and often the result."""
    pitch, n = height * rng.uniform(1.3, 1.8), int(rng.integers(2, 5))
    right, foot = x + height * rng.uniform(4, 6), y
    for row in range(n):
        foot = y + height + row * pitch
        text = _number(rng, 4)
        left = right - len(text) * height * (0.65 + style.gap)
        if row == n - 1 or rng.random() < 0.2:
            write(
                sheet,
                str(rng.choice(list("+-x:"))),
                left - height * rng.uniform(1, 1.6),
                foot,
                height,
                style,
                rng,
            )
        write(sheet, text, left, foot, height, style, rng)
    foot += height * rng.uniform(0.2, 0.4)
    for below in (0, 0.2 * height) if rng.random() < 0.2 else (0,):
        ends = (
            (x + height * rng.uniform(0, 1.5), foot + below),
            (right + height, foot + below + rng.normal(0, 0.06) * height),
        )
        sheet.line(*ends, max(1, round(style.penman.width * height / HEIGHT)), style.of_hand)
    if rng.random() < 0.7:
        text = _number(rng, 4)
        write(
            sheet,
            text,
            right - len(text) * height * (0.65 + style.gap),
            foot + 1.3 * height,
            height,
            style,
            rng,
        )
    return (n + 1.3) * pitch


def paragraph(sheet: Sheet, x: float, y: float, height: float, style: Style, rng: Rng) -> float:
    """Printed lines."""
    size, n = height * rng.uniform(0.3, 1.0), int(rng.integers(1, 6))
    pitch = size * rng.uniform(1.5, 2.2)
    for row in range(n):
        foot, end = y + size + row * pitch, x
        while end < sheet.shape[1]:
            end = type_text(sheet, choose_print(rng, 6), end, foot, size, style) + 0.4 * size
    return n * pitch


def _choose_dots(rng: Rng) -> float:
    """The distance between the dots of a ruling in pixels, or 0 for a solid line."""
    return float(rng.uniform(3, 8)) if rng.random() < 0.3 else 0.0


def _rule(
    sheet: Sheet, start: tuple[float, float], end: tuple[float, float], dots: float, style: Style
) -> None:
    """Draw a solid or dotted ruling."""
    if not dots:
        sheet.line(start, end, style.thickness, style.of_rulings)
        return
    layer = np.zeros(sheet.shape, dtype=np.float32)
    n = max(int((end[0] - start[0]) / dots), 1)
    for x, y in zip(np.linspace(start[0], end[0], n), np.linspace(start[1], end[1], n), strict=True):
        cv2.line(layer, (round(x), round(y)), (round(x), round(y)), 1.0, style.thickness)
    sheet.put(layer, 0, 0, Region.RULING, style.of_rulings)


Block = Callable[[Sheet, float, float, float, Style, Rng], float]
BLOCKS: dict[Block, float] = {  # with their probabilities
    lines: 0.14,
    single: 0.09,
    table: 0.15,
    comb: 0.11,
    form: 0.12,
    sums: 0.08,
    paragraph: 0.10,
    note: 0.10,
    doodle: 0.04,
    chart: 0.03,
    mark: 0.04,
}
