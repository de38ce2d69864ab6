"""Shapes rasterized."""

import base64
import io
from itertools import cycle, pairwise
from math import hypot

from PIL import Image, ImageDraw, ImageFont

from tenfold.console import substitute
from tenfold.drawing.shapes import Colour, Outline, Point, Raster, Words, shapes_of

_SCALE = 2  # output pixels per drawing pixel
_FINER = 2  # oversampling, for smooth edges


def paint(svg: str) -> Image.Image:
    """A drawing of ours as an RGB picture in its light colours, at twice its size."""
    width, height, shapes = shapes_of(svg)
    scale = _SCALE * _FINER
    canvas = Image.new("RGB", (round(width * scale), round(height * scale)), "white")
    draw = ImageDraw.Draw(canvas, "RGBA")
    for shape in shapes:
        match shape:
            case Outline():
                _paint_outline(draw, shape, scale)
            case Words():
                _paint_words(draw, shape, scale)
            case Raster():
                _paint_raster(canvas, shape, scale)
    return canvas.resize((round(width * _SCALE), round(height * _SCALE)), Image.Resampling.LANCZOS)


def _paint_outline(draw: ImageDraw.ImageDraw, outline: Outline, scale: int) -> None:
    for points in outline.lines:
        pixels = [(x * scale, y * scale) for x, y in points]
        if outline.fill and len(pixels) > 2:
            draw.polygon(pixels, fill=_ink(outline.fill))
        if outline.stroke:
            path = [*pixels, pixels[0]] if outline.closed else pixels
            parts = _dashed(path, [dash * scale for dash in outline.dashes]) if outline.dashes else [path]
            for part in parts:
                draw.line(part, _ink(outline.stroke), max(1, round(outline.stroke_px * scale)), joint="curve")


def _dashed(path: list[Point], dashes: list[float]) -> list[list[Point]]:
    """The dashes of a path."""
    lengths = cycle(dashes)
    left, drawing = next(lengths), True
    parts, part = [], [path[0]]
    for (x, y), (to_x, to_y) in pairwise(path):
        length = hypot(to_x - x, to_y - y)
        done = 0.0
        while length - done > left:
            done += left
            at = x + (to_x - x) * done / length, y + (to_y - y) * done / length
            if drawing:
                parts.append([*part, at])
            part, left, drawing = [at], next(lengths), not drawing
        left -= length - done
        part.append((to_x, to_y))
    return [*parts, part] if drawing else parts


def _paint_words(draw: ImageDraw.ImageDraw, words: Words, scale: int) -> None:
    font = ImageFont.load_default(words.size_px * scale)
    text = substitute(words.text)
    at = words.at[0] * scale, words.at[1] * scale
    anchor = {"start": "ls", "middle": "ms", "end": "rs"}[words.anchor]
    if words.halo:
        draw.text(
            at, text, _ink(words.halo), font, anchor, stroke_width=2 * scale, stroke_fill=_ink(words.halo)
        )
    bold = round(0.03 * words.size_px * scale) if words.bold else 0
    draw.text(at, text, _ink(words.fill), font, anchor, stroke_width=bold, stroke_fill=_ink(words.fill))


def _paint_raster(canvas: Image.Image, raster: Raster, scale: int) -> None:
    content = base64.b64decode(raster.address.partition(",")[2])
    size = round(raster.width * scale), round(raster.height * scale)
    with Image.open(io.BytesIO(content)) as image:
        pixelated = size[0] > image.width
        how = Image.Resampling.NEAREST if pixelated else Image.Resampling.LANCZOS
        picture = image.convert("RGBA").resize(size, how)
    canvas.paste(picture, (round(raster.at[0] * scale), round(raster.at[1] * scale)), picture)


def _ink(colour: Colour) -> tuple[int, int, int, int]:
    red, green, blue, opacity = colour
    return red, green, blue, round(255 * opacity)
