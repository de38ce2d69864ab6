"""Compare tenfold's training with the documents' own scripts, in one session on one machine.

usage: python benchmarks/against_documents.py [--epochs E] [--seeds S] [--rounds R] [RECIPE ...]

Each round trains every recipe for E epochs, first with its document's script, one process after the other,
then with one `tenfold study`, as written, with S seeds; the scripts' total is multiplied by S, since each
would have to run once per seed. Prints the ratio tenfold / document of the time per epoch (median over epochs
except the first) and of the total, from start-up to the last figure; each as the median over rounds with its
range. Concurrent runs of a study share the cores, so a recipe's time per epoch there is divided by the number
of concurrent runs; the total needs no such correction. Results are saved in benchmarks/results/.
"""

import statistics
import sys
import tempfile
import time

from measuring import HERE, keep, parser, printed_by, summarize_all
from tenfold.engines import LocalEngine
from tenfold.runs.run import Run
from tenfold.studies import run_study

DEFAULT = ("mlp-128-64", "mlp-128-64-sparse", "mlp-512", "cnn-32", "cnn-32-64-64", "cnn-same-32-64-64")


def run_documents(recipes: list[str], epochs: int) -> dict[str, dict[str, float]]:
    figures = {}
    for recipe in recipes:
        printed = printed_by([sys.executable, HERE / "document_script.py", recipe, str(epochs)])
        figures[recipe] = {
            "epoch_seconds": statistics.median(printed["epoch_seconds"][1:]),
            "seconds": printed["seconds"],
        }
        print(f"  document {recipe}: {figures[recipe]}", flush=True)
    return figures


def run_tenfold(recipes: list[str], epochs: int, seeds: int) -> tuple[dict[str, float], float]:
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        runs = run_study(recipes, folder=folder, seeds=seeds, epochs=epochs, as_written=True)
        seconds = time.perf_counter() - start
        at_a_time = min(LocalEngine().processes, len(runs))
        per_epoch = {
            recipe: statistics.median(_epoch_seconds(run) for run in runs if run.settings.recipe == recipe)
            for recipe in recipes
        }
        return {recipe: figure / at_a_time for recipe, figure in per_epoch.items()}, seconds


def _epoch_seconds(run: Run) -> float:
    return statistics.median(epoch["seconds"] for epoch in run.history[1:])


def main() -> None:
    options = parser(__doc__, epochs=4, seeds=2, rounds=3)
    options.add_argument("recipes", nargs="*", default=list(DEFAULT))
    arguments = options.parse_args()
    per_epoch: dict[str, list[float]] = {recipe: [] for recipe in arguments.recipes}
    totals: dict[str, list[float]] = {"mlp": [], "cnn": []}
    for number in range(arguments.rounds):
        print(f"round {number + 1} of {arguments.rounds}", flush=True)
        for kind, ratios in totals.items():
            recipes = [recipe for recipe in arguments.recipes if recipe.startswith(kind)]
            if not recipes:
                continue
            documents = run_documents(recipes, arguments.epochs)
            epochs, seconds = run_tenfold(recipes, arguments.epochs, arguments.seeds)
            for recipe in recipes:
                per_epoch[recipe].append(epochs[recipe] / documents[recipe]["epoch_seconds"])
            ratios.append(
                seconds / (arguments.seeds * sum(printed["seconds"] for printed in documents.values()))
            )
            print(
                f"  tenfold {kind}: {seconds:.1f} s in total, {ratios[-1]:.2f} of the documents'", flush=True
            )
    results = {
        "epochs": arguments.epochs,
        "seeds": arguments.seeds,
        "time_per_epoch_ratio": summarize_all(per_epoch),
        "total_ratio": summarize_all(totals),
    }
    keep("against_documents", results)


if __name__ == "__main__":
    main()
