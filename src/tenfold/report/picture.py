"""Plots as a picture of its own, an SVG file that looks as the report does, light or dark."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from tenfold.report.plot import define_marks


@dataclass(frozen=True)
class Panel:
    """A plot and its place in the picture, in pixels; ticks stand around it."""

    title: str
    inside: str  # what `plot.draw_inside` returns
    left: int
    top: int
    width: int
    height: int


def render_picture(
    panels: Sequence[Panel], *, label: str, width: int, height: int, mark_scale: float = 1
) -> str:
    """SVG text of `panels` on the page's paper; `label` tells it to who cannot see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><title>{escape(label)}</title>'
        f"<style><![CDATA[{style_sheet()}]]></style><defs>{define_marks(mark_scale)}</defs>"
        '<rect width="100%" height="100%" style="fill:var(--paper)"/>'
        f'<g class="plot">{"".join(map(_draw, panels))}</g></svg>\n'
    )


def style_sheet() -> str:
    """The report's, as text."""
    return files("tenfold.report").joinpath("templates/style.css").read_text(encoding="utf-8")


def _draw(panel: Panel) -> str:
    return (
        f'<g><text class="row-label" x="{panel.left}" y="{panel.top - 14}">{escape(panel.title)}</text>'
        f'<svg x="{panel.left}" y="{panel.top}" width="{panel.width}" height="{panel.height}" '
        f'overflow="visible">{panel.inside}</svg></g>'
    )
