"""Training speed, compared with the documents' scripts and a plain PyTorch loop, in one session.

usage: python benchmarks/training.py [--epochs E] [--rounds R] [--torch PYTHON] [RECIPE ...]
       python benchmarks/training.py --whole [--rounds R] [RECIPE ...]

Each round trains every recipe for E epochs with its document's script, with `torch_script.py` if PYTHON, the
interpreter of an environment with torch and tenfold, is given, and with `tenfold train`, one after the other,
each in a separate process with all cores. Prints for each the seconds per epoch (the median of all but the
first), the share of the machine's float32 peak, measured by a large matrix product, and the ratio to the
document's script.

With --whole, prints the time of whole `tenfold train` processes, from start to exit, as a ratio to the full
20 epochs of the script for cnn-same-32-64-64. Results are saved in benchmarks/results/.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from measuring import HERE, keep, parser, printed_by, seconds_of, summarize_all
from tenfold.recipes import Recipe, load_recipe
from tenfold.runs.run import Run

DEFAULT = ("mlp-128-64", "mlp-512", "cnn-32", "cnn-same-32-64-64")
DOCUMENTED = "cnn-same-32-64-64"
TRAIN_IMAGES = 60_000
# A backward pass takes twice as long as a forward pass: one product for the weights, one for the inputs.
PASSES, OPERATIONS = 3, 2


def peak() -> float:
    """Operations per second of a large float32 matrix product, the best of five."""
    matrix = np.random.default_rng(0).random((3000, 3000), dtype=np.float32)
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        matrix @ matrix
        best = min(best, time.perf_counter() - start)
    return OPERATIONS * 3000**3 / best


def run_script(python: str, script: str, recipe: str, epochs: int) -> float:
    """Seconds per epoch of a script in this folder."""
    seconds = printed_by([python, HERE / script, recipe, str(epochs)])["epoch_seconds"]
    return float(statistics.median(seconds[1:]))


def run_tenfold(recipe: str, epochs: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        seconds_of("-m", "tenfold", "train", recipe, "--as-written", "--epochs", str(epochs), "--out", folder)
        return statistics.median(epoch["seconds"] for epoch in Run(Path(folder)).history[1:])


def share_of(peak_operations: float, recipe: Recipe, seconds: float) -> float:
    return TRAIN_IMAGES * (recipe.multiply_adds or 0) * OPERATIONS * PASSES / seconds / peak_operations


def measure_epochs(recipes: list[str], epochs: int, rounds: int, torch: str | None) -> dict[str, Any]:
    ways = {"document": (sys.executable, "document_script.py")}
    if torch is not None:
        ways["torch"] = (torch, "torch_script.py")
    measured: dict[str, dict[str, list[float]]] = {recipe: {} for recipe in recipes}
    for number in range(rounds):
        for name in recipes:
            peak_now, recipe = peak(), load_recipe(name)
            seconds = {way: run_script(*script, name, epochs) for way, script in ways.items()}
            seconds["tenfold"] = run_tenfold(name, epochs)
            figures = measured[name]
            figures.setdefault("peak_gigaflops", []).append(peak_now / 1e9)
            for way, took in seconds.items():
                figures.setdefault(f"{way}_s", []).append(took)
                figures.setdefault(f"{way}_share_of_peak", []).append(share_of(peak_now, recipe, took))
                if way != "document":
                    figures.setdefault(f"{way}_ratio", []).append(took / seconds["document"])
            print(f"round {number + 1}: {name} {seconds}", flush=True)
    return {name: summarize_all(figures) for name, figures in measured.items()}


def measure_whole(recipes: list[str], rounds: int) -> dict[str, Any]:
    ratios: dict[str, list[float]] = {recipe: [] for recipe in recipes}
    times: dict[str, list[float]] = {name: [] for name in ("document", *recipes)}
    epochs = str(load_recipe(DOCUMENTED).epochs)
    for number in range(rounds):
        times["document"].append(seconds_of(HERE / "document_script.py", DOCUMENTED, epochs))
        for name in recipes:
            with tempfile.TemporaryDirectory() as folder:
                times[name].append(seconds_of("-m", "tenfold", "train", name, "--out", folder))
            ratios[name].append(times[name][-1] / times["document"][-1])
        print(f"round {number + 1}: { ({name: of[-1] for name, of in times.items()}) }", flush=True)
    return {
        "seconds": summarize_all(times),
        f"ratio_to_{DOCUMENTED}": summarize_all(ratios),
    }


def main() -> None:
    options = parser(__doc__, epochs=4, rounds=3)
    options.add_argument("recipes", nargs="*")
    options.add_argument("--torch", metavar="PYTHON")
    options.add_argument("--whole", action="store_true")
    arguments = options.parse_args()
    if arguments.whole:
        keep("whole_trainings", measure_whole(arguments.recipes or ["fast"], arguments.rounds))
    else:
        recipes = arguments.recipes or list(DEFAULT)
        keep("training", measure_epochs(recipes, arguments.epochs, arguments.rounds, arguments.torch))


if __name__ == "__main__":
    main()
