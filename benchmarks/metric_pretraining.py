"""Contrastive pretraining or cross-entropy alone: which is better, and with how many labels?

usage: python benchmarks/metric_pretraining.py [--seeds S] [--out FOLDER]

Trains the network of fast both ways, for the same number of epochs: `fast`, and `metric-pretrained`, whose
first half is supervised contrastive. Uses all 60,000 training images, and 1,000, 100 and 10 per digit, chosen
by the seed, the same for both. Training on 1,000 per digit takes as many steps as on all images, 2,400; the
smaller sets are seen 200 times, in 800 and 200 steps. Two runs at a time, on one core each; finished runs in
FOLDER are kept, interrupted ones resume.

Prints the test accuracy and the accuracy on 1,000 disturbed test images (shifted by 3 pixels, rotated by 30
degrees, noise of 60 grey levels): mean and standard deviation over the seeds for both, and the mean paired
difference with its 95 % interval. Saves them in benchmarks/results/, and draws docs/metric-learning/*.svg.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from measuring import keep, parser
from tenfold import wording
from tenfold.data import Dataset, load_mnist
from tenfold.data.preprocess import network_input
from tenfold.drawing import plot
from tenfold.drawing.plot import Panel, render_picture
from tenfold.evaluation import SeedSummary, summarize_seeds
from tenfold.files import write_text
from tenfold.keras_backend import set_up_keras
from tenfold.runs.run import Run
from tenfold.runs.settings import Settings
from tenfold.training.trainer import train_run

WITHOUT, WITH = ARMS = ("fast", "metric-pretrained")
NAMES = {WITHOUT: "cross-entropy alone", WITH: "contrast first"}
ALL = 6_000  # per digit, approximately
EPOCHS = {10: 200, 100: 200, 1_000: 60, ALL: 10}  # by the number of labels per digit
AT_A_TIME = 2
EMBEDDED = 1_000  # test images in the picture
PICTURES = Path(__file__).parents[1] / "docs" / "metric-learning"

# Figures of a run, computed from its result.
FIGURES: dict[str, Callable[[dict[str, Any]], float]] = {
    "test_accuracy": lambda result: result["test_accuracy"],
    "shifted_3_px": lambda result: _disturbed(result, "shift", "pixels", 3),
    "turned_30_degrees": lambda result: _disturbed(result, "rotation", "degrees", 30),
    "noise_60": lambda result: _disturbed(result, "noise", "grey_levels", 60),
}


def _disturbed(result: dict[str, Any], disturbance: str, unit: str, level: int) -> float:
    curve = result["robustness"][disturbance]
    return float(curve["accuracy"][curve[unit].index(level)])


@dataclass(frozen=True)
class Trial:
    """One training in `folder`."""

    folder: Path
    recipe: str
    labels: int  # per digit
    seed: int

    @property
    def run(self) -> Run:
        return Run(self.folder / f"{self.recipe}-{self.labels}-seed-{self.seed}")


def train_trial(trial: Trial) -> None:
    data = draw_few(load_mnist(), trial.labels, trial.seed)
    settings = Settings(
        recipe=trial.recipe,
        seed=trial.seed,
        epochs=EPOCHS[trial.labels],
        data=data.name,
        data_sha256=data.sha256,
        as_written=True,  # nothing is held out: every label counts
        permuted=False,
        threads=1,
    )
    train_run(trial.run.path, settings, data)


def draw_few(data: Dataset, labels: int, seed: int) -> Dataset:
    """`data` with `labels` training images per digit, chosen by `seed`; all of them for `ALL`."""
    if labels == ALL:
        return data
    rng = np.random.default_rng([seed, labels])
    chosen = np.sort(
        np.concatenate(
            [
                rng.choice(np.flatnonzero(data.y_train == digit), labels, replace=False)
                for digit in range(len(data.class_names))
            ]
        )
    )
    return replace(
        data,
        name=f"{data.name}, {labels} of each digit, drawn by {seed}",
        x_train=data.x_train[chosen],
        y_train=data.y_train[chosen],
    )


def train_all(trials: list[Trial]) -> None:
    # New processes rather than forks: TensorFlow does not survive being forked.
    with ProcessPoolExecutor(AT_A_TIME, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(train_trial, trial): trial for trial in trials}
        for number, future in enumerate(as_completed(waiting), start=1):
            future.result()
            run = waiting[future].run
            accuracy, seconds = run.result["test_accuracy"], run.result["seconds"]
            print(f"{number}/{len(trials)} {run.path.name}: {accuracy:.4f}, {seconds:.0f} s", flush=True)


def compare(folder: Path, labels: int, seeds: int) -> dict[str, Any]:
    """Each figure of both alternatives with `labels` labels, and their paired difference."""
    results = {arm: [Trial(folder, arm, labels, seed).run.result for seed in range(seeds)] for arm in ARMS}
    compared = {}
    for name, figure in FIGURES.items():
        values = {arm: [figure(result) for result in of_arm] for arm, of_arm in results.items()}
        pairs = zip(values[WITHOUT], values[WITH], strict=True)
        compared[name] = {
            **{arm: rounded(summarize_seeds(of_arm)) for arm, of_arm in values.items()},
            "difference": rounded(summarize_seeds(after - before for before, after in pairs)),
        }
    seconds = {
        arm: round(float(np.median([result["seconds"] for result in of_arm])), 1)
        for arm, of_arm in results.items()
    }
    return {"epochs": EPOCHS[labels], "seconds": seconds, **compared}


def rounded(summary: SeedSummary) -> dict[str, float | None]:
    return {key: None if value is None else round(value, 6) for key, value in asdict(summary).items()}


def draw_curve(results: dict[str, Any]) -> str:
    """Test accuracy by labels per digit, with the mean's interval; errors on a logarithmic scale."""
    x = plot.Axis(
        min(EPOCHS) / 1.6,
        max(EPOCHS) * 1.6,
        tuple((labels, "all" if labels == ALL else wording.count(labels)) for labels in EPOCHS),
        logarithmic=True,
    )
    wrong = {
        arm: [1 - results[str(labels)]["test_accuracy"][arm]["mean"] for labels in EPOCHS] for arm in ARMS
    }
    of_both = wrong[WITHOUT] + wrong[WITH]
    most, least = max(of_both) * 1.4, min(of_both) / 1.4
    rates = (0.5, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005, 0.003, 0.002, 0.001)
    ticks = tuple((rate, f"{100 - 100 * rate:g} %") for rate in rates if least <= rate <= most)
    y = plot.Axis(most, least, ticks, logarithmic=True)
    marks, parts = [], []
    for colour, arm in enumerate(ARMS):
        aside = 0.35 * (2 * colour - 1)  # percent of the width, so that the intervals do not overlap
        points = list(zip(EPOCHS, wrong[arm], strict=True))
        places = [(x.at(labels) + aside, 100 - y.at(rate)) for labels, rate in points]
        marks += [plot.straight(*a, *b, "spread", colour=colour) for a, b in pairwise(places)]
        for labels, rate in points:
            summary = results[str(labels)]["test_accuracy"][arm]
            at, tip = x.at(labels) + aside, f"{NAMES[arm]}, {labels}: {wording.percent(1 - rate)}"
            if summary["low"] is not None:
                ends = (y.at(min(max(1 - summary[end], least), most)) for end in ("low", "high"))
                bottom, top = (100 - end for end in ends)
                marks.append(plot.straight(at, bottom, at, top, "whisker", colour=colour))
            marks.append(plot.mark(at, 100 - y.at(rate), colour, tip))
            parts.append(tip)
    for row, arm in enumerate(reversed(ARMS)):  # a legend away from the curves
        place = 80 + 8 * row
        marks += [plot.mark(68, place, ARMS.index(arm)), plot.text(70, place + 1.3, NAMES[arm], "row-label")]
    inside = plot.draw_inside(x, y, marks, x_title="labels of each digit")
    panel = Panel("Test images read right", inside, left=64, top=44, width=620, height=330)
    return render_picture([panel], label=f"Test accuracy: {'; '.join(parts)}", width=720, height=430)


def draw_embedding(folder: Path) -> str:
    """The features of both networks of seed 0 and all labels, on their first two principal components."""
    data = load_mnist()
    images, digits = data.x_test[:EMBEDDED], data.y_test[:EMBEDDED]
    planes = [project(features(Trial(folder, arm, ALL, 0).run, images)) for arm in ARMS]
    # A component's sign is arbitrary: orient the second plane like the first.
    planes[1] = planes[1] * np.sign((planes[0] * planes[1]).sum(axis=0))
    panels = [
        Panel(
            NAMES[arm][0].upper() + NAMES[arm][1:],
            draw_plane(plane, digits),
            left=20 + 430 * place,
            top=54,
            width=380,
            height=380,
        )
        for place, (arm, plane) in enumerate(zip(ARMS, planes, strict=True))
    ]
    label = f"{EMBEDDED} test images' features on two principal components, {' and '.join(NAMES.values())}"
    return render_picture(panels, label=label, width=850, height=454, mark_scale=0.6)


def features(run: Run, images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The input of the last layer, the classifier, for `images`, (N, 28, 28), with norm 1, (N, d)."""
    import keras

    model = run.load_model()
    base = keras.Model(model.input, model.layers[-1].input)
    values = np.asarray(base(network_input(images, model.input_shape)), np.float64)
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True))


def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (N, d) on their first two principal components, (N, 2)."""
    centred = points - points.mean(axis=0)
    _, _, components = np.linalg.svd(centred, full_matrices=False)
    return np.asarray(centred @ components[:2].T)


def draw_plane(points: NDArray[np.float64], digits: NDArray[np.int64]) -> str:
    """A mark for each point, (N, 2), in its digit's colour and shape, with the digit at their median."""
    low, high = points.min(axis=0), points.max(axis=0)
    reach = float((high - low).max()) / 2
    across, up = (plot.Axis(middle - reach, middle + reach, ()) for middle in (low + high) / 2)
    marks = [
        plot.mark(across.at(x), 100 - up.at(y), int(digit), kind="small")
        for (x, y), digit in zip(points, digits, strict=True)
    ]
    for digit in np.unique(digits):
        x, y = np.median(points[digits == digit], axis=0)
        marks.append(plot.text(across.at(x), 102 - up.at(y), str(digit), "row-label middle name"))
    return plot.draw_inside(across, up, marks)


def main() -> None:
    options = parser(__doc__, seeds=10)
    options.add_argument("--out", type=Path, default=Path("runs/metric-pretraining"))
    arguments = options.parse_args()
    trials = [
        Trial(arguments.out, arm, labels, seed)
        for seed in range(arguments.seeds)
        for labels in EPOCHS
        for arm in ARMS
    ]
    train_all(trials)
    results = {str(labels): compare(arguments.out, labels, arguments.seeds) for labels in EPOCHS}
    set_up_keras(threads=1)
    PICTURES.mkdir(exist_ok=True)
    write_text(PICTURES / "curve.svg", draw_curve(results))
    write_text(PICTURES / "embedding.svg", draw_embedding(arguments.out))
    keep("metric_pretraining", results)


if __name__ == "__main__":
    main()
