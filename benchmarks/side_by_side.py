"""Two runs side by side on one core each, or one after the other on both: which is done first?

usage: python benchmarks/side_by_side.py [--epochs E] [--rounds R] [RECIPE ...]

Trains two seeds of each recipe both ways, in turn. Prints the ratio side by side / one after the other of the
whole time, processes' start and test included, and keeps it in benchmarks/results/.
"""

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from ratios import describe, keep
from tenfold.cores import available_cores
from tenfold.data import load_mnist
from tenfold.study import plan_study
from tenfold.training.engines import LocalEngine, Task


def seconds_for_two(recipe: str, epochs: int, *, processes: int) -> float:
    threads = available_cores() // processes
    with tempfile.TemporaryDirectory() as folder:
        tasks = plan_study(
            [recipe],
            folder=Path(folder),
            seeds=2,
            epochs=epochs,
            as_written=True,
            data="mnist",
            data_sha256=load_mnist().sha256,
            engine=LocalEngine(processes),
        )
        start = time.perf_counter()
        LocalEngine(processes).train(
            [Task(task.path, replace(task.settings, threads=threads)) for task in tasks]
        )
        return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("recipes", nargs="*", default=["mlp-128-64", "cnn-32", "cnn-same-32-64-64"])
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    results = {}
    for recipe in arguments.recipes:
        ratios = []
        for _ in range(arguments.rounds):
            beside = seconds_for_two(recipe, arguments.epochs, processes=2)
            after = seconds_for_two(recipe, arguments.epochs, processes=1)
            ratios.append(beside / after)
            print(f"{recipe}: {beside:.1f} s side by side, {after:.1f} s one after the other", flush=True)
        results[recipe] = describe(ratios)
    keep("side_by_side", results)


if __name__ == "__main__":
    main()
