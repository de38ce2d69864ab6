"""Charts of a tuning: the course of the search, the importance of fields, and accuracy against each field."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

from tenfold import wording
from tenfold.drawing import plot
from tenfold.recipes import Range
from tenfold.tuning.findings import Findings, Trial

TRIED, OWN, BEST = 0, 1, 2  # colours, and so shapes, of the marks
_ROW_PX = 46
_ERRORS = tuple(digit * 10.0**power for power in range(0, -5, -1) for digit in (5, 2, 1))


def draw_history(findings: Findings) -> str:
    """The accuracy of each trial, and the best so far."""
    x = plot.listed_axis([trial.number for trial in findings.trials])
    scale = _Accuracies(findings)
    marks = [scale.line(x, _best_so_far(findings.finished, last=int(x.high)))]
    marks += [scale.mark(x, trial.number, trial, findings) for trial in _best_last(findings)]
    each = "; ".join(f"{trial.number}: {wording.percent(trial.accuracy or 0)}" for trial in findings.trials)
    return plot.draw(
        x, scale.axis, marks, label=f"Accuracy of each trial: {each}", height_px=240, x_title="trial"
    )


def draw_importance(importance: Mapping[str, float]) -> str:
    """A bar per field: its importance."""
    x = plot.linear_axis(0, 1, steps=4, scale=100, unit=" %")
    marks = []
    for row, (name, share) in enumerate(importance.items()):
        top = 100 * row / len(importance)
        height = 100 / len(importance)
        marks += [
            plot.text(0, top + 0.38 * height, in_words(name), "row-label"),
            plot.text(100, top + 0.38 * height, wording.percent(share, 0), "row-value end"),
            plot.bar(0, top + 0.7 * height, x.at(share), 12, "alone", colour=TRIED),
        ]
    figures = "; ".join(f"{in_words(name)} {wording.percent(share, 0)}" for name, share in importance.items())
    return plot.draw(x, None, marks, label=f"Importance: {figures}", height_px=_ROW_PX * len(importance))


def draw_fields(findings: Findings, space: Mapping[str, Range]) -> list[tuple[str, str]]:
    """(field, plot) of the accuracy against the values of each field."""
    return [(in_words(name), _draw_field(findings, name, range_)) for name, range_ in space.items()]


def in_words(field: str) -> str:
    """learning_rate as "learning rate"."""
    return field.replace("_", " ")


def _draw_field(findings: Findings, name: str, range_: Range) -> str:
    ends = (range_.low, range_.high)
    x = plot.log_axis(ends) if range_.log else plot.linear_axis(*ends, steps=4)
    scale = _Accuracies(findings)
    marks = [scale.mark(x, trial.values[name], trial, findings) for trial in _best_last(findings)]
    label = f"Accuracy against {in_words(name)}: " + "; ".join(
        f"{trial.values[name]:g} {wording.percent(trial.accuracy or 0)}" for trial in findings.trials
    )
    return plot.draw(x, scale.axis, marks, label=label, height_px=190)


class _Accuracies:
    """The accuracy axis: logarithmic in the error, so that 98 and 99 % are as far apart as 80 and 90 %, and
    poor trials do not squeeze the good ones together.

    Pruned trials are at the bottom: their accuracy is from another epoch.
    """

    def __init__(self, findings: Findings) -> None:
        self._smallest = 0.5 / findings.held_out_images
        accuracies = [trial.accuracy or 0.0 for trial in findings.finished] or [0.5]
        low, high = self._at(min(accuracies)), self._at(max(accuracies))
        room = max((high / low) ** 0.08, 1.05)
        low, high = low / room, high * room
        self.axis = plot.Axis(low, high, self._ticks(1 - 1 / low, 1 - 1 / high), logarithmic=True)

    def line(self, x: plot.Axis, points: Sequence[tuple[float, float]]) -> str:
        """A line through (value on `x`, accuracy)."""
        return plot.line(x, self.axis, [(at, self._at(value)) for at, value in points], colour=TRIED)

    def mark(self, x: plot.Axis, at: float, trial: Trial, findings: Findings) -> str:
        """A trial's mark: the best and the recipe's own have their own colours, pruned ones are hollow."""
        if trial.accuracy is None:
            return ""
        tip = ", ".join(
            [
                f"trial {trial.number}: {wording.percent(trial.accuracy)}"
                + (f" after {wording.plural(len(trial.accuracies), 'epoch')}, stopped" * trial.given_up),
                *(f"{in_words(name)} {value:g}" for name, value in trial.values.items()),
            ]
        )
        y = 100 if trial.given_up else 100 - self.axis.at(self._at(trial.accuracy))
        return plot.mark(
            x.at(at), y, colour_of(trial, findings), tip, "hollow" if trial.given_up else "large"
        )

    def _at(self, accuracy: float) -> float:
        return 1 / max(1 - accuracy, self._smallest)

    def _ticks(self, low: float, high: float) -> tuple[tuple[float, str], ...]:
        round_ones = [1 - error for error in _ERRORS if low <= 1 - error <= high]
        if len(round_ones) < 3:
            steps = plot.linear_axis(max(low, 0), high, steps=6, scale=100).ticks
            round_ones = [value for value, _ in steps if low <= value <= high]
        every = -(-len(round_ones) // 6) or 1
        return tuple((self._at(value), f"{100 * value:.6g} %") for value in round_ones[::every])


def colour_of(trial: Trial, findings: Findings) -> int:
    """The colour of a trial's mark."""
    return BEST if trial == findings.best else OWN if trial == findings.own else TRIED


def _best_last(findings: Findings) -> list[Trial]:
    """The trials, the most important last, so that they are drawn on top."""
    return sorted(findings.trials, key=lambda trial: (not trial.given_up, colour_of(trial, findings)))


def _best_so_far(finished: Sequence[Trial], last: int) -> list[tuple[float, float]]:
    """Steps: (trial, accuracy), up to the trial `last`."""
    best = list(accumulate((trial.accuracy or 0.0 for trial in finished), max))
    steps: list[tuple[float, float]] = []
    for trial, value in zip(finished, best, strict=True):
        steps += [(trial.number, steps[-1][1])] if steps else []
        steps.append((trial.number, value))
    return [*steps, (last, best[-1])] if best else []
