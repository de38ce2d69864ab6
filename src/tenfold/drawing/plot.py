"""The basis of every chart: axes, and marks placed in percent of the plot.

A chart is an SVG whose box is the plot itself. Positions are percentages, so it fits any width without
scaling its text; labels are outside the box, in the padding around it. Colours come from the page's style
sheet, where --s0, --s1 and so on are the systems' colours.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from tenfold import wording

COLOURS = 7
_SHAPES = (  # of the marks, in pixels from their centre
    '<circle r="4.4"/>',
    '<path d="M-4-4H4V4H-4z"/>',
    '<path d="M0-5.2L5 3.6H-5z"/>',
    '<path d="M0-5.6L5.6 0L0 5.6L-5.6 0z"/>',
    '<path d="M0 5.2L5-3.6H-5z"/>',
    '<path d="M-5 0L-2.5-4.4H2.5L5 0L2.5 4.4H-2.5z"/>',
    '<path d="M-1.8-5H1.8V-1.8H5V1.8H1.8V5H-1.8V1.8H-5V-1.8H-1.8z"/>',
)
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Axis:
    """An axis from `low` to `high`, with `ticks` (value, label) in between."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """The position of `value`, in percent of the axis."""
        low, high, value = (
            map(math.log10, (self.low, self.high, value))
            if self.logarithmic
            else (self.low, self.high, value)
        )
        return 100 * (value - low) / (high - low)


def linear_axis(low: float, high: float, *, steps: int = 5, scale: float = 1, unit: str = "") -> Axis:
    """An axis that covers `low` to `high` with round ends, in about `steps` steps.

    Ticks show `scale` times the value: 100 turns fractions into percent.
    """
    if high - low <= 1e-6 * max(abs(low), abs(high), 1 / scale):  # effectively one point
        reach = abs(low) * 0.05 or 1 / scale
        low, high = low - reach, high + reach
    step = _round_step((high - low) / steps * scale)
    first, last = math.floor(low * scale / step + 1e-9), math.ceil(high * scale / step - 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    ticks = tuple((n * step / scale, f"{n * step:.{decimals}f}{unit}") for n in range(first, last + 1))
    return Axis(ticks[0][0], ticks[-1][0], ticks)


def log_axis(values: Iterable[float]) -> Axis:
    """A logarithmic axis with a margin on both sides; ticks at 1, 2 and 5 times powers of ten."""
    values = list(values)
    low, high = min(values) / 1.6, max(values) * 1.6
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    per_decade = (1, 2, 5) if high / low < 50 else (1,) if high / low > 3e3 else (1, 3)
    ticks = [factor * 10.0**exponent for exponent in exponents for factor in per_decade]
    inside = tuple((tick, wording.tick(tick)) for tick in ticks if low <= tick <= high)
    return Axis(low, high, inside, logarithmic=True)


def listed_axis(values: Sequence[float]) -> Axis:
    """An axis with a tick at each of `values`, or at some of them if there are many."""
    every = math.ceil(len(values) / 10)
    low, high = values[0], values[-1]
    if low == high:
        low, high = low - 1, high + 1
    return Axis(low, high, tuple((value, f"{value:g}") for value in values[::every]))


def draw(
    x: Axis,
    y: Axis | None,
    marks: Iterable[str],
    *,
    label: str,
    height_px: int = 200,
    x_title: str = "",
    square: bool = False,
) -> str:
    """The plot as HTML: grid, ticks and `marks`; `label` is for screen readers."""
    kind = (
        "plot"
        + ("" if y is not None else " rows")
        + (" titled" if x_title else "")
        + (" square" if square else "")
    )
    style = "" if square else f' style="height:{height_px}px"'
    return (
        f'<div class="{kind}"><svg role="img" aria-label="{escape(label)}"{style}>'
        f"{draw_inside(x, y, marks, x_title=x_title)}</svg></div>"
    )


@dataclass(frozen=True)
class Plot:
    """A plot without its size: the arguments of `draw`."""

    x: Axis
    y: Axis | None
    marks: tuple[str, ...]
    label: str
    x_title: str = ""

    def inside(self) -> str:
        """The SVG's content."""
        return draw_inside(self.x, self.y, self.marks, x_title=self.x_title)


def draw_plot(plot: Plot, *, height_px: int = 200, square: bool = False) -> str:
    """The plot as HTML; see `draw`."""
    return draw(
        plot.x, plot.y, plot.marks, label=plot.label, height_px=height_px, x_title=plot.x_title, square=square
    )


def draw_inside(x: Axis, y: Axis | None, marks: Iterable[str], *, x_title: str = "") -> str:
    """The SVG's content: grid, ticks and `marks`."""
    parts = [_grid_line(x.at(value), vertical=True) for value, _ in x.ticks]
    parts += [_x_tick(x.at(value), printed, inside=y is None) for value, printed in x.ticks]
    if y is not None:
        for value, printed in y.ticks:
            parts.append(_grid_line(100 - y.at(value), vertical=False))
            parts.append(
                f'<text class="tick end" x="-8" y="{100 - y.at(value):.2f}%" dy=".35em">'
                f"{escape(printed)}</text>"
            )
    if x_title:
        parts.append(f'<text class="tick middle" x="50%" y="100%" dy="38">{escape(x_title)}</text>')
    return "".join([*parts, *marks])


def line(x: Axis, y: Axis, points: Points, kind: str = "", *, colour: int | None = None) -> str:
    """A line through `points`; `kind` adds CSS classes."""
    path = "L".join(f"{x.at(a):.2f} {100 - y.at(b):.2f}" for a, b in points)
    return (
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%">'
        f'<path class="line {kind}"{colour_style(colour)} d="M{path}"/></svg>'
    )


def straight(x1: float, y1: float, x2: float, y2: float, kind: str, *, colour: int | None = None) -> str:
    """A straight line between two positions, in percent of the plot from its upper left corner."""
    return (
        f'<line class="{kind}"{colour_style(colour)} x1="{x1:.2f}%" y1="{y1:.2f}%" '
        f'x2="{x2:.2f}%" y2="{y2:.2f}%"/>'
    )


def mark(x: float, y: float, colour: int | None, title: str = "", kind: str = "") -> str:
    """A system's mark, or one without a colour, at a position in percent; `title` is its tooltip."""
    tip = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<use class="mark {kind}" href="#mark-{shape_of(colour or 0)}"{colour_style(colour)} x="{x:.2f}%" '
        f'y="{y:.2f}%">{tip}</use>'
    )


def define_marks(scale: float = 1) -> str:
    """The shapes that `mark` uses, for a <defs> of the same document."""
    return "".join(
        f'<g id="mark-{number}" transform="scale({scale:g})">{shape}</g>'
        for number, shape in enumerate(_SHAPES)
    )


def bar(x: float, y: float, width: float, height_px: float, kind: str, *, colour: int | None = None) -> str:
    """A horizontal bar: left edge, centre line and width in percent, thickness in pixels."""
    return (
        f'<rect class="{kind}"{colour_style(colour)} x="{x:.2f}%" y="{y:.2f}%" width="{max(width, 0):.2f}%" '
        f'height="{height_px:g}" transform="translate(0 {-height_px / 2:g})"/>'
    )


def text(x: float, y: float, words: str, kind: str = "") -> str:
    """Words at a position in percent."""
    return f'<text class="{kind}" x="{x:.2f}%" y="{y:.2f}%">{escape(words)}</text>'


def colour_style(colour: int | None) -> str:
    """The attribute that gives an element and its children a system's colour."""
    return "" if colour is None else f' style="--c:var(--s{colour % COLOURS})"'


def shape_of(colour: int) -> int:
    """The number of the mark's shape: when colours repeat, shapes change."""
    return (colour + 3 * (colour // COLOURS)) % COLOURS


def _grid_line(at: float, *, vertical: bool) -> str:
    return straight(at, 0, at, 100, "grid") if vertical else straight(0, at, 100, at, "grid")


def _x_tick(at: float, printed: str, *, inside: bool) -> str:
    """A number below the plot; with `inside`, the outermost ones stay within its width."""
    anchor = "start" if inside and at < 1 else "end" if inside and at > 99 else "middle"
    return f'<text class="tick {anchor}" x="{at:.2f}%" y="100%" dy="18">{escape(printed)}</text>'


def _round_step(step: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is at least `step`."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * (1 - 1e-9))


@dataclass(frozen=True)
class Panel:
    """A plot and its position in the picture, in pixels; ticks are outside it."""

    title: str
    inside: str  # from `plot.draw_inside`
    left: int
    top: int
    width: int
    height: int


def render_picture(
    panels: Sequence[Panel], *, label: str, width: int, height: int, mark_scale: float = 1
) -> str:
    """SVG text of `panels` on the page's background; `label` is for screen readers."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><title>{escape(label)}</title>'
        f"<style><![CDATA[{style_sheet()}]]></style><defs>{define_marks(mark_scale)}</defs>"
        '<rect width="100%" height="100%" style="fill:var(--paper)"/>'
        f"{draw_panels(panels)}</svg>\n"
    )


def style_sheet() -> str:
    """CSS for colours and strokes, light and dark."""
    return files("tenfold.drawing").joinpath("style.css").read_text(encoding="utf-8")


def draw_panels(panels: Sequence[Panel]) -> str:
    """The panels at their positions in an SVG."""
    return f'<g class="plot">{"".join(map(_draw_panel, panels))}</g>'


def _draw_panel(panel: Panel) -> str:
    return (
        f'<g><text class="row-label" x="{panel.left}" y="{panel.top - 14}">{escape(panel.title)}</text>'
        f'<svg x="{panel.left}" y="{panel.top}" width="{panel.width}" height="{panel.height}" '
        f'overflow="visible">{panel.inside}</svg></g>'
    )
