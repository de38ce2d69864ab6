"""Trace the characters of fonts as pen strokes, for training: src/tenfold/data/fonts.npz.

    npm install --no-save --prefix fonts $(python fonts/trace_fonts.py --packages)
    python fonts/trace_fonts.py

fonts.csv lists the families, their versions and licences, and whether they imitate handwriting or print. Of
all that Google Fonts calls handwriting, and every fifth family or so of the others, it has those whose digits
are drawn as single strokes, without two that are nearly the same.
"""

import argparse
import csv
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from tenfold.data.pen_arrays import as_arrays
from tenfold.data.pens import USUAL_HEIGHT
from tenfold.data.synthesis.strokes import thin
from tenfold.files import write_atomically

FOLDER = Path(__file__).parent
TRACED = FOLDER.parent / "src" / "tenfold" / "data" / "fonts.npz"
DIGITS = "0123456789"
CHARACTERS = DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,-/:+=()%#*&@?<>[]{}$'!;\"_|~^"
LARGEST_PX = 260
MEASURED_AT_PX = 200  # size of the font at which its digits are measured
TANGENT_PX = 12  # length along a stroke that gives its direction at the end
MIN_TURN_COSINE = -0.5  # two strokes that meet are one if they go on within 60 degrees

Point = tuple[int, int]  # x, y
Stroke = NDArray[np.int32]  # (n, 2) points
Bitmap = NDArray[np.uint8]  # (h, w), 0 paper, 1 ink


class Skeleton:
    """The lines of a thinned character, one pixel wide, as paths between their ends and crossings."""

    def __init__(self, lines: Bitmap) -> None:
        self._points = {(int(x), int(y)) for y, x in np.argwhere(lines)}
        self._next = {point: self._neighbours(point) for point in self._points}

    def _neighbours(self, point: Point) -> list[Point]:
        """The adjacent pixels; diagonal ones only if no other one leads there."""
        x, y = point
        straight = [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
        found = [other for other in straight if other in self._points]
        for dx, dy in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
            beside = (x + dx, y) in self._points or (x, y + dy) in self._points
            if (x + dx, y + dy) in self._points and not beside:
                found.append((x + dx, y + dy))
        return found

    def degree(self, point: Point) -> int:
        return len(self._next[point])

    def paths(self) -> list[list[Point]]:
        """All paths from one end or crossing to the next, and closed curves."""
        nodes = {point for point in self._points if self.degree(point) != 2}
        found: list[list[Point]] = []
        walked: set[tuple[Point, Point]] = set()
        for start in nodes:
            if not self._next[start]:
                found.append([start])
            for second in self._next[start]:
                if (start, second) not in walked:
                    path = self._walk(start, second)
                    walked |= {(path[0], path[1]), (path[-1], path[-2])}
                    found.append(path)
        rest = self._points - {point for path in found for point in path}
        while rest:
            start = next(iter(rest))
            found.append(self._walk(start, self._next[start][0]))
            rest -= set(found[-1])
        return found

    def _walk(self, start: Point, second: Point) -> list[Point]:
        path = [start, second]
        while path[-1] != start and self.degree(path[-1]) == 2:
            path += [point for point in self._next[path[-1]] if point != path[-2]]
        return path


def without_spurs(lines: Bitmap, half_widths: NDArray[np.float32]) -> Bitmap:
    """A skeleton without the short branches that thinning leaves in the corners of bold strokes.

    `half_widths`, float32 (h, w), is the distance of each pixel of the character from its outline.
    """
    for _ in range(3):
        skeleton, pruned = Skeleton(lines), lines.copy()
        for path in skeleton.paths():
            for way in (path, path[::-1]):
                (x, y), is_end = way[-1], skeleton.degree(way[0]) == 1
                is_short = len(way) < 1.25 * half_widths[y, x] + 1
                if len(way) > 1 and is_end and skeleton.degree(way[-1]) > 2 and is_short:
                    columns, rows = np.array(way[:-1]).T
                    pruned[rows, columns] = 0
                    break
        if np.array_equal(pruned, lines):
            break
        lines = thin(pruned[None])[0]
    return lines


def joined(strokes: list[Stroke]) -> list[Stroke]:
    """The strokes, with those that go on straight through a crossing joined, as a pen draws them."""
    while pair := _straightest(strokes):
        (first, at_end), (second, at_start) = pair
        one = strokes[first] if at_end else strokes[first][::-1]
        other = strokes[second] if at_start else strokes[second][::-1]
        rest = [stroke for index, stroke in enumerate(strokes) if index not in (first, second)]
        strokes = [*rest, np.concatenate([one, other])]
    return strokes


def _straightest(strokes: list[Stroke]) -> tuple[tuple[int, bool], tuple[int, bool]] | None:
    """The two strokes, and at which end of the first and start of the second, that go on most nearly straight
    where they meet; None if none do."""
    ends = [end for index, stroke in enumerate(strokes) for end in _ends(index, stroke)]
    found: dict[float, tuple[tuple[int, bool], tuple[int, bool]]] = {}
    for (one, at_end, place, way), (other, at_other_end, other_place, other_way) in combinations(ends, 2):
        if one != other and np.abs(place - other_place).max() <= 2:
            found.setdefault(float(way @ other_way), ((one, at_end), (other, not at_other_end)))
    turn = min(found, default=1.0)
    return found[turn] if turn < MIN_TURN_COSINE else None


def _ends(index: int, stroke: Stroke) -> Iterator[tuple[int, bool, NDArray[np.float64], NDArray[np.float64]]]:
    """Both ends of a stroke: its index, whether it is the last point, the point, and the direction in which
    the pen would go on."""
    if len(stroke) < 2:
        return
    for at_end, points in ((False, stroke), (True, stroke[::-1])):
        along = np.cumsum([0, *np.linalg.norm(np.diff(points, axis=0), axis=1)])
        inner = points[min(int(np.searchsorted(along, TANGENT_PX)), len(points) - 1)]
        way = (points[0] - inner).astype(np.float64)
        if length := float(np.linalg.norm(way)):
            yield index, at_end, points[0].astype(np.float64), way / length


def strokes_of(glyph: Bitmap, lines: Bitmap) -> list[NDArray[np.int16]]:
    """A character's strokes from its upper left corner, given its `glyph` and that thinned to `lines`."""
    half_widths = cv2.distanceTransform(glyph, cv2.DIST_L2, 5).astype(np.float32)
    pruned = without_spurs(lines, half_widths)
    paths = [np.array(path, dtype=np.int32) for path in Skeleton(pruned if pruned.any() else lines).paths()]
    strokes = joined([_simplified(path) for path in paths])
    corner = np.concatenate(strokes).min(axis=0)
    return [(stroke - corner).astype(np.int16) for stroke in strokes]


def _simplified(path: Stroke) -> Stroke:
    return path if len(path) < 3 else cv2.approxPolyDP(path[:, None], 0.8, False)[:, 0].astype(np.int32)


def glyphs_of(path: Path) -> dict[str, Bitmap]:
    """The font's characters, with digits 100 pixels high, each in a square."""
    measured = ImageFont.truetype(path, MEASURED_AT_PX)
    boxes = [measured.getbbox(digit, anchor="ls") for digit in DIGITS]
    height = float(np.median([bottom - top for _, top, _, bottom in boxes]))
    face = ImageFont.truetype(path, max(8, round(MEASURED_AT_PX * USUAL_HEIGHT / height)))
    missing = bytes(face.getmask("\U0010fffd"))
    found = {}
    for character in CHARACTERS:
        mask = face.getmask(character, mode="L")
        if bytes(mask) == missing or not 0 < min(mask.size) <= max(mask.size) <= LARGEST_PX:
            continue
        inked = np.array(mask, dtype=np.uint8).reshape(mask.size[::-1]) > 127
        if inked.any():
            x, y, width, height_px = cv2.boundingRect(inked.view(np.uint8))
            found[character] = np.zeros((LARGEST_PX + 4, LARGEST_PX + 4), dtype=np.uint8)
            found[character][2 : 2 + height_px, 2 : 2 + width] = inked[y : y + height_px, x : x + width]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--packages", action="store_true", help="print the packages to install, and end")
    arguments = parser.parse_args()
    with (FOLDER / "fonts.csv").open() as file:
        fonts = list(csv.DictReader(file))
    if arguments.packages:
        print(*(f"@fontsource/{font['name']}@{font['version']}" for font in fonts))
        return
    characters = []
    for number, font in enumerate(fonts):
        name = font["name"]
        path = FOLDER / "node_modules" / "@fontsource" / name / "files" / f"{name}-latin-400-normal.woff"
        glyphs = glyphs_of(path)
        thinned = thin(np.stack(list(glyphs.values())))
        characters += [
            (character, number, strokes_of(glyph, lines))
            for (character, glyph), lines in zip(glyphs.items(), thinned, strict=True)
            if lines.any()
        ]
        print(f"{name}: {len(glyphs)} characters", flush=True)
    arrays = as_arrays(characters)
    write_atomically(TRACED, lambda file: np.savez_compressed(file, allow_pickle=False, **arrays))


if __name__ == "__main__":
    main()
