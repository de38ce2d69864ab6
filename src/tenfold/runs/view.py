"""A run in drawings and words."""

from typing import TYPE_CHECKING

import numpy as np

from tenfold import wording
from tenfold.drawing import Drawing, stack
from tenfold.evaluation import confusion_matrix, wilson_interval, worst_mistakes
from tenfold.runs import drawings

if TYPE_CHECKING:
    from tenfold.runs.run import Run


def draw_run(run: "Run") -> Drawing:
    """Figures, curves, and, unless it reads lines, confusion matrix, calibration and mistakes."""
    rows = [[run.plot_history()]]
    if run.recipe.get("loss") != "ctc":
        rows += [[run.plot_confusion(), run.plot_calibration()], [run.show_mistakes()]]
    return stack(f"{run.label}, seed {run.settings.seed}", facts_of(run), rows)


def draw_confusion(run: "Run") -> Drawing:
    """The confusion matrix of the test images."""
    predicted, names = run.predictions, run.class_names
    return drawings.draw_confusion(confusion_matrix(predicted.labels, predicted.y_pred, len(names)), names)


def draw_predictions(run: "Run", n: int) -> Drawing:
    """The first `n` stored test images, with their predictions."""
    predicted = run.predictions
    kept = np.flatnonzero(predicted.shown < n)
    of = predicted.shown[kept]
    return drawings.draw_digits(
        predicted.images[kept],
        [run.class_names[label] for label in predicted.labels[of]],
        [run.class_names[label] for label in predicted.y_pred[of]],
    )


def draw_mistakes(run: "Run", n: int) -> Drawing:
    """The `n` worst stored mistakes on the test images."""
    predicted = run.predictions
    worst = worst_mistakes(predicted.labels, predicted.probabilities, n)
    place = {int(number): at for at, number in enumerate(predicted.shown)}
    worst = worst[[int(number) in place for number in worst]]
    return drawings.draw_mistakes(
        predicted.images[[place[int(number)] for number in worst]],
        worst.tolist(),
        predicted.labels[worst],
        predicted.probabilities[worst],
        run.class_names,
    )


def facts_of(run: "Run") -> list[str]:
    """The results, in lines."""
    if run.diverged:
        return [str(run.divergence)]
    if not run.finished:
        return ["not finished" if run.started else "not begun"]
    result = run.result
    n = result["test_images"]
    low, high = wilson_interval(round(result["test_accuracy"] * n), n)
    return [
        f"{wording.percent(result['test_accuracy'])} of {n:,} test images right "
        f"(95 % interval {wording.percent_range(low, high)})",
        f"{wording.plural(len(run.history), 'epoch')} in {wording.duration(result['seconds'])}, "
        f"{wording.plural(result['parameters'], 'parameter')}",
    ]
