"""A comparison in a notebook: a table, the first sentences, and a drawing of the accuracies."""

import textwrap
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from tenfold import wording
from tenfold.drawing import Drawing, arrange, stack
from tenfold.drawing.plot import Panel
from tenfold.reporting.charts import ROW_PX, accuracies_plot

if TYPE_CHECKING:
    from tenfold.reporting.results import Results

_HEADS = ("system", "runs", "test accuracy", "95 % interval", "parameters", "training")
_SENTENCES = 4  # the report has all of them
_COLUMNS = 96
_WIDTH = 760


def render_comparison(results: "Results") -> str:
    """A line per system, and the first sentences."""
    rows = [_HEADS, *_rows(results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    lines = [
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, "", *_sentences(results)])


def render_comparison_html(results: "Results") -> str:
    """The table, then the drawing."""
    head = "".join(f"<th>{head}</th>" for head in _HEADS)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in _rows(results)
    )
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{_html(draw_comparison(results))}"
    )


def draw_comparison(results: "Results") -> Drawing:
    """The first sentences, and each system's accuracy with its interval, a mark per seed, and finished
    models below."""
    colours = {system.label: number for number, system in enumerate(results.study.systems)}
    per_seed = {
        system.label: [run.result["test_accuracy"] for run in system.runs] for system in results.study.systems
    }
    plot = accuracies_plot(results.measures, per_seed, colours, results.model_measures)
    height = ROW_PX * (len(results.measures) + len(results.model_measures))
    panel = Panel("Test accuracy", plot.inside(), left=24, top=56, width=_WIDTH - 48, height=height)
    chart = arrange([panel], label=plot.label, width=_WIDTH, height=height + 96)
    heading, *rest = _sentences(results)
    return stack(heading, rest, [[chart]])


def _rows(results: "Results") -> list[tuple[str, ...]]:
    systems = [
        (
            system.label,
            str(system.n),
            _plain(wording.percent(system.test_accuracy)),
            _plain(wording.percent_range(system.test_low, system.test_high)),
            wording.count(system.parameters),
            _plain(wording.duration(system.seconds)),
        )
        for system in results.measures
    ]
    models = [
        (
            model.label,
            "file",
            _plain(wording.percent(model.test_accuracy)),
            _plain(wording.percent_range(model.test_low, model.test_high)),
            "",
            "",
        )
        for model in results.model_measures
    ]
    return [*systems, *models]


def _sentences(results: "Results") -> Sequence[str]:
    """The first sentences, in lines that fit a terminal."""
    texts = (sentence.text for sentence in results.sentences[:_SENTENCES])
    return [line for text in texts for line in textwrap.wrap(_plain(text), _COLUMNS)]


def _plain(text: str) -> str:
    return text.replace(wording.NO_BREAK, " ")


def _html(drawing: Drawing) -> str:
    return drawing._repr_html_()
