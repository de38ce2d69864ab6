"""Figures of one system, and of what disturbances do to all of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tenfold.evaluation import ReliabilityCurve, wilson_interval
from tenfold.reporting import plot, wording
from tenfold.reporting.measures import Disturbance, mean_curve
from tenfold.reporting.systems import System


def draw_learning(system: System, colour: int) -> list[tuple[str, str]]:
    """(title, plot) of accuracy and of loss per epoch: training dashed, validation solid, seeds thin."""
    return [
        ("Accuracy", _draw_learning(system, colour, "accuracy")),
        ("Loss", _draw_learning(system, colour, "loss")),
    ]


def _draw_learning(system: System, colour: int, figure: str) -> str:
    percent = figure == "accuracy"
    curves = {key: [_points(run.history, key) for run in system.runs] for key in (figure, f"val_{figure}")}
    curves = {key: of_key for key, of_key in curves.items() if all(of_key)}
    values = [value for of_key in curves.values() for points in of_key for _, value in points]
    longest = max(curves[figure], key=len)  # callbacks may stop each seed in another epoch
    x = plot.listed_axis([epoch for epoch, _ in longest])
    low = min(values) if percent else min(0.0, *values)
    high = min(max(values), 1.0) if percent else max(values)
    y = plot.linear_axis(low, high, steps=4, scale=100 if percent else 1, unit=" %" if percent else "")
    marks, told = [], []
    for key, of_key in curves.items():
        kind, what = ("dashed", "training") if key == figure else ("", "validation")
        if len(of_key) > 1:
            marks += [plot.line(x, y, points, f"thin {kind}", colour=colour) for points in of_key]
        mean = [(float(epoch), value) for epoch, value in enumerate(mean_curve(system, key), start=1)]
        marks.append(plot.line(x, y, mean, kind, colour=colour))
        if len(mean) <= 3:
            hollow = "hollow" if kind else ""
            marks += [plot.mark(x.at(at), 100 - y.at(value), colour, "", hollow) for at, value in mean]
        told.append(f"{what} from {_printed(mean[0][1], percent)} to {_printed(mean[-1][1], percent)}")
    epochs = wording.plural(len(longest), "epoch")
    label = f"{figure} of {system.label} over {epochs}: {', '.join(told)}"
    return plot.draw(x, y, marks, label=label, height_px=190, x_title="epoch")


def _points(history: Sequence[dict[str, float]], key: str) -> list[tuple[float, float]]:
    return [(epoch["epoch"], epoch[key]) for epoch in history if key in epoch]


def _printed(value: float, percent: bool) -> str:
    return wording.percent(value) if percent else f"{value:.3f}"


def draw_disturbance(
    curves: Sequence[tuple[str, Disturbance]],
    colours: dict[str, int],
    *,
    x_title: str,
    chance: float,
) -> str:
    """Accuracy against the strength of one disturbance, a line per system, and what guessing gives."""
    levels = curves[0][1].levels
    x = plot.listed_axis(levels)
    y = plot.linear_axis(0, 1, steps=4, scale=100, unit=" %")
    marks = [plot.straight(0, 100 - y.at(chance), 100, 100 - y.at(chance), "chance")]
    for name, curve in curves:
        points = list(zip(curve.levels, curve.accuracy, strict=True))
        marks.append(plot.line(x, y, points, colour=colours[name]))
        marks += [
            plot.mark(
                x.at(level),
                100 - y.at(value),
                colours[name],
                f"{name}, {level:g}: {wording.percent(value, 1)}",
            )
            for level, value in points
        ]
    label = f"Accuracy against {x_title}: " + "; ".join(
        f"{name} from {wording.percent(curve.accuracy[0], 1)} to {wording.percent(curve.accuracy[-1], 1)}"
        for name, curve in curves
    )
    return plot.draw(x, y, marks, label=label, height_px=210)


def draw_reliability(curve: ReliabilityCurve, colour: int, name: str) -> str:
    """Accuracy against confidence, with 95 % whiskers; larger marks stand for more images."""
    x = plot.linear_axis(0, 1, steps=5, scale=100)
    y = plot.linear_axis(0, 1, steps=5, scale=100, unit=" %")
    marks = [plot.line(x, y, [(0, 0), (1, 1)], "ideal")]
    told = []
    for confidence, right, count in _filled(curve):
        low, high = wilson_interval(round(right * count), count)
        at = x.at(confidence)
        marks.append(plot.straight(at, 100 - y.at(low), at, 100 - y.at(high), "whisker", colour=colour))
        share = count / int(curve.count.sum())
        size = "large" if share > 0.1 else "" if share > 0.002 else "small"
        images = wording.plural(count, "image")
        tip = f"{wording.percent(confidence, 1)} sure, {wording.percent(right, 1)} right, {images}"
        marks.append(plot.mark(at, 100 - y.at(right), colour, tip, size))
        told.append(tip)
    return plot.draw(
        x, y, marks, label=f"Reliability of {name}: {'; '.join(told)}", x_title="confidence, %", square=True
    )


def _filled(curve: ReliabilityCurve) -> list[tuple[float, float, int]]:
    """(confidence, accuracy, count) of each bin that holds anything."""
    rows = zip(curve.confidence.tolist(), curve.accuracy.tolist(), curve.count.tolist(), strict=True)
    return [(confidence, right, count) for confidence, right, count in rows if count]


def shade_errors(matrix: NDArray[np.int64]) -> NDArray[np.float64]:
    """How dark each cell of a confusion matrix is, 0 to 1: by the root of its share of the largest error.

    The diagonal stays at 0, so that what is right does not outshine what is wrong.
    """
    errors = matrix.astype(np.float64)
    np.fill_diagonal(errors, 0)
    largest = errors.max()
    return np.sqrt(errors / largest) if largest else errors
