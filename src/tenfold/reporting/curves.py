"""Charts of one system, and of all systems under disturbances."""

from collections.abc import Sequence

from tenfold import wording
from tenfold.drawing import plot
from tenfold.evaluation import ReliabilityCurve
from tenfold.reporting.measures import Disturbance
from tenfold.reporting.systems import System
from tenfold.runs.figures import learning_plots, reliability_plot


def draw_learning(system: System, colour: int) -> list[tuple[str, str]]:
    """(title, plot) of accuracy and of loss per epoch: training dashed, validation solid, seeds thin."""
    plots = learning_plots([run.history for run in system.runs], system.label, colour)
    return [(title, plot.draw_plot(each, height_px=190)) for title, each in plots]


def draw_disturbance(
    curves: Sequence[tuple[str, Disturbance]],
    colours: dict[str, int],
    *,
    x_title: str,
    chance: float,
) -> str:
    """Accuracy against the strength of one disturbance, a line per system, and the chance level."""
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
    """Accuracy against confidence, with 95 % whiskers; larger marks mean more images."""
    return plot.draw_plot(reliability_plot(curve, colour, name), square=True)
