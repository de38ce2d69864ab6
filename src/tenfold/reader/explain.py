"""Draw every stage from a picture to its digits."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tenfold.files import write_atomically
from tenfold.imaging.normalize import SIDE_PX
from tenfold.imaging.strip import HEIGHT_PX
from tenfold.reader.annotate import Color, annotate, color_of, font, percent
from tenfold.reader.cut import CutLine
from tenfold.reader.reading import Digit
from tenfold.reader.trace import Trace
from tenfold.symbols import character_of

_TEXT, _FAINT, _TRACK = (34, 34, 34), (120, 120, 120), (236, 236, 236)
# Neighbouring digits differ in hue, also for colour-blind readers (Okabe, Ito, 2008).
_TINTS = np.array([(0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167)], dtype=np.float32)

# A card shows one digit: its 28 x 28 image enlarged, and a bar for each probability.
_ENLARGED_PX = 8 * SIDE_PX
_NAME_PX, _BAR_PX, _BAR_HEIGHT_PX, _BAR_PITCH_PX = 46, 110, 10, _ENLARGED_PX / 11
_GAP_PX = 16
_CARD_FONT_PX = 17
_STRIP_FACTOR, _CAPTION_PX, _SYMBOL_PX = 4, 44, 24
# The overview.
_SHEET_PX = 1600
_STAGE_HEIGHT_PX = 1200
_TITLE_PX = 34
_CARDS_ACROSS = 6
_MAX_CARDS = 300  # further cards are only in digits/
_MAX_STRIPS_PIXELS = 20_000_000  # strips are not enlarged beyond this total


def explain(trace: Trace, folder: Path) -> None:
    """Write the stages of `trace` as PNGs into `folder`, which is created if missing.

    1-grey, 2-ink, 3-strips, 4-cuts, 5-reading (for a picture read as a single digit: 1-grey, 2-ink,
    3-reading), overview, and a card for each digit in digits/, such as line-01-digit-01.png. The overview
    shows the first 300 cards. Existing files are replaced. Raises OSError.
    """
    stages = _stages(trace)
    (folder / "digits").mkdir(parents=True, exist_ok=True)
    for number, (name, picture) in enumerate(stages, start=1):
        save_png(picture, folder / f"{number}-{name}.png")
    save_png(_overview(stages, _save_cards(trace, folder / "digits")), folder / "overview.png")


def save_png(picture: Image.Image, path: Path) -> None:
    """Write `picture` to `path` as PNG, atomically. Raises OSError."""
    write_atomically(path, lambda file: picture.save(file, format="PNG"))


def _stages(trace: Trace) -> list[tuple[str, Image.Image]]:
    ink = _stack([_draw_ink(traced.page.ink) for traced in trace.pages])
    stages = [("grey", Image.fromarray(trace.grey)), ("ink", ink)]
    lines = [line for line in trace.lines if line.strip is not None]
    if lines:
        stages.append(("strips", _draw_strips(lines)))
        cuts = [_draw_cuts(traced.page.ink.shape, traced.lines) for traced in trace.pages]
        stages.append(("cuts", _stack(cuts)))
    stages.append(("reading", annotate(trace.grey, trace.reading)))
    return stages


def _stack(pictures: Sequence[Image.Image]) -> Image.Image:
    """Pictures of the same mode below each other."""
    if len(pictures) == 1:
        return pictures[0]
    width, height = max(picture.width for picture in pictures), sum(picture.height for picture in pictures)
    stacked = Image.new(pictures[0].mode, (width, height + _GAP_PX * (len(pictures) - 1)), "white")
    top = 0
    for picture in pictures:
        stacked.paste(picture, (0, top))
        top += picture.height + _GAP_PX
    return stacked


def _draw_ink(ink: NDArray[np.float32]) -> Image.Image:
    return Image.fromarray(np.rint(255 - 255 * np.clip(ink, 0, 1)).astype(np.uint8))


def _draw_strips(lines: Sequence[CutLine]) -> Image.Image:
    """The strips as the network sees them, enlarged, with the symbols found and their probabilities below."""
    strips = [line.strip for line in lines if line.strip is not None]
    width, height = max(strip.shape[1] for strip in strips), sum(strip.shape[0] for strip in strips)
    factor = max(1, min(_STRIP_FACTOR, math.isqrt(_MAX_STRIPS_PIXELS // (width * height))))
    row_px = factor * HEIGHT_PX + _CAPTION_PX
    sheet = Image.new("RGB", (factor * width, row_px * len(lines)), "white")
    draw = ImageDraw.Draw(sheet)
    for number, (line, strip) in enumerate(zip(lines, strips, strict=True)):
        top, foot = number * row_px, (number + 1) * row_px - _CAPTION_PX
        size = factor * strip.shape[1], factor * strip.shape[0]
        sheet.paste(Image.fromarray(255 - strip).resize(size, Image.Resampling.NEAREST), (0, top))
        for peak in line.peaks:
            at, probability = factor * peak.middle_px, float(peak.probabilities[peak.symbol])
            # Other writing has no character.
            draw.text((at, foot), character_of(peak.symbol) or "abc", font=font(20), fill=_TEXT, anchor="mt")
            draw.text((at, foot + _SYMBOL_PX), percent(probability), font=font(11), fill=_FAINT, anchor="mt")
    return sheet


def _draw_cuts(shape: tuple[int, ...], lines: Sequence[CutLine]) -> Image.Image:
    """All digits on white, each in a different colour from its neighbours."""
    canvas = np.full((*shape, 3), 255, dtype=np.uint8)
    for line in lines:
        for number, cut in enumerate(line.cuts):
            view = canvas[cut.box.y : cut.box.bottom, cut.box.x : cut.box.right]
            # Strengthened, so that faint ink is visible too.
            strength = np.sqrt(np.clip(cut.ink, 0, 1))[..., None]
            tinted = view + strength * (_TINTS[number % len(_TINTS)] - view)
            view[:] = np.rint(tinted).astype(np.uint8)
    return Image.fromarray(canvas)


def _save_cards(trace: Trace, folder: Path) -> list[list[Image.Image]]:
    """Write a card for each digit; returns the first ones, by line, in the size for the overview."""
    small: list[list[Image.Image]] = []
    room = _MAX_CARDS
    for row, (line, read) in enumerate(zip(trace.lines, trace.reading.lines, strict=True), start=1):
        small.append([])
        for column, (cut, digit) in enumerate(zip(line.cuts, read.digits, strict=True), start=1):
            card = _card(cut.image, digit)
            save_png(card, folder / f"line-{row:02}-digit-{column:02}.png")
            if room:
                small[-1].append(_fit(card, _column_px(_CARDS_ACROSS)))
                room -= 1
    return small


def _card(image: NDArray[np.uint8], digit: Digit) -> Image.Image:
    """The image of a digit as the network saw it, and the probability of each class."""
    left = _ENLARGED_PX + _GAP_PX
    card = Image.new("RGB", (left + _NAME_PX + _BAR_PX + 36, _ENLARGED_PX), "white")
    enlarged = Image.fromarray(255 - image).resize((_ENLARGED_PX, _ENLARGED_PX), Image.Resampling.NEAREST)
    card.paste(enlarged, (0, 0))
    draw = ImageDraw.Draw(card)
    draw.rectangle((0, 0, _ENLARGED_PX - 1, _ENLARGED_PX - 1), outline=_FAINT)
    no_digit = max(0.0, 1 - sum(digit.probabilities))
    for row, probability in enumerate((*digit.probabilities, no_digit)):
        name = "none" if row == len(digit.probabilities) else str(row)
        color = color_of(digit) if row == digit.value else _FAINT
        _draw_bar(draw, (left, _BAR_PITCH_PX * (row + 0.5)), name, probability, color)
    return card


def _draw_bar(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], name: str, probability: float, color: Color
) -> None:
    """A label, a bar as long as the probability, and its percentage; `at` is the left middle."""
    left, middle = at
    start = left + _NAME_PX
    draw.text((start - 8, middle), name, font=font(_CARD_FONT_PX), fill=color, anchor="rm")
    top, bottom = middle - _BAR_HEIGHT_PX / 2, middle + _BAR_HEIGHT_PX / 2
    draw.rounded_rectangle((start, top, start + _BAR_PX, bottom), radius=3, fill=_TRACK)
    if probability >= 0.01:
        end = start + max(_BAR_HEIGHT_PX, probability * _BAR_PX)
        draw.rounded_rectangle((start, top, end, bottom), radius=3, fill=color)
        draw.text(
            (start + _BAR_PX + 8, middle),
            percent(probability),
            font=font(_CARD_FONT_PX),
            fill=color,
            anchor="lm",
        )


def _overview(
    stages: Sequence[tuple[str, Image.Image]], cards: Sequence[Sequence[Image.Image]]
) -> Image.Image:
    """All stages on one sheet, two per row, followed by the cards, line by line."""
    panels = [
        _panel(f"{number} {name}", picture, _column_px(2))
        for number, (name, picture) in enumerate(stages, start=1)
    ]
    rows = _rows(panels, 2)
    for line in cards:
        rows += _rows(line, _CARDS_ACROSS)
    heights = [max(picture.height for picture in row) + _GAP_PX for row in rows]
    sheet = Image.new("RGB", (_SHEET_PX, sum(heights) + _GAP_PX), "white")
    y = _GAP_PX
    for row, height in zip(rows, heights, strict=True):
        x = _GAP_PX
        for picture in row:
            sheet.paste(picture, (x, y))
            x += picture.width + _GAP_PX
        y += height
    return sheet


def _column_px(columns: int) -> int:
    return (_SHEET_PX - (columns + 1) * _GAP_PX) // columns


def _rows(pictures: Sequence[Image.Image], columns: int) -> list[Sequence[Image.Image]]:
    return [pictures[start : start + columns] for start in range(0, len(pictures), columns)]


def _panel(title: str, picture: Image.Image, width: int) -> Image.Image:
    """A picture with its title above, in a thin frame, at most `width` pixels wide."""
    fitted = _fit(picture.convert("RGB"), width)
    panel = Image.new("RGB", (width, fitted.height + _TITLE_PX), "white")
    panel.paste(fitted, (0, _TITLE_PX))
    draw = ImageDraw.Draw(panel)
    draw.text((0, _TITLE_PX - 8), title, font=font(22), fill=_TEXT, anchor="ls")
    draw.rectangle((0, _TITLE_PX, fitted.width - 1, panel.height - 1), outline=_TRACK)
    return panel


def _fit(picture: Image.Image, width: int) -> Image.Image:
    """The picture scaled to `width`, unless it would be too high; strongly enlarged pixels stay sharp."""
    factor = min(width / picture.width, _STAGE_HEIGHT_PX / picture.height)
    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    return picture.resize(size, Image.Resampling.LANCZOS if factor < 4 else Image.Resampling.NEAREST)
