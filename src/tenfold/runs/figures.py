"""A run's charts: learning curves, calibration and confusions."""

import statistics
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tenfold import wording
from tenfold.drawing import plot
from tenfold.drawing.plot import Plot
from tenfold.evaluation import ReliabilityCurve, wilson_interval

History = Sequence[dict[str, float]]  # as `Run.history`


def learning_plots(histories: Sequence[History], label: str, colour: int = 0) -> list[tuple[str, Plot]]:
    """(title, plot) of accuracy and of loss per epoch: training dashed, validation solid, seeds thin."""
    return [
        ("Accuracy", _learning_plot(histories, label, colour, "accuracy")),
        ("Loss", _learning_plot(histories, label, colour, "loss")),
    ]


def _learning_plot(histories: Sequence[History], label: str, colour: int, figure: str) -> Plot:
    percent = figure == "accuracy"
    curves = {key: [_points(history, key) for history in histories] for key in (figure, f"val_{figure}")}
    curves = {key: of_key for key, of_key in curves.items() if all(of_key)}
    values = [value for of_key in curves.values() for points in of_key for _, value in points]
    longest = max(curves[figure], key=len)  # callbacks may stop seeds at different epochs
    x = plot.listed_axis([epoch for epoch, _ in longest])
    low = min(values) if percent else min(0.0, *values)
    high = min(max(values), 1.0) if percent else max(values)
    y = plot.linear_axis(low, high, steps=4, scale=100 if percent else 1, unit=" %" if percent else "")
    marks, parts = [], []
    for key, of_key in curves.items():
        kind, what = ("dashed", "training") if key == figure else ("", "validation")
        if len(of_key) > 1:
            marks += [plot.line(x, y, points, f"thin {kind}", colour=colour) for points in of_key]
        mean = [(float(epoch), value) for epoch, value in enumerate(mean_curve(histories, key), start=1)]
        marks.append(plot.line(x, y, mean, kind, colour=colour))
        if len(mean) <= 3:
            hollow = "hollow" if kind else ""
            marks += [plot.mark(x.at(at), 100 - y.at(value), colour, "", hollow) for at, value in mean]
        parts.append(f"{what} from {_printed(mean[0][1], percent)} to {_printed(mean[-1][1], percent)}")
    epochs = wording.plural(len(longest), "epoch")
    described = f"{figure} of {label} over {epochs}: {', '.join(parts)}"
    return Plot(x, y, tuple(marks), described, "epoch")


def mean_curve(histories: Sequence[History], key: str) -> list[float]:
    """One column of history.csv per epoch, averaged over the seeds; empty if a seed lacks it."""
    if any(key not in epoch for history in histories for epoch in history):
        return []
    return [statistics.fmean(epoch[key] for epoch in epochs) for epochs in zip(*histories, strict=False)]


def _points(history: History, key: str) -> list[tuple[float, float]]:
    return [(epoch["epoch"], epoch[key]) for epoch in history if key in epoch]


def _printed(value: float, percent: bool) -> str:
    return wording.percent(value) if percent else f"{value:.3f}"


def reliability_plot(curve: ReliabilityCurve, colour: int, name: str) -> Plot:
    """Accuracy against confidence, with 95 % whiskers; larger marks mean more images."""
    x = plot.linear_axis(0, 1, steps=5, scale=100)
    y = plot.linear_axis(0, 1, steps=5, scale=100, unit=" %")
    marks = [plot.line(x, y, [(0, 0), (1, 1)], "ideal")]
    parts = []
    for confidence, right, count in _filled(curve):
        low, high = wilson_interval(round(right * count), count)
        at = x.at(confidence)
        marks.append(plot.straight(at, 100 - y.at(low), at, 100 - y.at(high), "whisker", colour=colour))
        share = count / int(curve.count.sum())
        size = "large" if share > 0.1 else "" if share > 0.002 else "small"
        images = wording.plural(count, "image")
        tip = f"{wording.percent(confidence, 1)} sure, {wording.percent(right, 1)} right, {images}"
        marks.append(plot.mark(at, 100 - y.at(right), colour, tip, size))
        parts.append(tip)
    return Plot(x, y, tuple(marks), f"Reliability of {name}: {'; '.join(parts)}", "confidence, %")


def _filled(curve: ReliabilityCurve) -> list[tuple[float, float, int]]:
    """(confidence, accuracy, count) of each bin that is not empty."""
    rows = zip(curve.confidence.tolist(), curve.accuracy.tolist(), curve.count.tolist(), strict=True)
    return [(confidence, right, count) for confidence, right, count in rows if count]


def shade_errors(matrix: NDArray[np.int64]) -> NDArray[np.float64]:
    """The shade of each cell of a confusion matrix, 0 to 1: the root of its ratio to the largest error.

    The diagonal stays at 0, so that correct predictions do not outshine the errors.
    """
    errors = matrix.astype(np.float64)
    np.fill_diagonal(errors, 0)
    largest = errors.max()
    return np.sqrt(errors / largest) if largest else errors
