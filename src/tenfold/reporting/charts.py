"""Charts that compare the systems."""

from collections.abc import Callable, Sequence

from tenfold import wording
from tenfold.drawing import plot
from tenfold.evaluation import Comparison
from tenfold.reporting.finished_models import ModelMeasures
from tenfold.reporting.measures import Measures, PermutationEffect

ROW_PX = 54
_OVERLAP_PX = 72
Colours = dict[str, int]  # label -> number of its colour


def draw_accuracies(
    systems: Sequence[Measures],
    per_seed: dict[str, list[float]],
    colours: Colours,
    models: Sequence[ModelMeasures] = (),
) -> str:
    """`accuracies_plot`, for a page."""
    plotted = accuracies_plot(systems, per_seed, colours, models)
    return plot.draw_plot(plotted, height_px=ROW_PX * (len(systems) + len(models)))


def accuracies_plot(
    systems: Sequence[Measures],
    per_seed: dict[str, list[float]],
    colours: Colours,
    models: Sequence[ModelMeasures] = (),
) -> plot.Plot:
    """A row per system: each seed's test accuracy, their mean and spread, and the mean's interval.

    Below, a row per finished model: its accuracy, hollow and without a colour, and its interval.
    """
    values = [value for accuracies in per_seed.values() for value in accuracies]
    all_rows: list[Measures | ModelMeasures] = [*systems, *models]
    low = min([*values, *(of_row.test_low for of_row in all_rows)])
    high = max([*values, *(of_row.test_high for of_row in all_rows)])
    x = plot.linear_axis(low, high, steps=4, scale=100, unit=" %")
    rows = len(all_rows)
    marks = []
    for row, system in enumerate(systems):
        marks += _interval_row(x, row, rows, system, colours[system.label])
        marks += _seeds_in_row(x, _row_at(row, rows), system, per_seed[system.label], colours[system.label])
    for row, model in enumerate(models, len(systems)):
        marks += _interval_row(x, row, rows, model, None)
        title = f"{model.label}: {wording.percent(model.test_accuracy)}"
        marks.append(plot.mark(x.at(model.test_accuracy), _row_at(row, rows), None, title, "large hollow"))
    label = "Test accuracy: " + "; ".join(
        f"{of_row.label} {wording.percent(of_row.test_accuracy)}" for of_row in all_rows
    )
    return plot.Plot(x, None, tuple(marks), label, "test accuracy")


def _interval_row(
    x: plot.Axis, row: int, rows: int, of_row: Measures | ModelMeasures, colour: int | None
) -> list[str]:
    """The name, the accuracy as a number, and the 95 % interval."""
    y, left, right = _row_at(row, rows), x.at(of_row.test_low), x.at(of_row.test_high)
    return [
        *_row_label(row, rows, of_row.label, wording.percent(of_row.test_accuracy)),
        plot.straight(0, y, 100, y, "rule"),
        plot.bar(left, y, right - left, 16, "band", colour=colour),
    ]


def _seeds_in_row(
    x: plot.Axis, y: float, system: Measures, accuracies: Sequence[float], colour: int
) -> list[str]:
    """A mark per seed, their mean and standard deviation."""
    mean, marks = system.test_accuracy, []
    if system.standard_deviation is not None:
        left = x.at(max(mean - system.standard_deviation, x.low))
        right = x.at(min(mean + system.standard_deviation, x.high))
        marks.append(plot.straight(left, y, right, y, "spread", colour=colour))
    marks.append(plot.bar(x.at(mean), y, 0.01, 22, "mean", colour=colour))
    marks += [
        plot.mark(x.at(value), y, colour, f"{system.label}, seed {seed}: {wording.percent(value)}")
        for seed, value in zip(system.seeds, accuracies, strict=True)
    ]
    return marks


def draw_costs(systems: Sequence[Measures], colours: Colours) -> list[tuple[str, str]]:
    """(title, plot) of mean test accuracy against each cost, on a logarithmic scale."""
    costs: dict[str, Callable[[Measures], float]] = {
        "parameters": lambda system: system.parameters,
        "multiply-adds per image": lambda system: system.multiply_adds,
        "seconds of training": lambda system: system.seconds,
        "microseconds per image read": lambda system: system.microseconds_per_digit,
    }
    return [(title, _draw_cost(systems, colours, title, cost)) for title, cost in costs.items()]


def _draw_cost(
    systems: Sequence[Measures], colours: Colours, title: str, cost: Callable[[Measures], float]
) -> str:
    x = plot.log_axis(cost(system) for system in systems)
    accuracies = [system.test_accuracy for system in systems]
    margin = 0.08 * (max(accuracies) - min(accuracies)) or 0.002
    y = plot.linear_axis(min(accuracies) - margin, max(accuracies) + margin, steps=4, scale=100, unit=" %")
    marks = [
        plot.mark(
            x.at(cost(system)),
            100 - y.at(system.test_accuracy),
            colours[system.label],
            f"{system.label}: {wording.percent(system.test_accuracy)}, {_printed(cost(system))} {title}",
            "large",
        )
        for system in systems
    ]
    label = f"Test accuracy against {title}: " + "; ".join(
        f"{system.label} {_printed(cost(system))}, {wording.percent(system.test_accuracy)}"
        for system in systems
    )
    return plot.draw(x, y, marks, label=label, height_px=180, x_title=title)


def draw_overlap(comparisons: Sequence[Comparison], colours: Colours) -> list[str]:
    """A row per pair: images only one gets wrong on its side, images both get wrong in the middle.

    One plot, or two with the same scale if there are more than four pairs.
    """
    reach = 1.35 * max((_half(pair) for pair in comparisons), default=0.0) or 1.0
    x = plot.Axis(-reach, reach, ())
    size = len(comparisons) if len(comparisons) <= 4 else -(-len(comparisons) // 2)
    return [
        _draw_overlap(x, comparisons[start : start + size], colours)
        for start in range(0, len(comparisons), size or 1)
    ]


def _draw_overlap(x: plot.Axis, pairs: Sequence[Comparison], colours: Colours) -> str:
    marks = [
        mark for row, pair in enumerate(pairs) for mark in _overlap_row(x, row, len(pairs), pair, colours)
    ]
    label = "Test images read wrong: " + "; ".join(
        f"{_printed(pair.only_b_right)} by {pair.name_a} alone, {_printed(pair.only_a_right)} by "
        f"{pair.name_b} alone, {_printed(pair.both_wrong)} by both"
        for pair in pairs
    )
    title = "test images read wrong"
    return plot.draw(x, None, marks, label=label, height_px=_OVERLAP_PX * len(pairs), x_title=title)


def _overlap_row(x: plot.Axis, row: int, rows: int, pair: Comparison, colours: Colours) -> list[str]:
    def at(px: float) -> float:
        return 100 * (row * _OVERLAP_PX + px) / (rows * _OVERLAP_PX)

    half = pair.both_wrong / 2
    left, right = -half - pair.only_b_right, half + pair.only_a_right
    return [
        plot.text(0, at(14), pair.name_a, "row-label"),
        plot.text(100, at(14), pair.name_b, "row-label end"),
        _segment(x, at(32), left, -half, colours[pair.name_a]),
        _segment(x, at(32), -half, half, None),
        _segment(x, at(32), half, right, colours[pair.name_b]),
        plot.text(x.at(left) - 1.5, at(36.5), _printed(pair.only_b_right), "number end"),
        plot.text(50, at(54), _printed(pair.both_wrong), "number middle"),
        plot.text(x.at(right) + 1.5, at(36.5), _printed(pair.only_a_right), "number"),
    ]


def _printed(number: float) -> str:
    return wording.count(round(number, 1))


def draw_permutation(effects: Sequence[PermutationEffect], colours: Colours) -> str:
    """A row per system: accuracy with the pixels in place and, hollow, with the pixels permuted."""
    values = [value for effect in effects for value in (effect.accuracy, effect.permuted_accuracy)]
    margin = 0.05 * (max(values) - min(values)) or 0.002
    x = plot.linear_axis(min(values) - margin, min(max(values) + margin, 1.0), steps=5, scale=100, unit=" %")
    marks = []
    for row, effect in enumerate(effects):
        colour, y = colours[effect.label], _row_at(row, len(effects))
        change = f"{wording.points(effect.difference, sign=True)} points"
        marks += [
            *_row_label(row, len(effects), effect.label, change),
            plot.straight(0, y, 100, y, "rule"),
            plot.straight(
                x.at(effect.accuracy), y, x.at(effect.permuted_accuracy), y, "change", colour=colour
            ),
            plot.mark(
                x.at(effect.accuracy), y, colour, f"in place: {wording.percent(effect.accuracy)}", "large"
            ),
            plot.mark(
                x.at(effect.permuted_accuracy),
                y,
                colour,
                f"permuted: {wording.percent(effect.permuted_accuracy)}",
                "large hollow",
            ),
        ]
    label = "Test accuracy with pixels in place and permuted: " + "; ".join(
        f"{effect.label} {wording.percent(effect.accuracy)} and {wording.percent(effect.permuted_accuracy)}"
        for effect in effects
    )
    height_px = ROW_PX * len(effects)
    return plot.draw(x, None, marks, label=label, height_px=height_px, x_title="test accuracy")


def _row_label(row: int, rows: int, left: str, right: str) -> list[str]:
    y = 100 * (row * ROW_PX + 18) / (rows * ROW_PX)
    return [plot.text(0, y, left, "row-label"), plot.text(100, y, right, "row-value end")]


def _row_at(row: int, rows: int) -> float:
    """The vertical position of a row's marks, in percent of the height."""
    return 100 * (row + 36 / ROW_PX) / rows


def _segment(x: plot.Axis, y: float, start: float, end: float, colour: int | None) -> str:
    kind = "both" if colour is None else "alone"
    return plot.bar(x.at(start), y, x.at(end) - x.at(start), 14, kind, colour=colour)


def _half(pair: Comparison) -> float:
    return pair.both_wrong / 2 + max(pair.only_a_right, pair.only_b_right)
