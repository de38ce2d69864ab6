"""An SVG of ours parsed into areas, lines, words and pictures, in pixels and plain colours.

Browsers support style sheets with variables; Inkscape, LaTeX, office programs and rasterizers do not. The
parser covers what our drawings use: straight paths, rectangles, circles, uses, words and pictures; style
sheets whose selectors end in one element with its classes; variables, and color-mix. Colours are the light
ones.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from math import cos, pi, sin
from xml.etree import ElementTree

Point = tuple[float, float]
Colour = tuple[int, int, int, float]  # red, green, blue from 0 to 255, and opacity from 0 to 1
_HREF = "{http://www.w3.org/1999/xlink}href"
_CORNERS = 24  # of the polygon for a circle
_VARIABLE = re.compile(r"var\((--[\w-]+)(?:,\s*((?:[^()]|\([^()]*\))*))?\)")
_MIX = re.compile(r"color-mix\(in srgb, (\S+) ([\d.]+)%, (\S+)\)")


@dataclass(frozen=True)
class Outline:
    """One or more polylines, filled, stroked, or both."""

    lines: tuple[tuple[Point, ...], ...]
    closed: bool
    fill: Colour | None
    stroke: Colour | None
    stroke_px: float
    dashes: tuple[float, ...]


@dataclass(frozen=True)
class Words:
    """Words on a baseline, optionally with a halo in the background colour."""

    at: Point
    text: str
    size_px: float
    bold: bool
    anchor: str  # "start", "middle" or "end"
    fill: Colour
    halo: Colour | None


@dataclass(frozen=True)
class Raster:
    """An embedded picture; `address` is its PNG data URI."""

    at: Point
    width: float
    height: float
    address: str


Shape = Outline | Words | Raster


@dataclass(frozen=True)
class _Place:
    """An element's viewport size, and the transform from its coordinates to pixels."""

    width: float
    height: float
    scale: Point = (1, 1)
    offset: Point = (0, 0)

    def pixels(self, x: float, y: float) -> Point:
        return self.scale[0] * x + self.offset[0], self.scale[1] * y + self.offset[1]

    def moved(self, x: float, y: float) -> "_Place":
        return replace(self, offset=self.pixels(x, y))

    def scaled(self, x: float, y: float) -> "_Place":
        return replace(self, scale=(self.scale[0] * x, self.scale[1] * y))


@dataclass(frozen=True)
class _Rule:
    tag: str
    classes: frozenset[str]
    values: Mapping[str, str]


def shapes_of(svg: str) -> tuple[float, float, list[Shape]]:
    """Width and height in pixels, and all shapes, from back to front."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own
    *_, width, height = map(float, root.attrib["viewBox"].split())
    sheets = [element.text or "" for element in root.iter() if _tag(element) == "style"]
    rules = [rule for sheet in sheets for rule in _parse(sheet)]
    named = {element.attrib["id"]: element for element in root.iter() if "id" in element.attrib}
    variables = {name: value for rule in rules for name, value in rule.values.items() if name[:2] == "--"}
    walk = _Walk(rules, named)
    return (
        width,
        height,
        [shape for child in root for shape in walk.visit(child, _Place(width, height), variables)],
    )


@dataclass(frozen=True)
class _Walk:
    rules: list[_Rule]
    named: Mapping[str, ElementTree.Element]

    def visit(
        self, element: ElementTree.Element, place: _Place, inherited: Mapping[str, str]
    ) -> Iterator[Shape]:
        tag = _tag(element)
        if tag in ("style", "title", "defs"):
            return
        style = {**inherited, **self._own_style(element, tag)}
        style = {name: _resolve(value, style) for name, value in style.items()}
        place = _transformed(place, element.attrib.get("transform", ""))
        match tag:
            case "svg":
                place = _inside(element, place)
            case "g":
                pass
            case "use":
                at = place.moved(_length(element, "x", place.width), _length(element, "y", place.height))
                href = element.attrib.get("href") or element.attrib[_HREF]
                yield from self.visit(self.named[href.removeprefix("#")], at, style)
                return
            case "text":
                yield _words(element, place, style)
                return
            case "image":
                yield _raster(element, place)
                return
            case _:
                yield _outline(element, tag, place, style)
                return
        for child in element:
            yield from self.visit(child, place, style)

    def _own_style(self, element: ElementTree.Element, tag: str) -> dict[str, str]:
        classes = set(element.attrib.get("class", "").split())
        matching = [rule for rule in self.rules if rule.tag in ("", tag) and rule.classes <= classes]
        style = {"opacity": "1"}
        for rule in sorted(matching, key=lambda rule: (len(rule.classes), rule.tag)):
            style |= rule.values
        return style | _declarations(element.attrib.get("style", ""))


def _parse(sheet: str) -> list[_Rule]:
    """The rules of a style sheet, without those for particular media."""
    sheet = re.sub(r"/\*.*?\*/|@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", sheet, flags=re.DOTALL)
    rules = []
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        for selector in selectors.split(","):
            tag, *classes = selector.split()[-1].split(".")
            if ":" not in tag and tag != "*":
                rules.append(_Rule(tag, frozenset(classes), _declarations(body)))
            elif tag == ":root":
                rules.append(_Rule("root", frozenset(), _declarations(body)))
    return rules


def _declarations(body: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in body.split(";") if ":" in part)
    values = {name.strip(): value.strip() for name, _, value in pairs}
    if font := re.match(r"(?:(\d+) )?([\d.]+)px", values.get("font", "")):
        values |= {"font-weight": font[1] or "400", "font-size": f"{font[2]}px"}
    return values


def _resolve(value: str, style: Mapping[str, str]) -> str:
    """`value` with its variables resolved."""
    while found := _VARIABLE.search(value):
        value = value.replace(found[0], style.get(found[1], found[2] or "none"))
    return value


def _colour(value: str, opacity: float) -> Colour | None:
    if value in ("none", "transparent"):
        return None
    if mix := _MIX.match(value):
        share = float(mix[2]) / 100
        mixed, ground = _colour(mix[1], opacity), _colour(mix[3], 1)
        if mixed is None or ground is None:
            return mixed and (*mixed[:3], mixed[3] * share)
        red, green, blue = (
            round(share * a + (1 - share) * b) for a, b in zip(mixed[:3], ground[:3], strict=True)
        )
        return red, green, blue, opacity
    digits = value.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    return red, green, blue, opacity


def _outline(element: ElementTree.Element, tag: str, place: _Place, style: Mapping[str, str]) -> Outline:
    lines, closed = _lines(element, tag, place)
    opacity = float(style["opacity"])
    fill = _colour(style.get("fill", "#000000"), opacity * float(style.get("fill-opacity", 1)))
    width = float(style.get("stroke-width", "1").removesuffix("px"))
    scale = 1 if style.get("vector-effect") or place.scale[0] != place.scale[1] else place.scale[0]
    dashes = style.get("stroke-dasharray", "none")
    return Outline(
        tuple(tuple(place.pixels(*point) for point in points) for points in lines),
        closed,
        None if tag == "line" else fill,
        _colour(style.get("stroke", "none"), opacity),
        width * scale,
        () if dashes == "none" else tuple(map(float, dashes.split())),
    )


def _lines(element: ElementTree.Element, tag: str, place: _Place) -> tuple[list[list[Point]], bool]:
    def length(name: str) -> float:
        return _length(
            element, name, place.height if name in ("y", "y1", "y2", "height", "cy") else place.width
        )

    match tag:
        case "rect":
            x, y, width, height = map(length, ("x", "y", "width", "height"))
            return [[(x, y), (x + width, y), (x + width, y + height), (x, y + height)]], True
        case "line":
            return [[(length("x1"), length("y1")), (length("x2"), length("y2"))]], False
        case "circle":
            x, y, r = map(length, ("cx", "cy", "r"))
            turns = [2 * pi * corner / _CORNERS for corner in range(_CORNERS)]
            return [[(x + r * cos(turn), y + r * sin(turn)) for turn in turns]], True
        case "path":
            return _path(element.attrib["d"])
    raise ValueError(f"expected what our drawings consist of, received {tag}")


def _path(description: str) -> tuple[list[list[Point]], bool]:
    """The polylines of a straight path, and whether it is closed."""
    lines: list[list[Point]] = []
    x = y = 0.0
    for command, numbers in re.findall(r"([MmLlHhVvZz])([^A-Za-z]*)", description):
        values = [float(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        kind, relative = command.lower(), command.islower()
        # h and v change one coordinate only.
        rights = values if kind == "h" else values[::2] if kind != "v" else []
        downs = values if kind == "v" else values[1::2] if kind != "h" else []
        for number, (right, down) in enumerate(zip_longest(rights, downs)):
            x = x if right is None else right + relative * x
            y = y if down is None else down + relative * y
            if kind == "m" and number == 0:
                lines.append([])
            lines[-1].append((x, y))
    return lines, description.rstrip().lower().endswith("z")


def _words(element: ElementTree.Element, place: _Place, style: Mapping[str, str]) -> Words:
    size = float(style.get("font-size", "12px").removesuffix("px"))

    def shift(name: str) -> float:
        value = element.attrib.get(name, "0")
        return float(value.removesuffix("em")) * (size if value.endswith("em") else 1)

    x, y = _length(element, "x", place.width), _length(element, "y", place.height)
    return Words(
        place.pixels(x + shift("dx"), y + shift("dy")),
        "".join(element.itertext()),
        size * place.scale[1],
        int(style.get("font-weight", "400")) >= 600,
        style.get("text-anchor", "start"),
        _colour(style.get("fill", "#000000"), float(style["opacity"])) or (0, 0, 0, 1),
        _colour(style.get("stroke", "none"), 1),
    )


def _raster(element: ElementTree.Element, place: _Place) -> Raster:
    x, y = _length(element, "x", place.width), _length(element, "y", place.height)
    width, height = _length(element, "width", place.width), _length(element, "height", place.height)
    return Raster(place.pixels(x, y), width * place.scale[0], height * place.scale[1], element.attrib["href"])


def _inside(element: ElementTree.Element, place: _Place) -> _Place:
    """The place of a nested SVG's content."""
    width, height = (
        _length(element, name, of, default="100%")
        for name, of in (("width", place.width), ("height", place.height))
    )
    inner = replace(
        place.moved(_length(element, "x", place.width), _length(element, "y", place.height)),
        width=width,
        height=height,
    )
    if "viewBox" not in element.attrib:
        return inner
    *_, units_x, units_y = map(float, element.attrib["viewBox"].split())
    scale_x, scale_y = width / units_x, height / units_y
    if element.attrib.get("preserveAspectRatio") != "none":
        scale_x = scale_y = min(scale_x, scale_y)
    return replace(inner.scaled(scale_x, scale_y), width=units_x, height=units_y)


def _transformed(place: _Place, transform: str) -> _Place:
    for name, numbers in re.findall(r"(\w+)\(([^)]*)\)", transform):
        values = [float(number) for number in numbers.replace(",", " ").split()]
        first, second = values[0], values[-1]
        place = place.moved(first, second) if name == "translate" else place.scaled(first, second)
    return place


def _length(element: ElementTree.Element, name: str, of: float, default: str = "0") -> float:
    value = element.attrib.get(name, default)
    return (
        float(value.removesuffix("%")) * of / 100 if value.endswith("%") else float(value.removesuffix("px"))
    )


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
