"""A picture that shows itself in a notebook and can be saved as SVG or PNG."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from tenfold.drawing.plot import Panel, define_marks, draw_panels, style_sheet
from tenfold.drawing.raster import paint
from tenfold.drawing.shapes import Colour, Outline, Raster, Shape, Words, shapes_of
from tenfold.errors import InputError
from tenfold.files import expand_home, write_bytes, write_text
from tenfold.wording import NO_BREAK

_LINE_PX, _LEAST_WIDTH = 20, 480
# The notebook's theme, not the system's, decides whether a drawing is light or dark.
_THEMES = """
.tenfold-drawing{color-scheme:light dark;max-width:100%;height:auto}
[data-jp-theme-light=true] .tenfold-drawing,.vscode-light .tenfold-drawing{color-scheme:light}
[data-jp-theme-light=false] .tenfold-drawing,.vscode-dark .tenfold-drawing,html[theme=dark] .tenfold-drawing\
{color-scheme:dark}
"""


@dataclass(frozen=True, repr=False)
class Drawing:
    """A picture. A notebook shows it, light or dark; `save` writes a file."""

    inside: str  # the SVG's content
    width: int  # in pixels
    height: int
    label: str  # what it shows, in words

    @property
    def svg(self) -> str:
        """SVG text with its style sheet, light and dark."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}"><title>{escape(self.label)}</title>'
            f"<style><![CDATA[{style_sheet()}]]></style><defs>{define_marks()}</defs>"
            '<rect width="100%" height="100%" style="fill:var(--paper)"/>'
            f"{self.inside}</svg>\n"
        )

    def save(self, path: str | Path) -> Path:
        """Write the picture atomically as .svg or .png, according to the name. Returns the path.

        Both have the light colours, and any program can read the .svg. Raises InputError for another suffix.
        """
        target = expand_home(path)
        match target.suffix.lower():
            case ".svg":
                write_text(target, self.plain_svg())
            case ".png":
                buffer = io.BytesIO()
                paint(self.svg).save(buffer, format="PNG", optimize=True)
                write_bytes(target, buffer.getvalue())
            case _:
                raise InputError(f"expected a name that ends in .svg or .png, received {path}")
        return target

    def plain_svg(self) -> str:
        """The picture without a style sheet, for programs that do not support them."""
        width, height, shapes = shapes_of(self.svg)
        root = ElementTree.Element(
            "svg",
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {width:g} {height:g}",
            width=f"{width:g}",
            height=f"{height:g}",
        )
        ElementTree.SubElement(root, "title").text = self.label
        for shape in shapes:
            _add(root, shape)
        return ElementTree.tostring(root, encoding="unicode") + "\n"

    def __repr__(self) -> str:
        return f"<Drawing: {self.label}>".replace(NO_BREAK, " ")

    def _repr_html_(self) -> str:
        content = base64.b64encode(self.svg.encode()).decode()
        return (
            f'<style>{_THEMES}</style><img class="tenfold-drawing" alt="{escape(self.label)}" '
            f'src="data:image/svg+xml;base64,{content}">'
        )


def arrange(panels: Sequence[Panel], *, label: str, width: int, height: int) -> Drawing:
    """Plots side by side."""
    return Drawing(draw_panels(panels), width, height, label)


def stack(heading: str, facts: Sequence[str], rows: Sequence[Sequence[Drawing]]) -> Drawing:
    """Rows of drawings below a heading and lines of `facts`."""
    top = _LINE_PX * (len(facts) + 2)
    lines = [f'<text class="name" x="24" y="34">{escape(heading)}</text>']
    lines += [
        f'<text class="tick" x="24" y="{34 + _LINE_PX * number}">{escape(fact)}</text>'
        for number, fact in enumerate(facts, start=1)
    ]
    parts = [f'<g class="plot">{"".join(lines)}</g>']
    for row in rows:
        left = 0
        for each in row:
            size = f'width="{each.width}" height="{each.height}"'
            parts.append(f'<svg x="{left}" y="{top}" {size}>{each.inside}</svg>')
            left += each.width
        top += max(each.height for each in row)
    label = "; ".join([heading, *facts, *(each.label for row in rows for each in row)])
    width = max([_LEAST_WIDTH, *(sum(each.width for each in row) for row in rows)])
    return Drawing("".join(parts), width, top, label)


def _add(root: ElementTree.Element, shape: Shape) -> None:
    match shape:
        case Outline():
            _add_outline(root, shape)
        case Words():
            _add_words(root, shape)
        case Raster():
            ElementTree.SubElement(
                root,
                "image",
                x=_number(shape.at[0]),
                y=_number(shape.at[1]),
                width=_number(shape.width),
                height=_number(shape.height),
                href=shape.address,
                style="image-rendering:pixelated",
            )


def _add_outline(root: ElementTree.Element, outline: Outline) -> None:
    lines = ("L".join(f"{_number(x)} {_number(y)}" for x, y in points) for points in outline.lines)
    path = "".join(f"M{points}{'z' * outline.closed}" for points in lines)
    attributes = {"d": path, **_painted("fill", outline.fill), **_painted("stroke", outline.stroke)}
    if outline.stroke:
        attributes["stroke-width"] = _number(outline.stroke_px)
        attributes["stroke-linejoin"] = "round"
    if outline.dashes:
        attributes["stroke-dasharray"] = " ".join(map(_number, outline.dashes))
    ElementTree.SubElement(root, "path", attributes)


def _add_words(root: ElementTree.Element, words: Words) -> None:
    attributes = {
        "x": _number(words.at[0]),
        "y": _number(words.at[1]),
        "font-family": "sans-serif",
        "font-size": _number(words.size_px),
        "font-weight": "600" if words.bold else "400",
        "text-anchor": words.anchor,
    }
    if words.halo:
        halo = {**_painted("fill", words.halo), **_painted("stroke", words.halo), "stroke-width": "4"}
        ElementTree.SubElement(root, "text", attributes | halo).text = words.text
    ElementTree.SubElement(root, "text", attributes | _painted("fill", words.fill)).text = words.text


def _painted(name: str, colour: Colour | None) -> dict[str, str]:
    if colour is None:
        return {name: "none"}
    red, green, blue, opacity = colour
    painted = {name: f"#{red:02x}{green:02x}{blue:02x}"}
    return painted if opacity == 1 else {**painted, f"{name}-opacity": _number(opacity)}


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
